import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";
import { expectWrongUsage } from "../wrong-usage.ts";

/** A case of policy.test.json, with the words of explain's flags. */
interface Case {
  readonly name: string;
  readonly grant: Readonly<Record<string, string>>;
  readonly expect: string;
  readonly statement?: string;
  readonly at?: string;
}

const run = sharedProcess();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingress-warden-init-"));
});
afterAll(() => rm(folder, { recursive: true }));

const json = async (...path: string[]) => JSON.parse(await readFile(join(folder, ...path), "utf8"));

describe("init", () => {
  const own = () => join(folder, "own");
  beforeAll(async () => {
    const { code, stdout, stderr } = await run(["init", own()]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`wrote ${own()}/policy.json\nwrote ${own()}/policy.test.json\nwrote ${own()}/policy.schema.json\n`);
    expect(stdout).toMatch(/\nNext:\n {2}cd \/.*\n {2}npx ingress-warden check .*\n(.*\n)* {2}npx ingress-warden replay \S+\/events /);
  });

  test("writes a policy in audit mode that is valid, explains itself, and permits nobody else yet", async () => {
    const { code, stdout } = await run(["check", join(own(), "policy.json")]);
    const { mode, permit } = await json("own", "policy.json");

    expect(code).toBe(0);
    const warnings = stdout.split("\n").filter((line) => line.startsWith("warning"));
    expect(warnings).toEqual([
      expect.stringMatching(/office: ranges reserved for documentation/),
      expect.stringMatching(/contractor: ranges reserved for documentation/),
    ]);
    expect([mode, permit.filter(({ reason = "" }) => reason === "")]).toEqual(["audit", []]);
    expect(permit.flatMap(({ owners = [] }) => owners)).toEqual(["self"]);
  });

  test("its policy refers to a schema beside it, by which it is valid", async () => {
    const policy = await json("own", "policy.json");
    const valid = new Ajv2020({ strict: false, validateFormats: false }).compile(await json("own", policy.$schema));

    expect(valid(policy) || valid.errors).toBe(true);
  });

  test("its test cases are decided as they expect", async () => {
    const { cases } = (await json("own", "policy.test.json")) as { cases: readonly Case[] };

    expect(cases.length).toBeGreaterThan(3);
    for (const { name, grant, expect: verdict, statement, at } of cases) {
      const flags = Object.entries({ ...grant, ...(at && { at }) }).flatMap(([key, value]) => [`--${key}`, value]);
      const { stdout, stderr } = await run(["explain", "--json", "--policy", join(own(), "policy.json"), ...flags]);
      expect([name, stderr]).toEqual([name, ""]);
      const { decision } = JSON.parse(stdout);
      expect([name, decision.verdict, decision.statements]).toEqual([name, verdict, statement && [statement]]);
    }
  });

  test("overwrites nothing: it names the first file that exists and writes none", async () => {
    const other = join(folder, "other");
    await mkdir(other);
    await writeFile(join(other, "policy.test.json"), "mine");

    expectWrongUsage(await run(["init", other]), "policy.test.json exists, and nothing was written: give another folder, or --force");
    expectWrongUsage(await run(["init", join(other, "policy.test.json")]), "nothing was written");
    expect(await readdir(other)).toEqual(["policy.test.json"]);
  });

  test("with --force, replaces the files", async () => {
    await writeFile(join(own(), "policy.json"), "mine");

    expect((await run(["init", own(), "--force"])).code).toBe(0);
    expect((await json("own", "policy.json")).mode).toBe("audit");
  });
});

test.each([
  [["init", "a", "b"], "init takes one folder"],
  [["init", "--policy", "policy.json"], "init --policy needs --deploy"],
  [["pack", "policy.json"], "write --policy FILE"],
  [["pack", "--policy", "missing.json"], "missing.json: the policy cannot be read (ENOENT)"],
])("wrong usage of %j exits with 2", async (args, words) => {
  expectWrongUsage(await run(args), words);
});
