import { describe, expect, test } from "vitest";
import { type Decision, decide } from "#domain/decide.ts";
import { type Grant, onEachStore } from "#domain/grant.ts";
import { modeFor } from "#domain/policy.ts";
import { grant, type Permit, policy, range } from "./builders.ts";

const sessions = { service: "elasticache", resource: "sessions" };
const sales = { service: "redshift", resource: "sales" };
const rule = (stores: Grant["stores"], text = "10.0.0.0/24"): Grant => ({
  ...grant(range(text), { service: "ec2", resource: "sg-0a1b2c3d" }),
  ...(stores && { stores }),
});
const judge = (stores: Grant["stores"], permits: Record<string, Permit>): Decision => decide(rule(stores), policy(permits), 0);

const caches: Permit = { ranges: ["10.0.0.0/8"], scope: { services: ["elasticache"] }, reason: "the caches'" };
const warehouses: Permit = { ranges: ["10.0.0.0/8"], scope: { services: ["redshift"], resources: ["sales"] }, reason: "the warehouses'" };
const groups: Permit = { ranges: ["10.0.0.0/8"], scope: { services: ["ec2"] } };

describe("a rule that reaches stores", () => {
  test("is a grant on each of them, otherwise unchanged", () => {
    expect(onEachStore(rule([sessions, sales]))).toEqual([
      { ...rule(undefined), ...sessions },
      { ...rule(undefined), ...sales },
    ]);
    expect(onEachStore(rule(undefined))).toEqual([rule(undefined)]);
  });

  test("is permitted when it is permitted on all, by the statements that permit it, in the policy's order", () => {
    expect(judge([sales, sessions], { caches, warehouses })).toEqual({
      verdict: "permitted",
      statements: ["caches", "warehouses"],
      reason: "the caches'; the warehouses'",
    });
    expect(judge([sessions], { warehouses, caches, groups })).toEqual({
      verdict: "permitted",
      statements: ["caches"],
      reason: "the caches'",
    });
  });

  test("is a violation when it is one on any of them, which the reason names", () => {
    expect(judge([sessions, sales], { caches })).toEqual({
      verdict: "violation",
      reason: "10.0.0.0/24 is permitted for other services only, by caches, for redshift sales",
      uncovered: ["10.0.0.0/24"],
      uncoveredCount: 1,
    });
    expect(judge([sessions], { groups })).toMatchObject({ verdict: "violation" });
  });

  test("is out of scope when it reaches none, whatever the policy permits", () => {
    for (const permits of [{ caches }, { groups }] as const)
      expect(judge([], permits)).toEqual({ verdict: "outOfScope", reason: "it reaches no cache and no warehouse" });
  });
});

describe("the mode of a rule", () => {
  const modes = (mode: "audit" | "enforce", stores: Grant["stores"]) =>
    modeFor(rule(stores), { ...policy({ caches }), mode, exceptions: [{ services: ["elasticache"] }] });

  test("is the safest mode of its stores", () => {
    expect([modes("enforce", [sessions, sales]), modes("enforce", [sales]), modes("enforce", [sessions])]).toEqual([
      "audit",
      "enforce",
      "audit",
    ]);
    expect([modes("audit", [sessions, sales]), modes("audit", [sales]), modes("audit", [sessions])]).toEqual(["audit", "audit", "enforce"]);
  });

  test("is the policy's when it reaches none", () => {
    expect([modes("enforce", []), modes("audit", [])]).toEqual(["enforce", "audit"]);
  });
});

test("no statement permits a group whose owner is unknown", () => {
  const source = { kind: "securityGroup", owner: "unknown", securityGroup: "web" } as const;
  expect(decide(grant(source), policy({ self: { owners: ["self"] } }), 0)).toEqual({
    verdict: "violation",
    reason: "the owner of the security group is unknown",
  });
});
