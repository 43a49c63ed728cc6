import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { long } from "../../support/long.ts";
import { rawTexts } from "../../support/output.ts";
import { type Ended, runNode } from "../../support/run.ts";
import { sharedProcess } from "../shared-process.ts";
import { cacheBehind, linesIn, openClusterGroup, startWorld } from "./world.ts";

const run = sharedProcess();
const folder = mkdtempSync(join(tmpdir(), "ingress-warden-hostile-"));
const file = (name: string) => join(folder, name);
const hostile = "\u001b[31m\u202e\u0085\u2028\u0007";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The lines of an inventory with every kind of line, and of the plan that was made of it. */
let inventory: readonly string[];
let plan: readonly string[];

beforeAll(async () => {
  const { emulator, env } = await startWorld();
  await using _ = emulator;
  await openClusterGroup(emulator, "analytics", "0.0.0.0/0");
  await openClusterGroup(emulator, "analytics", "203.0.113.0/24");
  await cacheBehind(emulator, "sessions", [["0.0.0.0/0", 6379]]);
  writeFileSync(file("policy.json"), JSON.stringify({ mode: "enforce", permit: [{ name: "office", ranges: ["203.0.113.0/24"] }] }));
  await run(["inventory", "--out", file("inventory")], { env });
  const lines = readFileSync(file("inventory"), "utf8").trimEnd().split("\n");
  const { place } = JSON.parse(lines.at(-1) ?? "");
  const added: readonly Json[] = [
    { line: "sharedGroup", place, group: "sg-1", interfaces: ["eni-1"] },
    { line: "sharedGroup", place, group: "sg-2", problem: "not shown yet" },
    { line: "prefixList", place, prefixList: "pl-1", entries: ["10.0.0.0/8"] },
    { line: "problem", place, problem: "caches cannot be listed", unlisted: ["elasticache"] },
  ];
  inventory = [...lines.slice(0, 1), ...added.map((each) => JSON.stringify(each)), ...lines.slice(1)];
  await sweep(inventory, "--out", file("plan"));
  plan = readFileSync(file("plan"), "utf8").trimEnd().split("\n");
});

let count = 0;
/** The value of a line, or its text when it is no JSON. */
const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
};

/** Writes lines to a new file, and returns its name. */
function written(lines: readonly string[] | string | Buffer): string {
  const name = file(`${++count}`);
  writeFileSync(name, Array.isArray(lines) ? lines.map((line) => `${line}\n`).join("") : (lines as string | Buffer));
  return name;
}

function sweep(lines: readonly string[] | string | Buffer, ...flags: string[]): Promise<Ended> {
  return run(["sweep", "--policy", file("policy.json"), "--inventory", written(lines), ...flags]);
}

/** Shows a plan; without credentials or an endpoint, as this calls nobody. */
function show(lines: readonly string[] | string | Buffer): Promise<Ended> {
  return run(["sweep", "--show", written(lines)]);
}

/** The plan with other lines, and the digest of those. */
function forged(lines: readonly string[]): readonly string[] {
  const end = {
    ...JSON.parse(plan.at(-1) ?? ""),
    sha256: createHash("sha256")
      .update(lines.map((line) => `${line}\n`).join(""))
      .digest("hex"),
  };
  return [...lines, JSON.stringify(end)];
}

/** One line on standard error, without anything raw; or an exit code of a sweep that judged, with nothing raw. */
function expectOrderly({ code, stdout, stderr }: Ended): void {
  expect([0, 1, 2, 3]).toContain(code);
  expect(rawTexts(stdout.split("\n"))).toEqual([]);
  expect(rawTexts(stderr.split("\n"))).toEqual([]);
  expect(stderr).not.toMatch(/\n {4}at |Error:/);
  if (code === 2) expect(stderr).toMatch(/^[^\n]+\n$/);
}

/** Every path to a value in a JSON value. */
function pathsIn(value: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  const inner =
    typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, each]) => pathsIn(each, [...path, key])) : [];
  return [path, ...inner];
}

/** The value with another one at a path; undefined removes it. */
function changed(value: Json, [key, ...rest]: readonly (string | number)[], other: Json | undefined): Json | undefined {
  if (key === undefined) return other;
  const inner = changed((value as Record<string, Json>)[key] ?? null, rest, other);
  if (Array.isArray(value)) return value.flatMap((each, n) => (String(n) === String(key) ? (inner ?? []) : [each])) as Json;
  const entries = Object.entries(value as object).filter(([name]) => name !== key);
  return Object.fromEntries(inner === undefined ? entries : [...entries, [key, inner]]);
}

const values: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constantFrom<(Json | undefined)[]>(
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    "",
    "x",
    hostile,
    [],
    {},
    [[]],
    undefined,
    "__proto__",
    "constructor",
    "0.0.0.0/0",
  ),
  fc.constantFrom<Json[]>(...["toString", "9".repeat(400), "a".repeat(70_000), "enforce", "reported", "revoked", "end", "grant"]),
  fc.constant(JSON.parse('{"__proto__":{"line":"grant"},"constructor":1}') as Json),
);

/** A line of a file, a path in it, and a value to put there; or a key to add there. */
const mutation = fc.record({
  line: fc.nat(),
  path: fc.nat(),
  value: values,
  key: fc.option(fc.constantFrom("__proto__", "constructor", "x", hostile)),
});

function mutated(
  lines: readonly string[],
  { line, path, value, key }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): readonly string[] {
  const n = line % lines.length;
  const json: Json = JSON.parse(lines[n] ?? "");
  const paths = pathsIn(json);
  const chosen = paths[path % paths.length] ?? [];
  const text = JSON.stringify(changed(json, chosen, value) ?? null);
  const other = key === null || !text.startsWith("{") ? text : text.replace("{", `{${JSON.stringify(key)}:${JSON.stringify(value ?? 1)},`);
  return lines.with(n, other);
}

const numRuns = long ? 3_000 : 60;

describe("an inventory or a plan from elsewhere", () => {
  test("in which one value or key is another one ends with one line on standard error, or is judged", async () => {
    await fc.assert(
      fc.asyncProperty(mutation, fc.boolean(), async (each, isJson) => {
        expectOrderly(await sweep(mutated(inventory, each), ...(isJson ? ["--json"] : [])));
      }),
      { numRuns, endOnFailure: true },
    );
  });

  test("in which one value or key of the plan is another one is refused, or with the digest of that, shown", async () => {
    await fc.assert(
      fc.asyncProperty(mutation, async (each) => {
        const lines = mutated(plan, each);
        const shown = await show(lines);
        expectOrderly(shown);
        if (!isDeepStrictEqual(lines.map(parsed), plan.map(parsed))) expect(shown.code).toBe(2);
        expectOrderly(await show(forged(mutated(plan.slice(0, -1), each))));
      }),
      { numRuns, endOnFailure: true },
    );
  });

  test("that was cut off at any place is refused, or judged as far as it is whole", async () => {
    const [ofInventory, ofPlan] = [inventory, plan].map((lines) => lines.map((line) => `${line}\n`).join(""));
    const cuts = (text = "") => Array.from({ length: long ? text.length : 20 }, (_, n) => (long ? n : Math.floor((n * text.length) / 20)));
    for (const cut of cuts(ofInventory)) {
      const ended = await sweep((ofInventory ?? "").slice(0, cut));
      expectOrderly(ended);
      // Without its last line break, an inventory is whole.
      const isWhole = cut === (ofInventory ?? "").length - 1;
      expect({ cut, code: ended.code }).toEqual({ cut, code: cut < (inventory[0]?.length ?? 0) ? 2 : isWhole ? 3 : 1 });
    }
    for (const cut of cuts(ofPlan)) {
      const ended = await show((ofPlan ?? "").slice(0, cut));
      expectOrderly(ended);
      expect({ cut, code: ended.code }).toEqual({ cut, code: 2 });
    }
  });

  test.each<[string, () => readonly string[] | string | Buffer, string]>([
    ["no text", () => "", "empty|cut off"],
    ["an empty line", () => "\n", "not JSON"],
    ["binary data", () => Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * 7919) % 256)), "not JSON"],
    ["deep nesting", () => "[".repeat(1_000_000), "not JSON|cut off"],
    [
      "deep nesting in a line",
      () => [...plan.slice(0, 1), `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
      "not JSON|no line|not of a plan",
    ],
    ["a line of 20 MB", () => `{"line":"${"x".repeat(20 * 1024 * 1024)}"}\n`, "the line is too long"],
    ["JSON of another kind", () => ["[]", "1", "null"], "no line|not a plan"],
  ])("with %s is refused with one line", async (_, content, message) => {
    for (const ended of [await sweep(content()), await show(content())]) {
      expectOrderly(ended);
      expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
    }
  });

  test("with other line ends or a byte order mark is read as an inventory, and refused as a plan: its SHA-256 is another one", async () => {
    for (const change of [(text: string) => text.replaceAll("\n", "\r\n"), (text: string) => `\ufeff${text}`]) {
      const [ofInventory, ofPlan] = [inventory, plan].map((lines) => change(lines.map((line) => `${line}\n`).join(""))) as [string, string];
      expect((await sweep(ofInventory)).stdout).toBe((await sweep(inventory)).stdout);
      expect((await show(ofPlan)).code).toBe(2);
    }
    expect((await show(`${plan.join("\n")}`)).stderr).toContain("the plan was cut off");
  });

  test("that is a folder, a pipe or a device is refused at once", async () => {
    mkdirSync(file("folder"));
    execFileSync("mkfifo", [file("pipe")]);
    for (const name of [file("folder"), file("pipe"), "/dev/zero"])
      for (const flags of [
        ["--inventory", name],
        ["--show", name],
        ["--apply", name],
      ]) {
        const ended = await run(["sweep", ...(flags[0] === "--show" ? [] : ["--policy", file("policy.json")]), ...flags]);
        expect(ended).toEqual({ code: 2, stdout: "", stderr: `${name} is no file: give one\n` });
      }
  });

  test("whose violations have no line of their place, and so would not be shown, is refused", async () => {
    const lines = plan.slice(0, -1).filter((line) => !line.includes('"line":"place"'));
    expect((await show(forged(lines))).stderr).toContain("the line of a place is missing");
  });
});

test("a forged plan revokes nothing that the policy permits or audits, and no grant twice", async () => {
  const { emulator, env } = await startWorld();
  await using _ = emulator;
  const document = { mode: "enforce", auditOnly: [{ resources: ["audited"] }], permit: [{ name: "office", ranges: ["203.0.113.0/24"] }] };
  writeFileSync(file("audit.json"), JSON.stringify(document));
  await openClusterGroup(emulator, "analytics", "0.0.0.0/0");
  await openClusterGroup(emulator, "analytics", "203.0.113.0/24");
  await openClusterGroup(emulator, "audited", "0.0.0.0/0");
  const policy = ["--policy", file("audit.json")];
  await run(["sweep", ...policy, "--out", file("audited")], { env });
  const [header = "", ...lines] = readFileSync(file("audited"), "utf8").trimEnd().split("\n");
  const violation = lines.find((line) => line.includes('"wouldRevoke":true')) ?? "";
  const place = lines.find((line) => line.includes('"line":"place"')) ?? "";
  const forgeries = [
    violation,
    violation,
    violation.replace("0.0.0.0/0", "203.0.113.0/24"),
    violation.replace('"analytics"', '"audited"'),
    violation.replace('"analytics"', '"default"'),
  ];
  const body = [header, ...forgeries, place];
  const sha256 = createHash("sha256")
    .update(body.map((line) => `${line}\n`).join(""))
    .digest("hex");
  const { grants } = JSON.parse(place);
  const forgery = written([...body, JSON.stringify({ line: "end", grants, revoke: forgeries.length, report: 0, sha256 })]);
  const before = emulator.requests.length;

  const { code, stdout } = await run(["sweep", ...policy, "--apply", forgery, "--json"], { env });

  const revokes = emulator.requests.slice(before).filter(({ action }) => action.startsWith("Revoke"));
  expect(revokes.map(({ parameters }) => `${parameters.get("ClusterSecurityGroupName")} ${parameters.get("CIDRIP")}`)).toEqual([
    "analytics 0.0.0.0/0",
  ]);
  expect(linesIn(stdout).map(({ result }) => result)).toEqual(["permitted", "reported", "alreadyGone", "revoked"]);
  expect(code).toBe(3);
});

test("an inventory from the future makes a plan that is not applied", async () => {
  const lines = inventory.map((line) => line.replaceAll(/"(startedAt|listedAt)":"2/g, '"$1":"9'));
  await sweep(lines, "--out", file("future"));
  const { code, stderr } = await run(["sweep", "--policy", file("policy.json"), "--apply", file("future")]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("was made in the future (9") });
});

test.runIf(long)("twice the lines of an inventory take at most 1.2 times the memory", async () => {
  const [header = "", ...lines] = inventory;
  const grant = lines.find((line) => line.includes('"0.0.0.0/0"') && line.includes('"line":"grant"')) ?? "";
  const resident = async (grants: number) => {
    const name = written([header, ...Array.from({ length: grants }, () => grant), lines.at(-1) ?? ""]);
    const args = ["--import", "./test/support/report-memory.ts", "src/cli/index.ts"];
    const { code, stderr } = await runNode([...args, "sweep", "--policy", file("policy.json"), "--inventory", name, "--json"]);
    expect(code).toBe(3);
    return Number(/^resident (\d+)$/m.exec(stderr)?.[1]);
  };
  expect(await resident(200_000)).toBeLessThan(1.2 * (await resident(100_000)));
});
