import { open, readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";

/** Creates a file that only one process can have at a time, and returns a function that removes it. Throws a UsageError. */
export async function lock(file: string): Promise<() => Promise<void>> {
  const handle = await open(file, "wx").catch((error: NodeJS.ErrnoException) => error);
  if (handle instanceof Error) {
    if (handle.code !== "EEXIST") throw new UsageError(`${printable(file)} cannot be written (${handle.code})`, { cause: handle });
    const read = () => readFile(file, "utf8").catch(() => "");
    // Another process may have created the file a moment ago, and not have written its id yet.
    const owner = Number((await read()) || (await sleep(200).then(read)));
    if (isRunning(owner))
      throw new UsageError(
        `process ${owner} is applying this plan: wait until it has ended; if it is another program, remove ${printable(file)}`,
      );
    // Left by a process that was killed.
    await rm(file, { force: true });
    return lock(file);
  }
  await handle.writeFile(String(process.pid));
  await handle.close();
  return () => rm(file, { force: true });
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
