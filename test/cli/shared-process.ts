import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { compileCache } from "../support/compile-cache.ts";
import type { Ended } from "../support/run.ts";
import type { Answer, Request } from "./run-entrance.ts";

interface Options {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command line, as `cli` does. */
export type Run = (args: readonly string[], options?: Options) => Promise<Ended>;

/**
 * Gives the suite that calls it one process that runs its command lines, each through the entrance: to start a process
 * takes longer than most commands. `cli` is for what depends on a process of its own.
 */
export function sharedProcess(): Run {
  let child: ChildProcess;
  let ended: Promise<never>;
  let count = 0;
  const waiting = new Map<number, (answer: Answer) => void>();
  beforeAll(() => {
    const env = { PATH: process.env["PATH"], HOME: "/nonexistent", NODE_NO_WARNINGS: "1", ...compileCache };
    child = fork(fileURLToPath(new URL("./run-entrance.ts", import.meta.url)), {
      env,
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`The process of the command lines ended with ${code}`)));
    ended.catch(() => {});
    child.stderr?.pipe(process.stderr); // It prints there only what ends it.
    child.on("message", (answer: Answer) => waiting.get(answer.id)?.(answer));
  });
  afterAll(() => child.disconnect());
  return async (args, { input = "", env = {} } = {}) => {
    const id = ++count;
    const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    child.send({ id, args, input, env } satisfies Request);
    const { code, stdout, stderr } = await Promise.race([answer, ended]);
    return { code, stdout, stderr };
  };
}
