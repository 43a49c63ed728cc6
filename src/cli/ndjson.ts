import { once } from "node:events";
import { createReadStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";

/** A line of a file: its text without the line break, its number from 1 on, and whether a line break ended it. */
export interface Line {
  readonly number: number;
  readonly text: string;
  readonly isWhole: boolean;
}

/** The longest line in characters: longer than that of any AWS resource. */
const longest = 16 * 1024 * 1024;

/** Reads the lines of a file, or of standard input for `-`. Throws a UsageError, also for a pipe, which nobody may ever write to. */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  const found = file === "-" ? undefined : await stat(file).catch(() => undefined);
  if (found && !found.isFile()) throw new UsageError(`${printable(file)} is no file: give one`);
  const stream = file === "-" ? process.stdin.setEncoding("utf8") : createReadStream(file, { encoding: "utf8" });
  let [number, length] = [0, 0];
  // The parts of the line that has not ended. They are joined once: the time to join them at each chunk grows with the square of the line.
  let parts: string[] = [];
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const texts = chunk.split("\n");
      const rest = texts.pop() ?? "";
      for (const text of texts) {
        yield { number: ++number, text: parts.join("") + text, isWhole: true };
        [parts, length] = [[], 0];
      }
      parts.push(rest);
      length += rest.length;
      if (length > longest) throw new UsageError(`${printable(file)}:${number + 1}: the line is too long: check whether this is NDJSON`);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${printable(file)}: the file cannot be read (${(error as NodeJS.ErrnoException).code}): check its path`, {
      cause: error,
    });
  }
  if (length > 0) yield { number: ++number, text: parts.join(""), isWhole: false };
}

/** Returns the JSON value of a line. Throws a UsageError. */
export function parsedLine(file: string, { number, text }: Line): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${printable(file)}:${number}: not JSON: ${printable(text, 60)}; each line must be one JSON object`, {
      cause: error,
    });
  }
}

/** Where NDJSON is written. */
export interface Output {
  write(text: string): Promise<void>;
  /** Completes the file: until then, it does not exist under its name. */
  end(): Promise<void>;
  /** Removes what was written, if it was not completed. */
  discard(): Promise<void>;
}

/**
 * Opens a new file, or standard output without a name. Throws a UsageError for a file that exists, and for one that cannot be created. With
 * `force` true, a file that exists is replaced when the output ends; false: the error names the flag.
 */
export async function outputTo(file: string | undefined, force?: boolean): Promise<Output> {
  if (file === undefined) return { write: writeOut, end: async () => {}, discard: async () => {} };
  if (file === "") throw new UsageError("the name of the file to write is empty: give one with --out");
  const existing = await stat(file).catch(() => undefined);
  if (existing && !(force && existing.isFile()))
    throw new UsageError(`${printable(file)} exists: give another name${force === false ? ", or --force" : force ? "" : ", or remove it"}`);
  const partial = `${file}.${process.pid}.partial`;
  const handle = await open(partial, "wx").catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${printable(file)} cannot be written (${cause.code}): check its folder`, { cause });
  });
  let isOpen = true;
  let waiting = "";
  const flush = async () => {
    const text = waiting;
    waiting = "";
    await handle.writeFile(text);
  };
  return {
    async write(text) {
      waiting += text;
      if (waiting.length > 64 * 1024) await flush();
    },
    async end() {
      await flush();
      await handle.sync();
      await rename(partial, file);
      await handle.close();
      isOpen = false;
    },
    async discard() {
      if (!isOpen) return;
      await handle.close();
      await rm(partial, { force: true });
    },
  };
}

/** Waits while standard output is full, so that what is not read yet does not fill the memory. Goes on when nobody reads it any more. */
async function writeOut(text: string): Promise<void> {
  const { stdout } = process;
  if (stdout.destroyed || stdout.write(text)) return;
  const done = new AbortController();
  await Promise.race(["drain", "close", "error"].map((event) => once(stdout, event, done).catch(() => {})));
  done.abort();
}
