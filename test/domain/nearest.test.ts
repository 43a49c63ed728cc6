import { expect, test } from "vitest";
import { nearest } from "#domain/nearest.ts";
import type { Source } from "#domain/source.ts";
import { grant, group, list, other, own, type Permit, policy, range, third } from "./builders.ts";

const near = (source: Source, permits: Record<string, Permit>, at = 0) => nearest(grant(source), policy(permits), at)?.name;
const account = (owner: typeof own): Source => ({ kind: "account", owner });
const unknown: Source = { kind: "securityGroup", owner: "unknown", securityGroup: "web" };

test.each<[string, Record<string, Permit>, string | undefined]>([
  ["10.0.0.0/24", { far: { ranges: ["192.0.2.0/24"] }, close: { ranges: ["10.0.1.0/24"] } }, "close"],
  ["10.0.0.0/24", { close: { ranges: ["10.0.1.0/24"] }, far: { ranges: ["192.0.2.0/24"] } }, "close"],
  ["10.0.0.0/24", { first: { ranges: ["10.0.1.0/24"] }, second: { ranges: ["10.0.1.0/24"] } }, "first"],
  ["10.0.0.0/24", { another: { ranges: ["2001:db8::/32"] }, owners: { owners: [other] } }, undefined],
  ["2001:db8:1::/48", { v4: { ranges: ["10.0.0.0/8"] }, v6: { ranges: ["2001:db8::/48"] } }, "v6"],
  ["10.0.0.0/24", { elsewhere: { ranges: ["10.0.0.0/25"], scope: { services: ["elasticache"] } } }, undefined],
])("the nearest statement shares the most leading bits with %s", (text, permits, name) => {
  expect(near(range(text), permits)).toBe(name);
});

test.each<[Source, Record<string, Permit>, string | undefined]>([
  [group(other, "web"), { owns: { owners: [third] }, names: { owners: [other] } }, "names"],
  [group(other, "web"), { names: { owners: [other] }, narrows: { owners: [other], securityGroups: ["db"] } }, "narrows"],
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

test("of two equally near statements the one in force is nearest, and an expired one is better than none", () => {
  const [expired, counts] = [
    { ranges: ["10.0.1.0/24"], expires: 5 },
    { ranges: ["10.0.1.0/24"], expires: 6 },
  ];
  expect(near(range("10.0.0.0/24"), { expired, counts }, 5)).toBe("counts");
  expect(near(range("10.0.0.0/24"), { counts, expired }, 5)).toBe("counts");
  expect(near(range("10.0.0.0/24"), { expired, again: expired }, 5)).toBe("expired");
  expect(near(range("10.0.0.0/24"), { expired, far: { ranges: ["192.0.2.0/24"] } }, 5)).toBe("expired");
});
