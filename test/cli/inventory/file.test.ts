import { expect, onTestFinished, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";
import { cacheBehind, openClusterGroup, startWorld } from "../sweep/world.ts";
import { temporaryFiles } from "../temporary-files.ts";

const run = sharedProcess();
const put = temporaryFiles();

type Lines = Record<string, unknown>[];

/** Sweeps an inventory of two grants, of which one violates, after `change` has edited its lines. */
async function sweep(change: (lines: Lines) => Lines) {
  const { emulator, env } = await startWorld();
  onTestFinished(() => emulator.close());
  await openClusterGroup(emulator, "analytics", "0.0.0.0/0");
  await cacheBehind(emulator, "sessions", [["203.0.113.0/24", 6379]]);
  const { stdout } = await run(["inventory"], { env });
  const lines: Lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const text = change(lines)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
  const policy = await put("policy.json", JSON.stringify({ mode: "enforce", permit: [{ name: "office", ranges: ["203.0.113.0/24"] }] }));
  return run(["sweep", "--policy", policy, "--inventory", await put("i.ndjson", text)]);
}

const isViolating = (line: Record<string, unknown>) => JSON.stringify(line).includes("0.0.0.0/0");
const problem = (lines: Lines) => ({ line: "problem", place: lines.at(-1)?.["place"], problem: "redshift could not be read" });
const edited = (lines: Lines, change: (grant: Record<string, unknown>) => object) =>
  lines.map((line) => (isViolating(line) ? { ...line, grant: change(line["grant"] as Record<string, unknown>) } : line));

test("an inventory as it was written is complete", async () => {
  expect((await sweep((lines) => lines)).code).toBe(3);
});

test.each<[string, (lines: Lines) => Lines, string]>([
  ["lost a grant", (lines) => lines.filter((line) => !isViolating(line)), "has 1 of the 2 grants of the place"],
  [
    "has a problem and is called complete",
    (lines) => [...lines.slice(0, -1), problem(lines), ...lines.slice(-1)],
    "has a problem in this place, and calls it complete",
  ],
])("an inventory that %s is incomplete, and exits with 1", async (_, change, message) => {
  const { code, stdout } = await sweep(change);
  expect(stdout).toContain(message);
  expect(code).toBe(1);
});

test.each<[string, (lines: Lines) => Lines, string]>([
  ["a grant twice", (lines) => lines.flatMap((line) => (isViolating(line) ? [line, line] : [line])), "a grant that the place has before"],
  [
    "another time of listing",
    (lines) => lines.map((line) => (isViolating(line) ? { ...line, listedAt: "2026-01-01T00:00:00.000Z" } : line)),
    "another listedAt",
  ],
  [
    "stores of a grant that is no rule",
    (lines) => edited(lines, (grant) => ({ ...grant, stores: [] })),
    "AuthorizeClusterSecurityGroupIngress with a rule or stores",
  ],
  [
    "a source that the call does not accept",
    (lines) => edited(lines, (grant) => ({ ...grant, authorization: "AuthorizeSnapshotAccess" })),
    "a range as the source of AuthorizeSnapshotAccess",
  ],
  [
    "a call that is not watched",
    (lines) => edited(lines, (grant) => ({ ...grant, authorization: "Nothing" })),
    "no authorization that is watched",
  ],
  ["no places", (lines) => [{ ...lines[0], places: [] }], "no line of an inventory"],
  [
    "entries that are no ranges",
    (lines) => [
      ...lines.slice(0, 1),
      { line: "prefixList", place: lines.at(-1)?.["place"], prefixList: "pl-1", entries: ["everything"] },
      ...lines.slice(1),
    ],
    "no line of an inventory",
  ],
])("an inventory with %s is refused", async (_, change, message) => {
  const { code, stderr } = await sweep(change);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
});
