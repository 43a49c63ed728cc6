import { parseArgs } from "node:util";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { suggestion } from "#policy/suggestion.ts";
import manifest from "../../package.json" with { type: "json" };
import { check } from "./check/index.ts";
import type { Command } from "./command.ts";
import { diff } from "./diff/index.ts";
import { explain } from "./explain/index.ts";
import { help, helpOf } from "./help.ts";
import { init } from "./init/index.ts";
import { inventory } from "./inventory/index.ts";
import { learn } from "./learn/index.ts";
import { pack } from "./pack/index.ts";
import { replay } from "./replay/index.ts";
import { schema } from "./schema.ts";
import { sweep } from "./sweep/index.ts";
import { test } from "./test/index.ts";
import { traceOf } from "./trace.ts";
import { who } from "./who/index.ts";

const commands: readonly Command[] = [init, replay, check, explain, test, diff, inventory, sweep, who, learn, pack, schema];

let outputProblem: NodeJS.ErrnoException | undefined;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // When the reader, such as head, closes the pipe, or the disk is full, the command still finishes: it may be revoking.
  if (error.code !== "EPIPE") outputProblem = error;
});
const exitCode = await main(process.argv.slice(2));
if (outputProblem) console.error(`standard output cannot be written (${outputProblem.code}): what was printed is not complete`);
process.exitCode = outputProblem ? 1 : exitCode;

async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === "--version" || name === "-V") return print(manifest.version);
  const isHelp = name === undefined || name === "--help" || name === "-h" || name === "help";
  try {
    if (isHelp) return print(rest[0] === undefined ? help(commands) : helpOf(commandOf(rest[0])));
    const command = commandOf(name);
    if (rest.includes("--help") || rest.includes("-h")) return print(helpOf(command));
    return await command.run(parse(command, rest));
  } catch (error) {
    const isUsageError = error instanceof UsageError;
    console.error(isUsageError ? error.message : traceOf(error));
    return isUsageError ? 2 : 1;
  }
}

function commandOf(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command) return command;
  const names = commands.map((each) => each.name);
  const meant = suggestion(name, names);
  throw new UsageError(`no command ${shown(name)}${meant ? `: did you mean ${meant}?` : ""}; see ingress-warden --help`);
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
    const meant = suggestion(flag.replace(/^-+/, ""), Object.keys(options));
    const problem =
      code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" ? `no flag ${flag}${meant ? `: did you mean --${meant}?` : ""}` : message.split("\n")[0];
    throw new UsageError(`${printable(problem ?? message, 200)}; usage: ingress-warden ${usage}`, { cause: error });
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
