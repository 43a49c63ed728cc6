import manifest from "../../package.json" with { type: "json" };
import type { Command } from "./command.ts";

/** Returns the text of `--help`. */
export function help(commands: readonly Command[]): string {
  return [
    manifest.description,
    "",
    "Usage: ingress-warden COMMAND [FLAG ...]",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`),
    "",
    "Run 'ingress-warden help COMMAND' for the flags of a command and examples. --version (-V) prints the version.",
    "",
    "Exit codes:",
    "  0  done",
    "  1  something broke, or not everything was done: an event or a place was not read completely, an outcome or a test case failed",
    "  2  wrong usage or policy, or a warning with check --strict",
    "  3  done, and something is to be decided: there are violations, also those that a new policy would make, or decisions after learn",
  ].join("\n");
}

/** Returns the text of a command's `--help`. */
export function helpOf({ usage, summary, options, examples }: Command): string {
  const flags = Object.entries(options).map(([name, { value, help }]) => `  ${`--${name}${value ? ` ${value}` : ""}`.padEnd(24)}${help}`);
  return [
    summary,
    "",
    `Usage: ingress-warden ${usage}`,
    ...(flags.length > 0 ? ["", "Flags:", ...flags] : []),
    "",
    "Examples:",
    ...examples.flatMap(({ command, does }) => [`  ingress-warden ${command}`, `      ${does}`]),
  ].join("\n");
}
