import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { long } from "../../support/long.ts";
import { bucketFiles, record, trailFile, unwatched, writeFiles } from "../../support/trail-files.ts";
import { sharedProcess } from "../shared-process.ts";

const run = sharedProcess();
const replay = ["--mode", "enforce", "--at", "2026-11-21"];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ingress-warden-bucket-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lastLine = (output: string) => output.trimEnd().split("\n").at(-1);

test("the bucket of a trail is replayed with every file counted, and other kinds of files are no error", async () => {
  await writeFiles(folder, bucketFiles());
  symlinkSync("..", join(folder, "AWSLogs/loop"));
  const { stdout, stderr, code } = await run(["replay", folder, folder, ...replay]);

  expect({ code, stderr, totals: lastLine(stdout) }).toEqual({
    code: 0,
    stderr: "",
    totals: "3 revoked, 3 not watched, 7 not a trail (1 other name, 2 CloudTrail-Digest, 1 CloudTrail-Insight, 2 Config, 1 GuardDuty)",
  });
});

test.each([
  [
    "records of other calls only",
    { "a.json": JSON.stringify(unwatched), "b.json.gz": trailFile(unwatched, unwatched) },
    0,
    "3 not watched",
  ],
  [
    "files of other kinds only",
    { "a.json": JSON.stringify({ fileVersion: "1.0", configurationItems: [], configurationItemStatus: "OK" }) },
    1,
    "no CloudTrail record",
  ],
  ["no records", { "a.json": '{"Records":[]}', "b.json": "[]" }, 1, "no CloudTrail record"],
  ["other JSON", { "a.json": JSON.stringify(unwatched), "b.json": '{"name":"a package"}' }, 1, "Not a CloudTrail record"],
])("a folder with %s ends as it must", async (_name, files, exit, words) => {
  await writeFiles(folder, files);
  const { stdout, stderr, code } = await run(["replay", folder, ...replay]);

  expect([code, stdout + stderr]).toEqual([exit, expect.stringContaining(words)]);
});

const files = long ? 100_000 : 3_000;

test(`of ${files} files each that cannot be read is named, and all others are read`, { timeout: 300_000 }, async () => {
  const [one, other] = [trailFile(record), trailFile(unwatched, unwatched)];
  for (let n = 0; n < files; n++) {
    if (n % 1_000 === 0) mkdirSync(join(folder, `${n / 1_000}`));
    writeFileSync(join(folder, `${Math.floor(n / 1_000)}/f${n}.json.gz`), n % (files / 2) === 0 ? one : other);
  }
  const bomb = Buffer.concat(Array(8).fill(gzipSync(Buffer.alloc(32 * 1024 * 1024, " "))));
  const bad: Readonly<Record<string, Buffer | string>> = {
    "cut.json.gz": one.subarray(0, 300),
    "corrupt.json.gz": Buffer.concat([other.subarray(0, 20), Buffer.alloc(200, 7)]),
    "cut.json": JSON.stringify({ Records: [unwatched] }).slice(0, -5),
    "empty.json": "",
    "empty.json.gz": gzipSync(""),
    "not.json": "<html>",
    "bomb.json.gz": Buffer.concat([bomb, bomb, bomb, bomb]),
    "zeros.json": Buffer.alloc(20 * 1024 * 1024),
    "other.json.zst": Buffer.from("28b52ffd00", "hex"),
  };
  await writeFiles(join(folder, "1"), bad);
  symlinkSync("nothing", join(folder, "1/lost.json"));
  const { stdout, stderr, code } = await run(["replay", folder, ...replay]);

  const named = stderr.trim().split("\n");
  expect(named.map((line) => /([^/]*?)(?:#\d+)?: /.exec(line)?.[1]).sort()).toEqual([...Object.keys(bad), "lost.json"].sort());
  expect({ code, totals: lastLine(stdout) }).toEqual({ code: 1, totals: `2 revoked, 10 unreadable, ${2 * (files - 2)} not watched` });
});

/** Replays what a shell command prints: the output of the command, and the most memory that the process had resident, in MB. */
async function piped(command: string, args = "-") {
  const node = `${process.execPath} --import ./test/support/report-memory.ts src/cli/index.ts replay ${args} --json ${replay.join(" ")}`;
  const child = spawn("sh", ["-c", `${command} | ${node}`], { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr, residentMb: Number(/resident (\d+)/.exec(stderr)?.[1]) };
}

test.each(["{}", "1", '[{"detail":[]}]'])(
  "millions of small values that are no records are read in bounded memory and few lines: %s",
  {
    timeout: 600_000,
  },
  async (value) => {
    const count = long ? 5_000_000 : 200_000;
    writeFileSync(
      join(folder, "bomb"),
      gzipSync(`{"Records":[${JSON.stringify(record)},${`${value},`.repeat(count)}${JSON.stringify(record)}]}`),
    );
    const { stdout, stderr, residentMb } = await piped(`cat ${folder}/bomb`);

    expect(stdout.trim().split("\n")).toHaveLength(2);
    expect(stderr.trim().split("\n").slice(-4)).toEqual([
      expect.stringMatching(/^-#21(#1)?: Not a CloudTrail record/),
      `-: ${count - 20} more problems in this file are not listed`,
      `2 revoked, ${count} unreadable`,
      expect.stringContaining("resident"),
    ]);
    expect(residentMb).toBeLessThan(300);
  },
);

test("a value of more than 16 MB is named once, in bounded memory; all else is judged, with totals", { timeout: 60_000 }, async () => {
  writeFileSync(join(folder, "large"), JSON.stringify({ Records: [record, { key: "x".repeat(100 * 1024 * 1024) }, record] }));
  const { stdout, stderr, residentMb } = await piped(`cat ${folder}/large`);

  expect(stdout.trim().split("\n")).toHaveLength(2);
  expect(stderr.trim().split("\n").slice(-3, -1)).toEqual([expect.stringMatching(/^-#2: has more than 16 MB/), "2 revoked, 1 unreadable"]);
  expect(residentMb).toBeLessThan(300);
});

test("ten thousand small files are read in bounded memory", { timeout: 120_000 }, async () => {
  const [one, other] = [trailFile(record), trailFile(unwatched, unwatched)];
  for (let n = 0; n < 10_000; n++) writeFileSync(join(folder, `f${n}.json.gz`), n === 5_000 ? one : other);
  const { stderr, residentMb } = await piped("true", folder);

  expect(stderr).toContain("1 revoked, 19998 not watched\n");
  expect(residentMb).toBeLessThan(300);
});

test("a stream of any length is read in bounded memory", { timeout: 600_000 }, async () => {
  const repeats = long ? 10_240 : 300;
  writeFileSync(
    join(folder, "mb"),
    `${JSON.stringify(unwatched)}\n`.repeat(Math.ceil((1024 * 1024) / (JSON.stringify(unwatched).length + 1))),
  );
  writeFileSync(join(folder, "one"), `${JSON.stringify(record)}\n`);
  const command = `for n in $(seq ${repeats}); do cat ${folder}/mb; done | cat - ${folder}/one`;
  const { stdout, residentMb } = await piped(command);

  expect(stdout.trim().split("\n")).toHaveLength(1);
  expect(residentMb).toBeLessThan(300);
  expect(residentMb).toBeGreaterThan(30);
});
