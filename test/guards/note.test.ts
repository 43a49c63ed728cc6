import { expect, test } from "vitest";
import type { Facts } from "#guards/guard.ts";
import { sharedGroup } from "#guards/shared-group.ts";
import { grant, range } from "../domain/builders.ts";

const rule = grant(range("0.0.0.0/0"), { service: "ec2", resource: "sg-0a1b2c3d" });
const facts = (others: readonly string[]): Facts => ({
  mode: "enforce",
  home: undefined,
  sharedGroups: undefined,
  sharedWith: async () => others,
});

test.each([
  [["eni-1", "eni-2"], "eni-1, eni-2;"],
  [["eni-1", "eni-2", "eni-3"], "eni-1, eni-2, eni-3;"],
  [["eni-1", "eni-2", "eni-3", "eni-4", "eni-5"], "eni-1, eni-2, eni-3 and 2 more;"],
])("the note names at most three of what else a group is attached to: %j", async (others, list) => {
  const ending = await sharedGroup(rule, facts(others));

  expect(ending).toEqual({ result: "reported", note: expect.stringContaining(`sg-0a1b2c3d is also attached to ${list}`) });
});

test("a group that is attached to stores only is not held back, and neither is one that the policy revokes", async () => {
  expect(await sharedGroup(rule, facts([]))).toBeUndefined();
  expect(await sharedGroup(rule, { ...facts(["eni-1"]), sharedGroups: "revoke" })).toBeUndefined();
});
