import { expect, test } from "vitest";
import type { Authorization } from "#authorizations/authorization.ts";
import type { SharingSend } from "#aws/reads.ts";
import type { Grant } from "#domain/grant.ts";
import type { Facts } from "#guards/guard.ts";
import { applyGuards } from "#guards/index.ts";
import { sharedGroup } from "#guards/shared-group.ts";
import { oncePerResource } from "#guards/shared-with.ts";
import { grant, range } from "../domain/builders.ts";
import { id } from "../support/grants.ts";

const rule = grant(range("0.0.0.0/0"), { service: "ec2", resource: "sg-0a1b2c3d" });
const facts = (others: readonly string[]): Facts => ({
  mode: "enforce",
  home: undefined,
  sharedGroups: undefined,
  isOwnRule: false,
  violates: () => true,
  mayBePermittedUnseen: () => false,
  detach: () => [],
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

test("guards that need no answer from AWS come first, and audit mode before all", async () => {
  const home = { partition: "aws", account: id("999988887777") };
  const silent = { ...facts([]), sharedWith: () => Promise.reject(new Error("asked")) };

  expect(await applyGuards(rule, { ...silent, mode: "audit", home })).toEqual({ result: "reported" });
  expect(await applyGuards(rule, { ...silent, home })).toMatchObject({ result: "failed", error: { name: "NotHome" } });
  await expect(applyGuards(rule, silent)).rejects.toThrow("asked");
});

test("AWS is asked once for each resource, whether it answers or not", async () => {
  const asked: string[] = [];
  const sharedWith = oncePerResource({
    sharedWith: async ({ resource }: Grant) => {
      asked.push(resource);
      if (resource === "sg-2") throw new Error("refused");
      return ["eni-1"];
    },
  } as unknown as Authorization);
  const send = {} as SharingSend;

  for (let n = 0; n < 2; n++) {
    expect(await sharedWith({ ...rule, resource: "sg-1" }, send)).toEqual(["eni-1"]);
    await expect(sharedWith({ ...rule, resource: "sg-2" }, send)).rejects.toThrow("refused");
  }
  expect(asked).toEqual(["sg-1", "sg-2"]);
});
