import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, onTestFinished, test } from "vitest";
import type { EmulatorOptions } from "#emulator/index.ts";
import { ec2Client } from "../../emulator/clients.ts";
import { sharedProcess } from "../shared-process.ts";
import {
  cacheBehind,
  groupWith,
  linesIn,
  member,
  openCacheGroup,
  openClusterGroup,
  own,
  shareSnapshot,
  startWorld,
} from "../sweep/world.ts";

const run = sharedProcess();

async function world(options: EmulatorOptions = {}) {
  const started = await startWorld(options);
  onTestFinished(() => started.emulator.close());
  const inventory = async (...flags: string[]) => {
    const ended = await run(["inventory", ...flags], { env: started.env });
    return { ...ended, lines: linesIn(ended.stdout) };
  };
  return { ...started, inventory };
}

const grantsIn = (lines: readonly Record<string, unknown>[]) => lines.flatMap(({ line, grant }) => (line === "grant" ? [grant] : []));

describe("inventory", () => {
  test("lists every grant of the credentials' account, with the stores that it reaches, and what else is behind their groups", async () => {
    const { emulator, inventory } = await world();
    const group = await cacheBehind(emulator, "sessions", [
      ["203.0.113.0/24", 6379],
      ["198.51.100.0/24", 22],
    ]);
    await openClusterGroup(emulator, "analytics", "203.0.112.0/23");
    await openCacheGroup(emulator, "web", "999988887777");
    await shareSnapshot(emulator, "dwh", "999988887777");

    const { code, lines, stderr } = await inventory();

    expect(code).toBe(0);
    expect(stderr).toMatch(/^1 place, 6 grants, \d+ requests, 0 throttled\n$/);
    expect(lines[0]).toMatchObject({ line: "inventory", version: 1, places: [{ account: own, region: "eu-west-1" }] });
    expect(lines).toContainEqual(expect.objectContaining({ line: "store", resource: "sessions", groups: [group], ports: [6379] }));
    expect(grantsIn(lines)).toMatchObject([
      { authorization: "AuthorizeCacheSecurityGroupIngress", resource: "web" },
      { authorization: "AuthorizeClusterSecurityGroupIngress", resource: "analytics", source: { range: "203.0.112.0/23" } },
      { authorization: "AuthorizeSnapshotAccess", resource: "dwh/before-dwh", source: { owner: "999988887777" } },
      { source: { kind: "securityGroup" }, stores: [{ service: "redshift", resource: "dwh" }] },
      { resource: group, source: { range: "203.0.113.0/24" }, stores: [{ service: "elasticache", resource: "sessions" }] },
      { resource: group, source: { range: "198.51.100.0/24" }, stores: [] },
    ]);
    expect(lines.at(-1)).toMatchObject({ line: "end", complete: true, grants: 6 });
  });

  test("asks each list once a place, and for no rule of a group that guards no store", async () => {
    const { emulator, inventory } = await world();
    await groupWith(ec2Client(emulator), [["0.0.0.0/0", 6379]]);
    const before = emulator.requests.length;

    const { lines } = await inventory();

    const asked = emulator.requests.slice(before).map(({ service, action }) => `${service} ${action}`);
    expect(grantsIn(lines)).toEqual([]);
    expect(asked.filter((action, index) => asked.indexOf(action) < index)).toEqual(["sts GetCallerIdentity"]);
    expect(asked).not.toContain("ec2 DescribeSecurityGroupRules");
  });

  test("lists other accounts and Regions by a role, and each line is of its place", async () => {
    const { emulator, inventory } = await world();
    await openClusterGroup(emulator, "mine", "203.0.113.0/24");
    await openClusterGroup(emulator, "theirs", "203.0.113.0/24", { account: member, region: "us-east-1" });

    const { code, lines } = await inventory(
      "--accounts",
      `self,${member}`,
      "--regions",
      "eu-west-1,us-east-1",
      "--role",
      "reader",
      "--external-id",
      "secret",
    );

    expect(code).toBe(0);
    expect(lines.filter(({ line }) => line === "end")).toHaveLength(4);
    expect(grantsIn(lines)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ resource: "mine", place: { partition: "aws", account: own, region: "eu-west-1" } }),
        expect.objectContaining({ resource: "theirs", place: { partition: "aws", account: member, region: "us-east-1" } }),
      ]),
    );
    const assumed = emulator.requests.filter(({ action }) => action === "AssumeRole");
    expect(assumed).toHaveLength(1);
  });

  test("with --regions all, lists the Regions that the account has enabled", async () => {
    const { inventory } = await world({ regions: ["eu-west-1", "us-east-1", "eu-central-1"] });
    const { lines } = await inventory("--regions", "all");
    expect(lines[0]).toMatchObject({ places: expect.arrayContaining([expect.objectContaining({ region: "eu-central-1" })]) });
    expect(lines.filter(({ line }) => line === "end")).toHaveLength(3);
  });

  test.each([
    ["no role of that name", ["--role", "writer"], /role\/writer cannot be assumed: AccessDenied/],
    ["a missing external id", ["--role", "reader"], /role\/reader cannot be assumed: AccessDenied/],
  ])("with %s, the other accounts are still listed, and the exit code is 1", async (_, flags, problem) => {
    const { inventory } = await world();
    const { code, lines, stderr } = await inventory("--accounts", `${member},self`, ...flags);
    expect(code).toBe(1);
    expect(lines.filter(({ line }) => line === "end").map(({ complete }) => complete)).toEqual([false, true]);
    expect(stderr).toMatch(problem);
  });

  test("a role that answers for another account is refused, and nothing is listed with it", async () => {
    const { emulator, inventory } = await world();
    emulator.addRole({ arn: `arn:aws:iam::${member}:role/stray`, answersFor: "444455556666" });
    const { code, stderr } = await inventory("--accounts", member, "--role", "stray");
    expect(code).toBe(1);
    expect(stderr).toContain("the credentials for 111122223333 are those of 444455556666");
    expect(new Set(emulator.requests.map(({ service }) => service))).toEqual(new Set(["sts"]));
  });

  test.each(["InvalidClientTokenId", "OptInRequired"] as const)(
    "a Region that is not enabled (%s) is that place's problem",
    async (disabledRegionError) => {
      const { inventory } = await world({ regions: ["eu-west-1"], disabledRegionError });
      const { code, lines } = await inventory("--regions", "af-south-1,eu-west-1");
      expect(code).toBe(1);
      expect(lines.filter(({ line }) => line === "end")).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ place: expect.objectContaining({ region: "af-south-1" }), complete: false }),
          expect.objectContaining({ place: expect.objectContaining({ region: "eu-west-1" }), complete: true }),
        ]),
      );
    },
  );

  test("an account that has VPCs only, and a Region without Redshift Serverless, are complete", async () => {
    const { emulator, inventory } = await world({ vpcOnly: true, regionsWithoutRedshiftServerless: ["eu-west-1"] });
    await cacheBehind(emulator, "sessions", [["0.0.0.0/0", 6379]]);
    const { code, lines, stderr } = await inventory();
    expect(stderr).toContain("1 place, 1 grant");
    expect(code).toBe(0);
    expect(grantsIn(lines)).toHaveLength(1);
  });

  test.each([
    ["another message", "InvalidParameterValue", "The parameter Marker is invalid"],
    ["another code", "AccessDenied", "not authorized to list cache security groups"],
  ])("an answer with %s is a problem, not an account without such groups", async (_, code, message) => {
    const { emulator, inventory } = await world();
    emulator.fail({ action: "DescribeCacheSecurityGroups", answer: "error", code, status: 400, message });
    const ended = await inventory();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("AuthorizeCacheSecurityGroupIngress cannot be listed");
  });

  test("accounts come from a file or standard input, also as aws organizations list-accounts prints them", async () => {
    const { env } = await world();
    const organization = {
      Accounts: [
        { Id: own, Status: "ACTIVE" },
        { Id: member, Status: "SUSPENDED" },
      ],
    };
    const ended = await run(["inventory", "--accounts", "@-"], { env, input: JSON.stringify(organization) });
    expect(ended.stderr).toMatch(/^-: 111122223333 is left out: its status is SUSPENDED\n1 place,/);
  });

  test("names each line of an accounts file that is no account", async () => {
    const { env } = await world();
    const ended = await run(["inventory", "--accounts", "@-"], { env, input: "123456789012 # ours\n12345678901\nself,\u001b[31m\n" });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toBe('-:2: "12345678901" is no account id of 12 digits\n-:3: "\\u001b[31m" is no account id of 12 digits\n');
  });

  test.each([
    [["--regions", "eu-wst"], '--regions has "eu-wst"'],
    [["--regions", "cn-north-1"], "not in the partition aws"],
    [["--role", "arn:aws:iam::111122223333:role/reader"], "write the role's name"],
    [["--external-id", "x"], "--external-id requires --role"],
    [["--concurrency", "0"], "write a number from 1 to 100"],
    [["--accounts", member], "give --role NAME"],
    [["--accounts", "@/nonexistent"], "cannot be read (ENOENT)"],
  ])("%j is wrong usage", async (flags, message) => {
    const { inventory } = await world();
    const { code, stderr } = await inventory(...flags);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  test("every line is as the published schema says", async () => {
    const { emulator, inventory } = await world();
    await cacheBehind(emulator, "sessions", [["0.0.0.0/0", 6379]]);
    emulator.fail({
      action: "DescribeClusterSnapshots",
      answer: "error",
      code: "AccessDenied",
      status: 403,
      times: Number.POSITIVE_INFINITY,
    });
    const { lines } = await inventory();
    const { stdout } = await run(["schema", "inventory"]);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(stdout));
    for (const line of lines) expect({ line, valid: validate(line), errors: validate.errors }).toMatchObject({ valid: true });
    expect(new Set(lines.map(({ line }) => line))).toEqual(new Set(["inventory", "store", "grant", "problem", "end"]));
  });
});
