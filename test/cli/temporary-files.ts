import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** Writes a file into a folder that the suite removes when it ends; the result is the file's path. */
type Put = (name: string, content: string | Buffer) => Promise<string>;

/** Gives the suite that calls it a folder for files. */
export function temporaryFiles(): Put {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ingress-warden-cli-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return async (name, content) => {
    const path = join(await mkdtemp(join(folder, "file-")), name);
    await writeFile(path, content);
    return path;
  };
}
