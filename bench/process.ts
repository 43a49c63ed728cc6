import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";

/** One process to start: its command, what it reads from stdin, and whether its log is discarded. */
export interface Job {
  readonly command: readonly [program: string, ...args: string[]];
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly log?: "pipe" | "ignore";
}

/**
 * Runs one fresh process. At its first line on descriptor 3, calls `ready` with its id and delivers the input. Returns its
 * last line there, which is JSON, and how many lines it logged. Throws when the process fails.
 */
export async function run<Answer>(
  { command: [program, ...args], env = {}, input = "", log = "pipe" }: Job,
  ready?: (pid: number) => void,
): Promise<Answer & { readonly logged: number }> {
  const child = spawn(program, args, { env, stdio: ["pipe", log, "pipe", "pipe"] });
  const [stdin, stdout, stderr, reports] = child.stdio as unknown as [Writable, Readable | null, Readable, Readable];
  stdin.on("error", () => {}); // The exit code and stderr show why it did not read.
  const lines: string[] = [];
  createInterface(reports).on("line", (line) => {
    if (lines.push(line) > 1) return;
    ready?.(child.pid as number);
    stdin.end(input);
  });
  const [out, err, [code]] = await Promise.all([stdout ? text(stdout) : "", text(stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`${[program, ...args].join(" ")} exited with ${code}:\n${out}${err}`);
  // Lambda logs both stdout and stderr.
  return { ...JSON.parse(lines.at(-1) ?? ""), logged: `${out}${err}`.split("\n").filter((line) => line !== "").length };
}
