import type { ParseArgsConfig } from "node:util";

/** The values of a command's flags, by flag name without `--`. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** A flag: its type, what `--help` says of it, and the name of its value there. */
type Flag = NonNullable<ParseArgsConfig["options"]>[string] & { readonly help: string; readonly value?: string };

/** One command of the CLI. Its `--help` is generated from these members. */
export interface Command {
  readonly name: string;
  /** The usage line, without `ingress-warden`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Flag>>;
  /** Returns the exit code: 0 done, 1 something failed, 3 violations found by a run that changed nothing, or decisions to take. Throws a UsageError for 2. */
  run(input: { readonly flags: Flags; readonly positionals: readonly string[] }): Promise<number>;
}

/** Returns the values of a flag that can be given several times; none when it is absent. */
export function textFlags(flags: Flags, name: string): readonly string[] {
  const values = flags[name];
  return Array.isArray(values) ? values : [];
}

/** Returns the value of a flag of type string; undefined when the flag is absent. */
export function textFlag(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}
