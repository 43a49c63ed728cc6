import { type BigIntStats, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";

/** A file to read, or why it cannot be. `path` is `-` for standard input. `size` is in bytes, and only regular files have one. */
export type Found = { readonly label: string } & ({ readonly path: string; readonly size?: number } | { readonly problem: string });

/** Names of files with records, of packed files, which are named as such when they are read, and of Firehose, which adds no ending. */
const names = /\.(json|jsonl|ndjson|gz|zst|zip|bz2|xz|csv|parquet)$|-\d{4}(-\d\d){5}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Left = "duplicate" | "other name";

/**
 * Finds the files at paths and in folders, each once, also when links lead to it again. Calls `leaveOut` for each file that was found
 * before, and for each that has another name than files of a trail. Throws a UsageError for a path without files.
 */
export async function* walk(paths: readonly string[], leaveOut: (why: Left) => void): AsyncGenerator<Found> {
  const seen = new Set<string>();
  for (const path of paths) for await (const file of filesAt(path, seen, leaveOut)) if (file) yield file;
}

/** Throws a UsageError for a path that does not exist, and for a folder without files to read. */
export async function checkPaths(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (path !== "-" && !statOf(path))
      throw new UsageError(`${printable(path)}: no such file or folder; usage: ingress-warden replay [PATH … | -]`);
    const { done } = await filesAt(path, new Set(), () => {}).next();
    if (done) throw new UsageError(`${printable(path)}: no files in this folder end in .json, .jsonl, .ndjson or .gz`);
  }
}

/** Yields undefined for a file or folder that was found before. */
async function* filesAt(path: string, seen: Set<string>, leaveOut: (why: Left) => void): AsyncGenerator<Found | undefined> {
  const found = path === "-" ? undefined : statOf(path);
  const isNew = ({ dev, ino }: BigIntStats) => seen.size < seen.add(`${dev}:${ino}`).size;
  if (!found?.isDirectory()) {
    const isDuplicate = found?.isFile() && !isNew(found);
    if (isDuplicate) leaveOut("duplicate");
    return yield isDuplicate ? undefined : { label: printable(path), path, ...(found?.isFile() && { size: Number(found.size) }) };
  }
  if (!isNew(found)) return yield undefined;
  const entries = await readdir(path).catch((error: Error) => error);
  if (entries instanceof Error) return yield { label: printable(path), problem: `cannot be read: ${printable(entries.message)}` };
  for (const name of entries.sort()) {
    const inner = join(path, name);
    const each = statOf(inner);
    const problem = !each
      ? "cannot be read: it is a link to nothing"
      : "is a FIFO, a socket or a device, which is only read when its own path is given";
    if (each?.isDirectory() || (each?.isFile() && names.test(name))) yield* filesAt(inner, seen, leaveOut);
    else if (names.test(name)) yield { label: printable(inner), problem };
    else leaveOut("other name");
  }
}

/** The facts of a file; of what a link leads to. A `stat` without a promise takes a tenth of the time, which counts for 100,000 files. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
