import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cli } from "../../support/run.ts";
import { sharedProcess } from "../shared-process.ts";
import { expectWrongUsage } from "../wrong-usage.ts";
import { resultsIn } from "./results.ts";

const open = "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json";
const permitted = "events/AuthorizeClusterSecurityGroupIngress/permitted-range.json";
const envelope = JSON.parse(readFileSync(open, "utf8"));
const at = ["--at", "2026-11-21"];
const run = sharedProcess();

test("shows the entries before, the outcome, its undo and the entries after", async () => {
  const { stdout, code } = await run(["replay", open, permitted, "--mode", "enforce", ...at]);

  expect(code).toBe(0);
  expect(stdout).toContain("before      0.0.0.0/0\n");
  expect(stdout).toContain("revoked     redshift analytics 0.0.0.0/0: ");
  expect(stdout).toContain("undo        aws redshift authorize-cluster-security-group-ingress");
  expect(stdout).toContain("after       nobody\n");
  expect(stdout).toContain("after       203.0.113.64/26\n");
  expect(stdout.endsWith("1 revoked, 1 permitted\n")).toBe(true);
});

test("in audit mode reports, changes nothing and exits with 3", async () => {
  const { stdout, code } = await run(["replay", open, "--json", ...at]);

  expect(code).toBe(3);
  expect(resultsIn(stdout)).toEqual(["reported"]);
});

test("judges a grant that the emulator refuses to make, and exits with 1", async () => {
  const event = structuredClone(envelope);
  const iPRanges = Array.from({ length: 21 }, (_, index) => ({ status: "authorized", cIDRIP: `198.18.${index}.0/24` }));
  event.detail.requestParameters.omitted = true;
  event.detail.responseElements = { clusterSecurityGroupName: "analytics", iPRanges };
  const input = JSON.stringify(event);
  const { stderr, code, stdout } = await run(["replay", "-", "--json", "--mode", "enforce", ...at], { input });

  expect(new Set(resultsIn(stdout))).toEqual(new Set(["revoked", "alreadyGone"]));
  expect([code, stderr]).toEqual([1, expect.stringContaining("the emulator refused a call that stages the event")]);
});

test("finishes when its standard output is closed", async () => {
  const input = `${JSON.stringify(envelope)}\n`.repeat(3);
  const { code } = await cli(["replay", "-", "--json", "--mode", "enforce", ...at], { input, closeStdout: true });

  expect(code).toBe(0);
});

test("judges at the time of --at: a statement permits until it expires", async () => {
  const group = "events/AuthorizeClusterSecurityGroupIngress/permitted-security-group.json";
  const [inTime, late] = await Promise.all(
    ["2027-01-31T23:59:59Z", "2027-02-01"].map((time) => run(["replay", group, "--json", "--at", time])),
  );

  expect(resultsIn(inTime?.stdout ?? "")).toEqual(["permitted"]);
  expect(resultsIn(late?.stdout ?? "")).toEqual(["reported"]);
});

test.each([
  [["replay", "no-such-file.json"], "no such file or folder"],
  [["replay", "-"], "standard input is empty"],
  [["replay", open, "--mode", "kill"], "write enforce or audit"],
  [["replay", open, "--at", "tomorrow"], "write a date or a time"],
  [["replay", open, "--policy", "no-such.json"], "cannot be read"],
  [["replay", open, "--mode", "\u009b"], '"\\u{9b}": write enforce'],
])("wrong usage prints one line with the fix and exits with 2: %j", async (args, words) => {
  expectWrongUsage(await run(args), words);
});
