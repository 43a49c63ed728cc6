import { parseArgs } from "node:util";
import { closestMatch } from "leven";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import manifest from "../../package.json" with { type: "json" };
import { check } from "./check/index.ts";
import type { Command } from "./command.ts";
import { explain } from "./explain/index.ts";
import { inventory } from "./inventory/index.ts";
import { learn } from "./learn/index.ts";
import { replay } from "./replay/index.ts";
import { schema } from "./schema.ts";
import { sweep } from "./sweep/index.ts";

import { traceOf } from "./trace.ts";

const commands: readonly Command[] = [replay, check, explain, inventory, sweep, learn, schema];

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // When the reader, such as head, closes the pipe, the command still finishes and sets its exit code.
  if (error.code !== "EPIPE") throw error;
});
process.exitCode = await main(process.argv.slice(2));

async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === "--version") return print(manifest.version);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") return print(help());
  const command = commands.find((each) => each.name === name);
  try {
    if (!command) {
      const suggestion = closestMatch(
        name.slice(0, 64),
        commands.map((each) => each.name),
        { maxDistance: 3 },
      );
      throw new UsageError(`no command ${shown(name)}${suggestion ? `: did you mean ${suggestion}?` : ""}; see ingress-warden --help`);
    }
    if (rest.includes("--help") || rest.includes("-h")) return print(helpOf(command));
    return await command.run(parse(command, rest));
  } catch (error) {
    const isUsageError = error instanceof UsageError;
    console.error(isUsageError ? error.message : traceOf(error));
    return isUsageError ? 2 : 1;
  }
}

function parse({ options, usage }: Command, args: string[]): Parameters<Command["run"]>[0] {
  try {
    const { values, positionals, tokens } = parseArgs({ args, options, allowPositionals: true, tokens: true });
    const names = tokens.flatMap((token) => (token.kind === "option" && token.value !== undefined ? token.name : []));
    const repeated = names.find((name, index) => names.indexOf(name) < index && !options[name]?.multiple);
    if (repeated) throw new UsageError(`--${repeated} is given twice: give it once`);
    return { flags: values as Parameters<Command["run"]>[0]["flags"], positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { message, code } = error as NodeJS.ErrnoException;
    const [, flag = ""] = /'(--?[^' ]*)/.exec(message) ?? [];
    const suggestion = closestMatch(
      flag.slice(0, 64),
      Object.keys(options).map((name) => `--${name}`),
      { maxDistance: 4 },
    );
    const problem =
      code === "ERR_PARSE_ARGS_UNKNOWN_OPTION"
        ? `no flag ${flag}${suggestion ? `: did you mean ${suggestion}?` : ""}`
        : message.split("\n")[0];
    throw new UsageError(`${printable(problem ?? message, 200)}; usage: ingress-warden ${usage}`, { cause: error });
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function help(): string {
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`);
  return [
    `${manifest.description}`,
    "",
    "Usage: ingress-warden COMMAND [FLAG ...]",
    "",
    "Commands:",
    ...lines,
    "",
    "Run 'ingress-warden COMMAND --help' for the flags of a command.",
    "",
    "Exit codes:",
    "  0  done",
    "  1  something broke, an event could not be read or staged, or an outcome failed",
    "  2  wrong usage or policy",
    "  3  violations found by a run that changed nothing, or decisions that a person must take",
  ].join("\n");
}

function helpOf({ usage, summary, options }: Command): string {
  const flags = Object.entries(options).map(([name, { value, help }]) => `  ${`--${name}${value ? ` ${value}` : ""}`.padEnd(24)}${help}`);
  return [summary, "", `Usage: ingress-warden ${usage}`, ...(flags.length > 0 ? ["", "Flags:", ...flags] : [])].join("\n");
}
