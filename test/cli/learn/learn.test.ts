import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { home, id } from "../../support/grants.ts";
import { sharedProcess } from "../shared-process.ts";
import { cacheBehind, linesIn, openClusterGroup, shareSnapshot, startWorld } from "../sweep/world.ts";
import { temporaryFiles } from "../temporary-files.ts";
import { expectWrongUsage } from "../wrong-usage.ts";
import { clusterGrant, inventoryText, type Listing, ruleGrant } from "./inventory-text.ts";

const run = sharedProcess();
const put = temporaryFiles();
const foreign = id("999988887777");
const elsewhere = { ...home, region: "us-east-1" };
const byBob = "events/AuthorizeClusterSecurityGroupIngress/violating-partly-covered-range.json";
const office = clusterGrant("10.0.0.0/16");
const openRule = ruleGrant({ kind: "range", range: "0.0.0.0/0" }, { id: "sgr-00000000000abc005" });

const inventory = (...listings: readonly Listing[]) => put("inventory.ndjson", inventoryText(...listings));
const learn = (...args: readonly string[]) => run(["learn", ...args, "--at", "2026-11-21"]);

describe("learn", () => {
  test("writes a policy in audit mode that ends in 90 days, and says where each statement came from", async () => {
    const { code, stdout, stderr } = await learn(await inventory({ grants: [office, clusterGrant("10.0.0.0/16", "dwh")] }));
    expect(stdout).toBe(`{
  "$schema": "./policy.schema.json",
  "mode": "audit",
  "permit": [
    {
      "name": "learned-10.0.0.0/16-to-redshift-analytics-and-1-more",
      "ranges": ["10.0.0.0/16"],
      "services": ["redshift"],
      "authorizations": ["AuthorizeClusterSecurityGroupIngress"],
      "resources": ["analytics", "dwh"],
      "accounts": ["123456789012"],
      "regions": ["eu-west-1"],
      "until": "2027-02-19",
      "reason": "learned, not reviewed; grants: 2, resources: 2, first seen 2026-11-20, last seen 2026-11-20"
    }
  ]
}
`);
    expect(stderr).toBe("2 grants in 1 place, 0 out of scope: 1 statement learned, 0 decisions to take\n");
    expect(code).toBe(0);
  });

  test("docs/POLICY.md shows what it prints", async () => {
    const [, command = "", output = ""] =
      /```console\n\$ npm run -s cli -- (learn .*)\n([\s\S]*?)```/.exec(readFileSync("docs/POLICY.md", "utf8")) ?? [];
    const { code, stdout, stderr } = await run(command.split(" "));
    expect([stdout + stderr, code]).toEqual([output, 3]);
  });

  test("what inventory lists is learned, and sweep and check find nothing in it", async () => {
    const { emulator, env } = await startWorld();
    onTestFinished(() => emulator.close());
    await cacheBehind(emulator, "sessions", [["10.1.0.0/16", 6379]]);
    await openClusterGroup(emulator, "analytics", "10.2.0.0/16");
    await shareSnapshot(emulator, "dwh", "111122223333");
    const { stdout: listed } = await run(["inventory"], { env });
    const file = await put("inventory.ndjson", listed);
    const policy = join(dirname(file), "policy.json");
    expect(await learn(file, "--own", "1111-2222-3333", "--out", policy)).toMatchObject({ code: 0, stdout: "" });
    expect(await run(["sweep", "--policy", policy, "--inventory", file])).toMatchObject({ code: 0 });
    expect(await run(["check", policy])).toMatchObject({ code: 0 });
  });

  test("lists what a person must decide, with who granted it, and permits none of it", async () => {
    const group = ruleGrant({ kind: "securityGroup", owner: foreign, securityGroup: "sg-0b" }, { id: "sgr-02" });
    const file = await inventory({ grants: [office, openRule, group] });
    const { code, stdout, stderr } = await learn(file, "events/AuthorizeSecurityGroupIngress", "events/AuthorizeDataShare");
    expect(JSON.parse(stdout).permit).toMatchObject([{ ranges: ["10.0.0.0/16"] }]);
    expect(stderr).toBe(`decide  0.0.0.0/0: everyone is let in (0.0.0.0/0)
  on          elasticache sessions, in 123456789012 eu-west-1
  exists      1 grant, listed 2026-11-20T10:00:00.000Z
  granted     2026-11-20T10:00:00.000Z, by arn:aws:sts::123456789012:assumed-role/Admin/bob, AuthorizeSecurityGroupIngress
  permitWith  {"name":"permit-0.0.0.0/0-to-elasticache-sessions","ranges":["0.0.0.0/0"],"everyone":true,"services":["elasticache"],"resources":["sessions"],"accounts":["123456789012"],"regions":["eu-west-1"]}

decide  999988887777/sg-0b: 999988887777 is not one of your own accounts
  on          elasticache sessions, in 123456789012 eu-west-1
  exists      1 grant, listed 2026-11-20T10:00:00.000Z
  granted     not known: no event
  permitWith  {"name":"permit-999988887777/sg-0b-to-elasticache-sessions","owners":["999988887777"],"securityGroups":["sg-0b"],"services":["elasticache"],"authorizations":["AuthorizeSecurityGroupIngress"],"resources":["sessions"],"accounts":["123456789012"],"regions":["eu-west-1"]}

3 grants in 1 place, 0 out of scope: 1 statement learned, 2 decisions to take
--own ACCOUNTS says which accounts are your own; without it, only the account that holds the resource is
`);
    expect(code).toBe(3);
  });

  test("--json prints the decisions to take as NDJSON, and the policy is in the file", async () => {
    const file = await inventory({ grants: [office, openRule] });
    const policy = join(dirname(file), "policy.json");
    const { code, stdout, stderr } = await learn(file, "--out", policy, "--json");
    expect(linesIn(stdout)).toMatchObject([{ kind: "everyone", grants: 1, granters: [], withoutEvent: 1, permitWith: { everyone: true } }]);
    expect(stderr).toBe("2 grants in 1 place, 0 out of scope: 1 statement learned, 1 decision to take\n");
    expect(JSON.parse(readFileSync(policy, "utf8"))).toMatchObject({ mode: "audit", permit: [{ ranges: ["10.0.0.0/16"] }] });
    expect(code).toBe(3);
  });

  test("an event is one of a rule only if the rule is still as the event shows it", async () => {
    const changed = ruleGrant({ kind: "range", range: "0.0.0.0/1" }, { id: "sgr-00000000000abc005" });
    const { stderr } = await learn(
      await inventory({ grants: [changed] }),
      "events/AuthorizeSecurityGroupIngress/violating-open-range.json",
    );
    expect(stderr).toContain("granted     not known: no event\n");
  });

  test("an event says since when a grant exists, and adds none that the inventory does not have", async () => {
    const file = await inventory({ grants: [clusterGrant("203.0.112.0/23")], listedAt: "2026-12-01T00:00:00Z" });
    const { stdout } = await run(["learn", file, "events", "--at", "2026-12-02"]);
    expect(JSON.parse(stdout).permit).toMatchObject([
      {
        ranges: ["203.0.112.0/23"],
        resources: ["analytics"],
        reason: expect.stringContaining("first seen 2026-11-20, last seen 2026-12-01"),
      },
    ]);
  });

  test("--until sets the last day", async () => {
    const { stdout } = await learn(await inventory({ grants: [office] }), "--until", "2026-12-31");
    expect(JSON.parse(stdout).permit).toMatchObject([{ until: "2026-12-31" }]);
  });

  test("the entries of a prefix list are those on its line", async () => {
    const list = ruleGrant({ kind: "prefixList", prefixList: "pl-63a5400a", entries: [] }, { id: "sgr-01" });
    const entries = (...texts: string[]) => ({ line: "prefixList", prefixList: "pl-63a5400a", entries: texts });
    const narrow = await learn(await inventory({ grants: [list], lines: [entries("10.0.0.0/8")] }));
    expect(JSON.parse(narrow.stdout).permit).toMatchObject([{ prefixLists: ["pl-63a5400a"] }]);
    const open = await learn(await inventory({ grants: [list], lines: [entries("10.0.0.0/8", "0.0.0.0/0")] }));
    expect(open.stderr).toContain("decide  pl-63a5400a: in prefix list pl-63a5400a, everyone is let in (0.0.0.0/0)\n");
  });

  test("a rule that reaches no store is not learned", async () => {
    const { stdout, stderr } = await learn(await inventory({ grants: [office, ruleGrant(openRule.source, { id: "sgr-01" }, [])] }));
    expect(JSON.parse(stdout).permit).toHaveLength(1);
    expect(stderr).toContain("2 grants in 1 place, 1 out of scope: 1 statement learned, 0 decisions to take");
  });
});

describe("several inventories", () => {
  test("of different places are learned together", async () => {
    const there = await inventory({ place: elsewhere, grants: [clusterGrant("10.0.0.0/16", "analytics", elsewhere)] });
    const { stdout } = await learn(await inventory({ grants: [office] }), there);
    expect(JSON.parse(stdout).permit).toMatchObject([
      { regions: ["eu-west-1", "us-east-1"], reason: expect.stringContaining("grants: 2") },
    ]);
  });

  test("of one place: the newest one says what exists, the others since when", async () => {
    const old = await inventory({ listedAt: "2026-10-01T00:00:00Z", grants: [office, clusterGrant("10.9.0.0/16")], complete: false });
    const recent = await inventory({ grants: [office] });
    for (const files of [
      [old, recent],
      [recent, old],
    ]) {
      const { code, stdout } = await learn(...files);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).permit).toMatchObject([
        {
          ranges: ["10.0.0.0/16"],
          reason: expect.stringContaining("grants: 1, resources: 1, first seen 2026-10-01, last seen 2026-11-20"),
        },
      ]);
    }
  });
});

describe("no policy", () => {
  const problem = { line: "problem", problem: "AuthorizeDataShare cannot be listed: AccessDenied" };
  test("of an inventory in which a place is incomplete: exit code 1", async () => {
    const file = await inventory({ grants: [office] }, { place: elsewhere, complete: false, lines: [problem] });
    const policy = join(dirname(file), "policy.json");
    expect(await learn(file, "--out", policy)).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "123456789012 us-east-1: AuthorizeDataShare cannot be listed: AccessDenied\nno policy: 1 of 2 places incomplete, and what was not listed is not unused: list the places again\n",
    });
    expect(existsSync(policy)).toBe(false);
  });

  test("of an inventory that was cut off: exit code 1", async () => {
    const text = inventoryText({ grants: [office] });
    const { code, stdout, stderr } = await learn(await put("inventory.ndjson", text.slice(0, text.length - 40)));
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("123456789012 eu-west-1: the inventory was cut off: list the place again\nno policy: 1 of 1 place incomplete");
  });

  test("if nothing may be learned: exit code 3, or 1 if there is nothing to decide either", async () => {
    const decisions = await learn(await inventory({ grants: [openRule] }));
    expect([decisions.code, decisions.stdout]).toEqual([3, ""]);
    expect(decisions.stderr).toContain("\nno policy, which needs a statement: make one of each permitWith that you accept\n");
    const nothing = await learn(await inventory({}));
    expect([nothing.code, nothing.stdout]).toEqual([1, ""]);
    expect(nothing.stderr).toContain("no policy, which needs a statement: nothing exists that it could permit, so write it by hand\n");
  });
});

describe("wrong usage", () => {
  const valid = () => inventory({ grants: [office] });

  test("a file that exists is kept, unless --force is given", async () => {
    const file = await valid();
    const policy = await put("policy.json", "mine");
    expectWrongUsage(await learn(file, "--out", policy), "exists: give another name, or --force");
    expect(readFileSync(policy, "utf8")).toBe("mine");
    expect(await learn(file, "--out", policy, "--force")).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(policy, "utf8"))).toMatchObject({ mode: "audit" });
    expectWrongUsage(await learn(file, "--out", dirname(policy), "--force"), "exists: give another name");
  });

  test("--force keeps the file when there is no policy", async () => {
    const policy = await put("policy.json", "mine");
    await learn(await inventory({}), "--out", policy, "--force");
    expect(readFileSync(policy, "utf8")).toBe("mine");
  });

  test.each([
    ["no inventory", [], "learn needs an inventory: write one with ingress-warden inventory --out FILE"],
    ["a missing inventory", ["/nonexistent"], "cannot be read (ENOENT): check its path"],
    ["events only", [byBob], "not JSON"],
    ["a folder as the inventory", ["events"], "is no file: give one"],
    ["a policy as the inventory", ["package.json"], "not JSON"],
  ])("%s", async (_, args, message) => {
    expectWrongUsage(await learn(...args), message);
  });

  test.each([
    ["an empty file", "", "the inventory is empty"],
    ["a binary file", gzipSync("inventory"), "not JSON"],
    ["a huge line", Buffer.alloc(17 * 1024 * 1024, "x"), "the line is too long"],
    ["another version", `${JSON.stringify({ line: "inventory", version: 2, startedAt: "", places: [] })}\n`, "has version 2 of the format"],
  ])("%s as the inventory", async (_, content, message) => {
    expectWrongUsage(await learn(await put("inventory.ndjson", content)), message);
  });

  test.each([
    ["an empty file", "", "is empty: leave this file out"],
    ["a binary file", Buffer.from([0, 1, 2, 255]), "leave this file out"],
    ["another JSON file", '{"mode":"audit"}', "neither an inventory nor a CloudTrail record: leave this file out"],
    ["another version of an inventory", '{"line":"inventory","version":2}\n', "has version 2 of the format"],
  ])("%s as events", async (_, content, message) => {
    expectWrongUsage(await learn(await valid(), await put("events.json", content)), message);
  });

  test.each([
    [["--until", "2026-11-20"], '--until is "2026-11-20": is in the past: write a later date'],
    [["--until", "soon"], "write a valid date as YYYY-MM-DD"],
    [["--own", "12345"], "is no account id of 12 digits"],
    [["--own", "@/nonexistent"], "--own: /nonexistent cannot be read (ENOENT): check its path"],
    [["--json"], "--json requires --out FILE"],
    [["--force"], "--force requires --out FILE"],
    [["/nonexistent"], "/nonexistent: the file cannot be read (ENOENT): check its path"],
    [["-", "--own", "@-"], "both read standard input"],
  ])("%j", async (args, message) => {
    expectWrongUsage(await learn(await valid(), ...args), message);
  });

  test("an inventory with what no policy can say is no policy", async () => {
    const text = inventoryText({
      grants: [ruleGrant({ kind: "range", range: "10.0.0.0/8" }, {}, [{ service: "memorydb", resource: "cart" }])],
    });
    const { code, stdout, stderr } = await learn(await put("inventory.ndjson", text));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("memorydb is no service of a store");
  });
});
