import { describe, expect, test } from "vitest";
import { decide } from "#domain/decide.ts";
import type { Source } from "#domain/source.ts";
import { grant, group, list, other, own, type Permit, policy, range, third } from "./builders.ts";

/** The reason of a violation on the warehouse "analytics", judged at 1000. */
function reasonOf(source: Source, permits: Record<string, Permit>): string {
  const decision = decide(grant(source), policy(permits), 1000);
  if (decision.verdict !== "violation") throw new Error(`Not a violation: ${decision.verdict}`);
  return decision.reason;
}

const office = { ranges: ["203.0.113.0/24"] };
const ended = { expires: 1000, until: "1969-12-31" };

describe("everyone", () => {
  test.each(["0.0.0.0/0", "::/0"])("is named for %s, however much of it is permitted", (text) => {
    expect(reasonOf(range(text), {})).toBe(`everyone is let in (${text})`);
    expect(reasonOf(range(text), { halves: { ranges: ["0.0.0.0/1", "::/1"] } })).toBe(`everyone is let in (${text})`);
  });

  test("is named for a prefix list that has such an entry", () => {
    expect(reasonOf(list("10.0.0.0/8", "0.0.0.0/0"), { ten: { ranges: ["10.0.0.0/8"] } })).toBe(
      "in prefix list pl-63a5400a, everyone is let in (0.0.0.0/0)",
    );
  });
});

describe("an expired statement", () => {
  test("is named when it would permit the grant", () => {
    expect(reasonOf(range("203.0.113.0/25"), { office: { ...office, ...ended } })).toBe("the statement office expired after 1969-12-31");
    expect(reasonOf(group(other, "etl"), { partner: { owners: [other], securityGroups: ["etl"], ...ended } })).toBe(
      "the statement partner expired after 1969-12-31",
    );
  });

  test("is named when it and those in force would permit the grant together", () => {
    const permits = { lower: { ranges: ["10.0.0.0/25"] }, upper: { ranges: ["10.0.0.128/25"], ...ended } };
    expect(reasonOf(range("10.0.0.0/24"), permits)).toBe("the statement upper expired after 1969-12-31");
  });

  test("is not named when it is about other resources, or would permit only a part", () => {
    const elsewhere = { office: { ...office, ...ended, scope: { resources: ["other"] } } };
    expect(reasonOf(range("203.0.113.0/25"), elsewhere)).toBe("203.0.113.0/25 is in no permitted range");
    expect(reasonOf(range("203.0.112.0/23"), { office: { ...office, ...ended } })).toBe("203.0.112.0/23 is in no permitted range");
  });

  test("is counted when there are more", () => {
    const permits = { b: { owners: [other], ...ended }, a: { owners: [other], ...ended }, c: { owners: [other], ...ended } };
    expect(reasonOf(group(other, "etl"), permits)).toBe("the statement a expired after 1969-12-31, and 2 more");
  });
});

describe("a source that is permitted on other resources", () => {
  const scope = { resources: ["sales"] };

  test("is named as such, with a statement that permits it there", () => {
    expect(reasonOf(range("203.0.113.7/32"), { office: { ...office, scope } })).toBe(
      "203.0.113.7/32 is permitted for other resources only, by office",
    );
    expect(reasonOf(group(other, "etl"), { b: { owners: [other], scope }, a: { owners: [other], scope } })).toBe(
      "999988887777/etl is permitted for other resources only, by a, and 1 more",
    );
  });

  test("is not named as such when it is permitted nowhere, or no longer", () => {
    expect(reasonOf(group(third, "etl"), { a: { owners: [other, own], scope } })).toBe("111122223333 is not a permitted owner");
    expect(reasonOf(group(other, "etl"), { a: { owners: [other], scope, ...ended } })).toBe("999988887777 is not a permitted owner");
  });
});

test("another scope is named only when one statement permits all of the source there", () => {
  const halves = {
    a: { ranges: ["10.0.0.0/25"], scope: { resources: ["x"] } },
    b: { ranges: ["10.0.0.128/25"], scope: { resources: ["y"] } },
  };
  expect(reasonOf(range("10.0.0.0/24"), halves)).toBe("10.0.0.0/24 is in no permitted range");
});

const limits = {
  resources: ["sales"],
  regions: ["us-*"],
  accounts: ["222222222222"],
  authorizations: ["AuthorizeSnapshotAccess"],
  services: ["elasticache"],
};
test.each([
  [["resources"], "for other resources"],
  [["regions"], "for other regions"],
  [["accounts"], "for other accounts"],
  [["authorizations"], "for other authorizations"],
  [["services"], "for other services"],
  [["services", "resources"], "for other services and resources"],
] as const)("a source that is permitted in a scope with other %j is permitted %s only", (keys, where) => {
  const scope = Object.fromEntries(keys.map((key) => [key, limits[key]]));
  expect(reasonOf(group(other, "etl"), { a: { owners: [other], scope } })).toBe(`999988887777/etl is permitted ${where} only, by a`);
  expect(reasonOf(list("10.0.0.0/24"), { a: { ranges: ["10.0.0.0/8"], scope } })).toBe(`pl-63a5400a is permitted ${where} only, by a`);
});

test("of several scopes, those are named that differ least", () => {
  const at = (...keys: readonly (keyof typeof limits)[]) => ({
    ranges: ["10.0.0.0/8"],
    scope: Object.fromEntries(keys.map((key) => [key, limits[key]])),
  });
  const permits = { a: at("services", "resources"), b: at("services"), c: at("regions"), d: at("regions", "resources"), e: at("regions") };
  expect(reasonOf(range("10.0.0.0/24"), permits)).toBe("10.0.0.0/24 is permitted for other regions only, by c, and 1 more");
});

test("of expired statements, those are named whose ranges are missing", () => {
  const permits = {
    "a-old": { ranges: ["10.0.0.0/25"], ...ended },
    "b-now": { ranges: ["10.0.0.0/25"] },
    "c-old": { ranges: ["10.0.0.128/25"], ...ended },
  };
  expect(reasonOf(range("10.0.0.0/24"), permits)).toBe("the statement c-old expired after 1969-12-31");
});

test("everyone is not named for a /0 that is permitted beside an entry that is not", () => {
  expect(reasonOf(list("0.0.0.0/0", "2001:db8::/32"), { all: { ranges: ["0.0.0.0/0"] } })).toBe(
    "in prefix list pl-63a5400a, 2001:db8::/32 is in no permitted range",
  );
});
