import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { compileCache } from "./compile-cache.ts";

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node with arguments, from the repository's root and with this process's Node by default. */
export async function runNode(
  args: readonly string[],
  { input = "", env = {}, cwd = ".", closeStdout = false, node = process.execPath }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(node, args, {
    cwd,
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", NODE_NO_WARNINGS: "1", ...env },
  });
  child.stdin.on("error", () => {}); // A command that fails early leaves its input unread.
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  if (closeStdout) child.stdout.destroy();
  const [stdout, stderr, code] = await Promise.all([closeStdout ? "" : text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The path of another Node. */
  readonly node?: string;
  /** Nobody reads what it prints. */
  readonly closeStdout?: boolean;
}

/** Runs the command line from its source. */
export function cli(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return runNode(["src/cli/index.ts", ...args], { ...options, env: { ...compileCache, ...options.env } });
}
