import { expect, test } from "vitest";
import { nearest } from "#domain/nearest.ts";
import type { Source } from "#domain/source.ts";
import { grant, group, list, other, own, type Permit, policy, range, third } from "./builders.ts";

const near = (source: Source, permits: Record<string, Permit>, at = 0) => nearest(grant(source), policy(permits), at)?.statement.name;
const changes = (source: Source, permit: Permit, at = 0) => nearest(grant(source), policy({ a: permit }), at)?.changes;
const account = (owner: typeof own): Source => ({ kind: "account", owner });
const unknown: Source = { kind: "securityGroup", owner: "unknown", securityGroup: "web" };

test.each<[string, Record<string, Permit>, string | undefined]>([
  ["10.0.0.0/24", { far: { ranges: ["192.0.2.0/24"] }, close: { ranges: ["10.0.1.0/24"] } }, "close"],
  ["10.0.0.0/24", { close: { ranges: ["10.0.1.0/24"] }, far: { ranges: ["192.0.2.0/24"] } }, "close"],
  ["10.0.0.0/24", { first: { ranges: ["10.0.1.0/24"] }, second: { ranges: ["10.0.1.0/24"] } }, "first"],
  ["10.0.0.0/24", { another: { ranges: ["2001:db8::/32"] }, owners: { owners: [other] } }, undefined],
  ["2001:db8:1::/48", { v4: { ranges: ["10.0.0.0/8"] }, v6: { ranges: ["2001:db8::/48"] } }, "v6"],
  ["10.0.0.0/24", { elsewhere: { ranges: ["10.0.0.0/25"], scope: { services: ["elasticache"] } } }, "elsewhere"],
])("the nearest statement shares the most leading bits with %s", (text, permits, name) => {
  expect(near(range(text), permits)).toBe(name);
});

test.each<[Source, Record<string, Permit>, string | undefined]>([
  [group(other, "web"), { owns: { owners: [third] }, names: { owners: [other] } }, "names"],
  [group(other, "web"), { owns: { owners: [third] }, narrows: { owners: [other], securityGroups: ["db"] } }, "narrows"],
  [group(other, "web"), { narrows: { owners: [third], securityGroups: ["web"] }, names: { owners: [other] } }, "names"],
  [group(other, "web"), { owns: { owners: [third] }, narrows: { owners: [third], securityGroups: ["web"] } }, "owns"],
  [group(other, "web"), { ranges: { ranges: ["10.0.0.0/8"] }, owns: { owners: [third] } }, "owns"],
  [group(other, "web"), { ranges: { ranges: ["10.0.0.0/8"] } }, undefined],
  [group(own, "web"), { names: { owners: [third] }, self: { owners: ["self"] } }, "self"],
  [account(other), { self: { owners: ["self"] }, names: { owners: [other], securityGroups: ["web"] } }, "names"],
  [unknown, { self: { owners: ["self"] }, names: { owners: [other] } }, "self"],
  [unknown, { ranges: { ranges: ["10.0.0.0/8"] } }, undefined],
  [list(), { ranges: { ranges: ["10.0.0.0/8"] }, lists: { prefixLists: ["pl-0123456789abcdef0"] } }, "lists"],
  [list(), { ranges: { ranges: ["10.0.0.0/8"] } }, undefined],
])("for %j under %j the nearest statement is %s", (source, permits, name) => {
  expect(near(source, permits)).toBe(name);
});

test("of two equally near statements the one in force is nearest, and an expired one counts as one more change", () => {
  const [expired, counts] = [
    { ranges: ["10.0.1.0/24"], expires: 5 },
    { ranges: ["10.0.1.0/24"], expires: 6 },
  ];
  expect(near(range("10.0.0.0/24"), { expired, counts }, 5)).toBe("counts");
  expect(near(range("10.0.0.0/24"), { counts, expired }, 5)).toBe("counts");
  expect(near(range("10.0.0.0/24"), { expired, again: expired }, 5)).toBe("expired");
  expect(near(range("10.0.0.0/24"), { expired, far: { ranges: ["192.0.2.0/24"] } }, 5)).toBe("far");
  expect(near(range("10.0.1.0/25"), { expired, far: { ranges: ["192.0.2.0/24"] } }, 5)).toBe("expired");
});

const ended = { expires: 5 };
const scope = { resources: ["sales"], regions: ["us-*"], services: ["elasticache"] };
test.each<[Source, Permit, ReturnType<typeof changes>]>([
  [range("10.0.0.0/24"), { ranges: ["10.0.0.0/8"], ...ended }, ["until"]],
  [range("10.0.0.0/24"), { ranges: ["10.0.0.0/8"], scope }, ["services", "resources", "regions"]],
  [range("10.0.0.0/24"), { ranges: ["10.0.0.0/25"], scope: { accounts: ["1*"] }, ...ended }, ["until", "ranges"]],
  [group(other, "web"), { owners: [other], securityGroups: ["db"] }, ["securityGroups"]],
  [group(other, "web"), { owners: [third], securityGroups: ["db"] }, ["owners", "securityGroups"]],
  [group(other, "web"), { owners: [third], scope: { authorizations: ["AuthorizeDataShare"] } }, ["authorizations", "owners"]],
  [account(other), { owners: [other], securityGroups: ["db"] }, ["securityGroups"]],
  [list(), { prefixLists: ["pl-63a5400a"], ...ended }, ["until"]],
  [list(), { prefixLists: ["pl-0123456789abcdef0"] }, ["prefixLists"]],
])("for %j the statement %j would have to change %j", (source, permit, expected) => {
  expect(changes(source, permit, 5)).toEqual(expected);
});

test.each<[string, Record<string, Permit>, string]>([
  [
    "a later end before another scope",
    { scoped: { ranges: ["10.0.0.0/8"], scope: { regions: ["us-*"] } }, late: { ranges: ["10.0.0.0/8"], ...ended } },
    "late",
  ],
  [
    "another scope before another source",
    { near: { ranges: ["10.0.1.0/24"] }, scoped: { ranges: ["10.0.0.0/8"], scope: { regions: ["us-*"] } } },
    "scoped",
  ],
  [
    "one change of the source before two of the scope",
    { scoped: { ranges: ["10.0.0.0/8"], scope: { regions: ["us-*"], resources: ["x"] } }, far: { ranges: ["192.0.2.0/24"] } },
    "far",
  ],
])("nearest is %s", (_name, permits, name) => {
  expect(near(range("10.0.0.0/24"), permits, 5)).toBe(name);
});
