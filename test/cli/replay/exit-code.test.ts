import { describe, expect, test } from "vitest";
import { exitCode, gateOf } from "#cli/replay/exit-code.ts";
import { cli } from "../../support/run.ts";
import { expectWrongUsage } from "../wrong-usage.ts";

const problems = ["unreadable", "cannot be staged", "judged in part"];
const gates = [undefined, "violation", "failed", "unreadable"];

describe("the exit code without --fail-on, and with violation, failed and unreadable", () => {
  test.each<[totals: string[], ...codes: number[]]>([
    [[], 0, 0, 0, 0],
    [["permitted", "outOfScope", "not watched"], 0, 0, 0, 0],
    [["reported"], 3, 3, 0, 0],
    [["revoked"], 0, 3, 0, 0],
    [["alreadyGone"], 0, 3, 0, 0],
    [["reported", "revoked"], 0, 3, 0, 0],
    [["failed"], 1, 1, 1, 0],
    [["failed", "reported"], 1, 1, 1, 0],
    ...problems.map((problem): [string[], ...number[]] => [[problem, "reported", "permitted"], 1, 1, 1, 1]),
  ])("of a run that counts %j is %i, %i, %i and %i", (names, ...codes) => {
    const totals = new Map(names.map((name) => [name, 1]));

    expect(gates.map((gate) => exitCode(totals, problems, gateOf(gate)))).toEqual(codes);
  });
});

const folder = "events/AuthorizeClusterSecurityGroupIngress";

test.concurrent.each([
  ["enforce", [], 0],
  ["enforce", ["--fail-on", "violation"], 3],
  ["enforce", ["--fail-on", "failed"], 0],
  ["audit", [], 3],
  ["audit", ["--fail-on", "violation"], 3],
  ["audit", ["--fail-on", "unreadable"], 0],
])("a replay in %s mode with %j exits with %i", async (mode, flags, code) => {
  expect((await cli(["replay", `${folder}/violating-open-range.json`, "--quiet", "--mode", mode, ...flags])).code).toBe(code);
});

test("--fail-on with another word is wrong usage", async () => {
  expectWrongUsage(
    await cli(["replay", folder, "--fail-on", "violations"]),
    '--fail-on is "violations": write violation, failed, unreadable',
  );
});
