import { readFileSync } from "node:fs";
import { copyFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";

const run = sharedProcess();

const policy = {
  mode: "enforce",
  permit: [
    { name: "office", ranges: ["203.0.113.0/24"], until: "2027-01-31" },
    { name: "partner", owners: ["999988887777"], authorizations: ["AuthorizeSnapshotAccess"] },
  ],
};

async function folderWith(cases: unknown, name = "policy.test.json"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ingress-warden-cases-"));
  await writeFile(join(folder, "policy.json"), JSON.stringify(policy));
  await writeFile(join(folder, name), typeof cases === "string" ? cases : JSON.stringify(cases));
  return folder;
}

const office = { service: "redshift", resource: "analytics", range: "203.0.113.0/25" };

describe("test", () => {
  test("passes when every case gets its verdict, by its statement, on its day", async () => {
    const folder = await folderWith({
      cases: [
        { name: "the office is let in", grant: office, expect: "permitted", statement: "office", at: "2027-01-31" },
        { name: "until January", grant: office, expect: "violation", at: "2027-02-01" },
        { name: "an event", event: "event.json", expect: "violation", at: "2026-11-20" },
      ],
    });
    await copyFile("events/AuthorizeClusterSecurityGroupIngress/violating-partly-covered-range.json", join(folder, "event.json"));
    const { code, stdout } = await run(["test", folder]);
    expect(stdout).toBe(
      `${folder}/policy.test.json  policy ${folder}/policy.json\n  ok    the office is let in\n  ok    until January\n  ok    an event\n\n3 passed, 0 failed\n`,
    );
    expect(code).toBe(0);
  });

  test("a failed case shows what was expected, what came, the nearest statement and why", async () => {
    const folder = await folderWith({
      cases: [
        { name: "by the partner's statement", grant: office, expect: "permitted", statement: "partner", at: "2027-01-31" },
        { name: "a neighbour", grant: { ...office, range: "203.0.112.0/24" }, expect: "permitted", at: "2027-01-31" },
      ],
    });
    const { code, stdout } = await run(["test", join(folder, "policy.test.json")]);
    expect(stdout.split("\n").slice(1)).toEqual([
      "  FAIL  by the partner's statement",
      "        expected  permitted by partner",
      "        got       permitted by office",
      "  FAIL  a neighbour",
      "        expected  permitted",
      "        got       violation",
      "        because   203.0.112.0/24 is in no permitted range",
      '        nearest   {"name":"office","ranges":["203.0.113.0/24"],"until":"2027-01-31"}',
      "",
      "0 passed, 2 failed",
      "",
    ]);
    expect(code).toBe(1);
  });

  test.each<[string, unknown, RegExp]>([
    ["text", "{", /policy\.test\.json: not JSON/],
    ["an empty list", { cases: [] }, /with at least one case/],
    ["another key", { cases: [{ name: "a", grant: office, expect: "permitted" }], more: 1 }, /only \$schema and cases are known here/],
    [
      "a case with two meanings",
      { cases: [{ name: "a", grant: office, event: "x.json", expect: "permitted" }] },
      /case "a" is not valid: give grant or event, not both/,
    ],
    ["a case without a verdict", { cases: [{ name: "a", grant: office }] }, /case "a" is not valid: it needs name, expect/],
    ["two cases of one name", { cases: [1, 2].map(() => ({ name: "a", grant: office, expect: "permitted" })) }, /two cases are named "a"/],
    [
      "a statement of a violation",
      { cases: [{ name: "a", grant: office, expect: "violation", statement: "office" }] },
      /only a permitted grant has statements/,
    ],
    [
      "a range that cannot be read",
      { cases: [{ name: "a", grant: { ...office, range: "x" }, expect: "permitted" }] },
      /case "a": --range is "x"/,
    ],
    [
      "calls that are judged differently",
      { cases: [{ name: "a", grant: { service: "redshift", resource: "dwh/before", owner: "999988887777" }, expect: "permitted" }] },
      /case "a": the policy judges the calls differently: give authorization/,
    ],
    ["no event file", { cases: [{ name: "a", event: "x.json", expect: "permitted" }] }, /case "a": .*x\.json cannot be read \(ENOENT\)/],
    ["a hostile name", { cases: [{ name: "\u001b[31m", grant: { ...office, range: "x" }, expect: "permitted" }] }, /case "\\u001b\[31m"/],
  ])("%s is wrong usage, in one line", async (_, cases, message) => {
    const { code, stderr } = await run(["test", await folderWith(cases)]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });

  test("a folder without cases, and a file whose policy is not known, are wrong usage", async () => {
    expect(await run(["test", await folderWith({}, "cases.json")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no file in this folder ends in .test.json"),
    });
    const folder = await folderWith({ cases: [{ name: "a", grant: office, expect: "permitted" }] }, "cases.json");
    expect(await run(["test", join(folder, "cases.json")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("name its policy with --policy"),
    });
  });

  test("explain --as-test prints a case that passes, as the published schema says", async () => {
    const folder = await folderWith({});
    const flags = ["--service", "redshift", "--resource", "analytics", "--range", "203.0.113.0/25", "--at", "2027-01-31"];
    const { stdout } = await run(["explain", ...flags, "--policy", join(folder, "policy.json"), "--as-test"]);
    const cases = { cases: [JSON.parse(stdout)] };
    expect(cases.cases[0]).toMatchObject({ grant: office, expect: "permitted", statement: "office", at: "2027-01-31" });
    await writeFile(join(folder, "policy.test.json"), JSON.stringify(cases));
    expect((await run(["test", folder])).code).toBe(0);
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync("policy.test.schema.json", "utf8")));
    expect(validate(cases)).toBe(true);
    expect(validate({ cases: [{ name: "a", expect: "maybe" }] })).toBe(false);
  });
});
