import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { withDetail } from "../../support/events.ts";
import { itemsOf, later, vpcEvent } from "../../support/vpc-events.ts";
import { sharedProcess } from "../shared-process.ts";
import { expectWrongUsage } from "../wrong-usage.ts";
import { outcomesIn, problemsIn, resultsIn } from "./results.ts";

const sample = (path: string) => JSON.parse(readFileSync(`events/${path}`, "utf8"));
const open = sample("AuthorizeClusterSecurityGroupIngress/violating-open-range.json");
const permitted = sample("AuthorizeClusterSecurityGroupIngress/permitted-range.json");
const failedCall = sample("AuthorizeClusterSecurityGroupIngress/failed-call.json");
const unchanged = later(vpcEvent("ModifyCluster", { clusterIdentifier: "dwh", allowVersionUpgrade: true }, null, "redshift"));
const run = sharedProcess();

async function replayed(events: readonly object[], flags: readonly string[] = []) {
  const input = events.map((event) => JSON.stringify(event)).join("\n");
  const { stdout, stderr, code } = await run(["replay", "-", "--at", "2026-11-21", "--mode", "enforce", ...flags], { input });
  return { stdout, stderr, code, totals: (flags.includes("--json") ? stderr : stdout).trim().split("\n").at(-1) };
}

test("a record without outcomes counts once, as what it is, and its block says why", async () => {
  const { stdout, stderr, code, totals } = await replayed([failedCall, unchanged, open]);

  expect(stdout).toContain("  no grant    the call failed\n");
  expect(stdout).toContain("  no grant    the call changed no security group, port or name\n");
  expect([totals, stderr, code]).toEqual(["1 call failed, 1 nothing new, 1 revoked", "", 0]);
});

test("several failed calls are counted in the plural", async () => {
  expect((await replayed([failedCall, failedCall, unchanged, unchanged])).totals).toBe("2 calls failed, 2 nothing new");
});

const cut = { groupId: "sg-0a1b2c3d4e5f60718", omitted: true };
test.each([
  ["a rule", vpcEvent("AuthorizeSecurityGroupIngress", cut, null)],
  ["the groups of a store", vpcEvent("ModifyCluster", { clusterIdentifier: "dwh", port: 5440 }, null, "redshift")],
  ["a resource", vpcEvent("AuthorizeSnapshotAccess", { snapshotIdentifier: "year-end" }, null, "redshift")],
])("a record that does not show %s cannot be staged, which exits with 1", async (_name, event) => {
  const { stdout, stderr, code, totals } = await replayed([later(event)], ["--json"]);

  expect([code, stdout, totals]).toEqual([1, "", "1 cannot be staged"]);
  expect(problemsIn(stderr)).toBe("-: cannot be staged here: the event shows too little to make its grants in the emulator\n");
});

test("a grant that the emulator refuses to make is judged, and its record counts once", async () => {
  const port = { ipProtocol: "tcp", fromPort: 6379, toPort: 70_000, ipRanges: itemsOf([{ cidrIp: "0.0.0.0/0" }]) };
  const request = { groupId: "sg-0a1b2c3d4e5f60718", ipPermissions: itemsOf([port]) };
  const { code, totals } = await replayed([later(vpcEvent("AuthorizeSecurityGroupIngress", request, null))], ["--json"]);

  expect([code, totals]).toEqual([1, "1 cannot be staged"]);
});

test("--json prints only outcomes on standard output, each with its file, and the totals on standard error", async () => {
  const { stdout, stderr, code } = await replayed([open, failedCall, permitted], ["--json"]);

  expect(outcomesIn(stdout).map(({ file, result }) => [file, result])).toEqual([
    ["-:1", "revoked"],
    ["-:3", "permitted"],
  ]);
  expect([stderr, code]).toEqual(["1 revoked, 1 call failed, 1 permitted\n", 0]);
});

test.each([
  ["AuthorizeSecurityGroupIngress/violating-halves-of-everything.json", 2],
  ["AuthorizeSecurityGroupIngress/violating-open-range.json", 1],
  ["ModifySecurityGroupRules/violating-open-range.json", 1],
])("the outcomes of %s have the ids of the rules in the record", async (path, count) => {
  const text = readFileSync(`events/${path}`, "utf8");
  const ids = outcomesIn((await replayed([JSON.parse(text)], ["--json"])).stdout).map(({ grant }) => grant.rule?.id ?? "none");

  expect(new Set(ids).size).toBe(count);
  for (const id of ids) expect(text).toContain(`"${id}"`);
});

test("each block shows the call, its time, place and caller, escaped", async () => {
  const hostile = withDetail(open, { userIdentity: { arn: "arn:aws:iam::1:user/\u001b[2J\u202eeve\n" } });
  const { stdout } = await replayed([hostile]);

  expect(stdout.split("\n").slice(0, 3)).toEqual([
    "-",
    "  call        AuthorizeClusterSecurityGroupIngress of redshift.amazonaws.com",
    "  made        2026-11-20T10:00:00Z, in 123456789012 eu-west-1, by arn:aws:iam::1:user/\\u{1b}[2J\\u{202e}eve\\u{a}",
  ]);
});

test.each([[[]], [["--json"]]])("--only prints less and counts everything: %j", async (flags) => {
  const events = [open, permitted, failedCall];
  const violations = await replayed(events, [...flags, "--only", "violations"]);
  const failed = await replayed(events, [...flags, "--only", "failed"]);
  const total = "1 revoked, 1 permitted, 1 call failed";

  expect([violations.totals, failed.totals]).toEqual([total, total]);
  expect([violations.code, failed.code]).toEqual([0, 0]);
  expect(violations.stdout).toContain("revoked");
  expect(violations.stdout).not.toMatch(/ {2}permitted|"permitted"|no grant/);
  expect(failed.stdout).toBe(flags.length > 0 ? "" : `${total}\n`);
});

test("--only failed prints what failed", async () => {
  await using emulator = await startEmulator();
  emulator.fail({ answer: "error", code: "AccessDenied", status: 403 });
  const { stdout, code } = await replayed([open, open], ["--endpoint", emulator.url, "--json", "--only", "failed"]);

  expect([code, ...resultsIn(stdout)]).toEqual([1, "failed"]);
});

test.each([[[]], [["--json"]]])("--quiet prints the totals only: %j", async (flags) => {
  const { stdout, stderr } = await replayed([open, failedCall], [...flags, "--quiet"]);

  expect(stdout + stderr).toBe("1 revoked, 1 call failed\n");
});

test("an --only of another name is wrong usage", async () => {
  expectWrongUsage(await run(["replay", "--only", "permitted"]), "write violations or failed");
});

test("the emulator is never waited for: a source group without an owner, in a record without an answer", async () => {
  const permission = { ipProtocol: "tcp", fromPort: 6379, toPort: 6379, groups: itemsOf([{ groupId: "sg-0fedcba9876543210" }]) };
  const request = { groupId: "sg-0a1b2c3d4e5f60718", ipPermissions: itemsOf([permission]) };
  const events = Array.from({ length: 20 }, () => later(vpcEvent("AuthorizeSecurityGroupIngress", request, { _return: true })));
  const before = performance.now();
  const { totals } = await replayed(events, ["--json"]);

  expect(totals).toBe("20 revoked");
  // With the pauses that AWS needs, each took 600 ms.
  expect(performance.now() - before).toBeLessThan(20 * 300);
});
