import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { placeFiles } from "#cli/place-files.ts";

const files = new Map([
  ["policy.json", "new"],
  ["dist/lambda.mjs", "code"],
]);
const [refuse, force] = [
  { force: false, fix: () => "give another" },
  { force: true, fix: () => "" },
];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingress-warden-place-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

/** Every file of the folder with its content. */
async function contents(): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((each) => !each.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, "utf8")])));
}

test("writes every file, into folders that it makes, and leaves nothing else", async () => {
  await placeFiles(join(folder, "a/b"), files, refuse);

  expect(await contents()).toEqual({ "a/b/policy.json": "new", "a/b/dist/lambda.mjs": "code" });
});

test("a file that exists is named, and nothing is written", async () => {
  await mkdir(join(folder, "dist"));
  await writeFile(join(folder, "dist/lambda.mjs"), "old");

  await expect(placeFiles(folder, files, refuse)).rejects.toThrow(
    `${join(folder, "dist/lambda.mjs")} exists, and nothing was written: give another`,
  );
  expect(await contents()).toEqual({ "dist/lambda.mjs": "old" });
});

test("with force, a file is replaced, also a link, and what is stale is removed", async () => {
  await writeFile(join(folder, "elsewhere"), "kept");
  await symlink(join(folder, "elsewhere"), join(folder, "policy.json"));
  await writeFile(join(folder, "old.mjs"), "old");

  await placeFiles(folder, files, { ...force, stale: ["old.mjs", "missing.mjs"] });

  expect(await contents()).toEqual({ elsewhere: "kept", "policy.json": "new", "dist/lambda.mjs": "code" });
});

test("when one file cannot be written, everything is as it was", async () => {
  await writeFile(join(folder, "policy.json"), "old");
  await writeFile(join(folder, "old.mjs"), "old");
  await writeFile(join(folder, "dist"), "a file");
  const before = await contents();

  await expect(placeFiles(folder, files, { ...force, stale: ["old.mjs"] })).rejects.toThrow(/nothing was written \(\w+\)/);
  expect(await contents()).toEqual(before);
});

test("a folder in the place of a file is never replaced", async () => {
  await mkdir(join(folder, "policy.json"));

  await expect(placeFiles(folder, files, force)).rejects.toThrow("is a folder, and nothing was written");
  expect(await readdir(folder)).toEqual(["policy.json"]);
});
