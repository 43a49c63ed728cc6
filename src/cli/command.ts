import type { ParseArgsConfig } from "node:util";

/** The values of a command's flags, by name. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** One command of the command line; its help is made from what stands here. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Its flags, each with what it does. */
  readonly options: Readonly<Record<string, NonNullable<ParseArgsConfig["options"]>[string] & { readonly help: string }>>;
  /** Gives the exit code: 0 done, 1 something broke, 3 violations found by a run that changed nothing. A UsageError is 2. */
  run(asked: { readonly flags: Flags; readonly positionals: readonly string[] }): Promise<number>;
}

/** A flag that takes a text. */
export function textFlag(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}
