import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageError } from "#domain/usage-error.ts";
import { readTrail } from "#trail/read.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ingress-warden-walk-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file with one event, whose detail is the file's name. */
function put(name: string) {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), JSON.stringify({ detail: name }));
}

/** Reads paths in the folder. The result is what each file has, and what was skipped. */
async function read(...paths: readonly string[]) {
  const { items, skipped } = await readTrail(
    paths.map((path) => join(folder, path)),
    () => true,
  );
  const found = await Array.fromAsync(items);
  return { found: found.map((item) => ("event" in item ? (item.event as { detail: string }).detail : item)), skipped };
}

const problem = (name: string, words: string) => {
  const file = join(folder, name);
  return { file, label: file, problem: expect.stringContaining(words) };
};

test("files with names of a trail are read in the order of their names; others are counted", async () => {
  const trail = [
    "a.json",
    "b/c.JSON.GZ",
    "b/d.ndjson",
    "e.jsonl",
    "000000.gz",
    "s-1-2026-11-20-10-00-00-0c5c1f5e-0000-4000-8000-000000000000",
  ];
  for (const name of [...trail, "notes.txt", ".DS_Store", "b/README.md"]) put(name);
  writeFileSync(join(folder, "z.json.zst"), Buffer.from("28b52ffd00", "hex"));
  const { found, skipped } = await read(".");

  expect(found).toEqual([...trail.sort(), problem("z.json.zst", "zstd")]);
  expect(skipped.notATrail).toEqual(new Map([["other name", 3]]));
});

test("each file is read once, however many links lead to it, and links that make a loop end", async () => {
  put("a.json");
  put("deep/er/b.json");
  linkSync(join(folder, "a.json"), join(folder, "c.json"));
  symlinkSync("../a.json", join(folder, "deep/d.json"));
  symlinkSync("..", join(folder, "deep/loop"));
  symlinkSync(folder, join(folder, "deep/er/again"));
  symlinkSync("self.json", join(folder, "self.json"));
  symlinkSync("nothing", join(folder, "lost.json"));
  const { found, skipped } = await read(".", "a.json", "deep");

  expect(found).toEqual(["a.json", "deep/er/b.json", problem("lost.json", "a link to nothing"), problem("self.json", "a link to nothing")]);
  expect(skipped.duplicates).toBe(3);
});

test("a folder that links lead to is read, and its files outside of the folder too", async () => {
  put("elsewhere/a.json");
  mkdirSync(join(folder, "tree"));
  symlinkSync("../elsewhere", join(folder, "tree/link"));

  expect((await read("tree")).found).toEqual(["elsewhere/a.json"]);
});

test("FIFOs and sockets in a folder are refused, one line each, without waiting for them", async () => {
  put("a.json");
  execFileSync("mkfifo", [join(folder, "fifo.json"), join(folder, "other.fifo")]);
  const server = createServer().listen(join(folder, "socket.json"));
  const { found, skipped } = await read(".");
  server.close();

  expect(found).toEqual(["a.json", problem("fifo.json", "is a FIFO"), problem("socket.json", "is a FIFO, a socket")]);
  expect(skipped.notATrail).toEqual(new Map([["other name", 1]]));
});

test("a FIFO is read when its own path is given", async () => {
  execFileSync("mkfifo", [join(folder, "fifo")]);
  const reading = read("fifo");
  await writeFile(join(folder, "fifo"), '{"detail":"from a FIFO"}');

  expect((await reading).found).toEqual(["from a FIFO"]);
});

test("names with line breaks, escapes and bytes that are no text are printable in labels", async () => {
  put("line\nbreak.json");
  writeFileSync(join(folder, "\u001b[31mred\u202e.json"), "{");
  writeFileSync(Buffer.concat([Buffer.from(join(folder, "latin-")), Buffer.from([0xe9]), Buffer.from(".json")]), '{"detail":"latin"}');
  const { found } = await read(".");

  expect(found).toEqual([
    problem("\\u{1b}[31mred\\u{202e}.json", "is not JSON"),
    problem("latin-\ufffd.json", "cannot be read"),
    "line\nbreak.json",
  ]);
});

test.each([
  [["nowhere"], "nowhere: no such file or folder"],
  [["empty"], "empty: no files in this folder end in .json"],
  [["a.json", "empty"], "empty: no files in this folder end in .json"],
])("paths %j are wrong usage before anything is read", async (paths, words) => {
  put("a.json");
  put("empty/notes.txt");
  const reading = read(...paths);

  await expect(reading).rejects.toThrow(UsageError);
  await expect(reading).rejects.toThrow(words);
});

test("a folder that cannot be read is one line, and the others are read", async () => {
  put("a.json");
  put("locked/b.json");
  put("z.json");
  chmodSync(join(folder, "locked"), 0o000);
  chmodSync(folder, 0o755);
  // The superuser can read every folder, so the walk runs as another user then.
  const script = `import { walk } from "#trail/walk.ts"; for await (const file of walk([process.argv[1]], () => {})) console.log(file.label, file.problem);`;
  const isSuperuser = process.getuid?.() === 0;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script, folder], {
    encoding: "utf8",
    ...(isSuperuser && { uid: 65_534, gid: 65_534 }),
  });
  chmodSync(join(folder, "locked"), 0o755);

  expect(stdout.trim().split("\n")).toEqual([
    `${join(folder, "a.json")} undefined`,
    expect.stringMatching(`^${join(folder, "locked")} cannot be read: EACCES`),
    `${join(folder, "z.json")} undefined`,
  ]);
});
