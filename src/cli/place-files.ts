import { lstat, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";

/** Files to write: what each contains, by its path in the folder. */
export type Files = ReadonlyMap<string, string | Buffer>;

interface PlaceOptions {
  readonly force: boolean;
  /** What to do about a file that exists. */
  readonly fix: (name: string) => string;
  readonly stale?: readonly string[];
}

/**
 * Writes files into a folder: all of them, or none. With `force`, replaces those that exist, and removes the files named in `stale`.
 * Throws a UsageError that names the first file that exists, with the fix for that, or the reason why nothing was written.
 */
export async function placeFiles(folder: string, files: Files, { force, fix, stale = [] }: PlaceOptions): Promise<void> {
  for (const name of files.keys()) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found && !force) throw new UsageError(`${printable(path)} exists, and nothing was written: ${fix(name)}`);
    if (found?.isDirectory()) throw new UsageError(`${printable(path)} is a folder, and nothing was written: rename it`);
  }
  const undo: (() => Promise<unknown>)[] = [];
  const makeFolder = async (path: string) => {
    const made = await mkdir(path, { recursive: true });
    if (made !== undefined) undo.push(() => rm(made, { recursive: true }));
  };
  let staged: string | undefined;
  try {
    await makeFolder(folder);
    // In the same folder, so that every file is renamed within one file system.
    staged = await mkdtemp(join(folder, ".ingress-warden-"));
    for (const [name, content] of files) {
      await mkdir(dirname(join(staged, "new", name)), { recursive: true });
      await mkdir(dirname(join(staged, "old", name)), { recursive: true });
      await writeFile(join(staged, "new", name), content);
    }
    for (const name of new Set([...files.keys(), ...stale])) {
      const [path, old] = [join(folder, name), join(staged, "old", name)];
      await makeFolder(dirname(path));
      if (await lstat(path).catch(() => undefined)) {
        await rename(path, old);
        undo.push(() => rename(old, path));
      }
      if (!files.has(name)) continue;
      await rename(join(staged, "new", name), path);
      undo.push(() => rm(path));
    }
  } catch (cause) {
    for (const step of undo.reverse()) await step();
    throw new UsageError(`${printable(folder)}: nothing was written (${(cause as NodeJS.ErrnoException).code}): check the folder`, {
      cause,
    });
  } finally {
    if (staged !== undefined) await rm(staged, { recursive: true, force: true });
  }
}
