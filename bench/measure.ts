import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable, type Writable } from "node:stream";
import { text } from "node:stream/consumers";

/** What one process took: milliseconds of wall clock and of CPU (user and system) in init and in the handler, and its peak RSS. */
export interface Sample {
  /** From the start of the process on, the start of Node itself included. */
  readonly init: number;
  readonly initCpu: number;
  readonly handler: number;
  readonly handlerCpu: number;
  readonly rssMb: number;
}

/** One process to start: its command, its environment, what it reads. */
export interface Job {
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly input: string;
}

/**
 * Runs one fresh process through init and one invocation, calling `initialized` with its id in between. Gives what it
 * took and how many lines it logged. Throws when it fails.
 */
export async function coldStart({ command, env, input }: Job, initialized: (pid: number) => void): Promise<Sample & { logged: number }> {
  const { pid, stdin, reports, ended } = start(command, env, "pipe");
  let report = "";
  reports.setEncoding("utf8").on("data", (part: string) => {
    const wasReady = report.startsWith("ready\n");
    report += part;
    if (wasReady || !report.startsWith("ready\n") || pid === undefined) return;
    initialized(pid);
    stdin.end(input);
  });
  const logged = (await ended).split("\n").filter((line) => line !== "").length;
  return { ...JSON.parse(report.replace("ready\n", "")), logged };
}

/** Runs one fresh process that measures by itself and logs to nowhere, and gives what it says on descriptor 3. Throws when it fails. */
export async function ask<Answer>({ command, env, input }: Job): Promise<Answer> {
  const { stdin, reports, ended } = start(command, env, "ignore");
  stdin.end(input);
  const [answer] = await Promise.all([text(reports), ended]);
  return JSON.parse(answer);
}

function start([program, ...args]: Job["command"], env: NodeJS.ProcessEnv, log: "pipe" | "ignore") {
  const child = spawn(program, args, { env, stdio: ["pipe", log, "pipe", "pipe"] });
  const [stdin, , stderr, reports] = child.stdio as readonly unknown[] as readonly [Writable, Readable | null, Readable, Readable];
  stdin.on("error", () => {}); // Its end says why it did not read.
  const outputs = Promise.all([text(child.stdout ?? Readable.from([])), text(stderr), once(child, "close")]);
  const ended = outputs.then(([out, err, [code]]) => {
    if (code !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${code}:\n${out}${err}`);
    return `${out}${err}`; // Lambda keeps both in the log.
  });
  return { pid: child.pid, stdin, reports, ended };
}
