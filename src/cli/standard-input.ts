import { once } from "node:events";
import { fstatSync } from "node:fs";
import { UsageError } from "#domain/usage-error.ts";

/** How long a pipe may take until its first byte, in ms. */
const maxWait = 10_000;

/**
 * Returns the paths to read: those given; `-` when none are given and data is piped or redirected into the command; else the
 * default. A script can have an inherited pipe that nobody writes to: an empty one counts as no input, and one that stays open
 * without data is a UsageError, so that the command neither waits forever nor reads something else than was meant.
 */
export async function pathsOr(positionals: readonly string[], defaults: readonly string[]): Promise<readonly string[]> {
  if (positionals.length > 0) return positionals;
  if (!isPiped()) return defaults;
  const timeout = AbortSignal.timeout(maxWait);
  try {
    // An empty pipe ends without ever being readable.
    await Promise.race([once(process.stdin, "readable", { signal: timeout }), once(process.stdin, "end", { signal: timeout })]);
  } catch (error) {
    process.stdin.destroy();
    throw new UsageError(
      `standard input is a pipe without data after ${maxWait / 1000} s: give - as PATH to wait for it, or another PATH such as ${defaults.join(" ")}`,
      { cause: error },
    );
  }
  if (process.stdin.readableLength > 0) return ["-"];
  // The command before the pipe may have failed.
  console.error(`standard input is empty: reading ${defaults.join(" ")}`);
  return defaults;
}

/** True for a pipe and a redirected file; false for a terminal, /dev/null and a socket, which programs give to those that they start. */
function isPiped(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isFile();
  } catch {
    return false; // It is closed.
  }
}
