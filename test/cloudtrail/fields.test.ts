import { describe, expect, test } from "vitest";
import { nameOf, storedNameOf, valuesOf } from "#cloudtrail/fields.ts";
import { readRecord } from "#cloudtrail/record.ts";
import { cases, grantsOf } from "../support/authorizations.ts";
import { eventOf } from "../support/events.ts";

describe("valuesOf", () => {
  test("finds a key in any letter case, and all of its values", () => {
    expect(valuesOf({ cIDRIP: "a", CidrIp: ["b"], CIDRIPS: "c" }, "CIDRIP")).toEqual(["a", ["b"]]);
  });

  test("treats null and empty text as absent, and no other empty value", () => {
    expect(valuesOf({ a: null, A: "" }, "a")).toEqual([]);
    expect(valuesOf({ a: 0 }, "a")).toEqual([0]);
    expect(valuesOf({ a: false }, "a")).toEqual([false]);
  });

  test("finds nothing among inherited members, or outside of objects", () => {
    for (const bag of [Object.create({ a: 1 }), null, undefined, "a", 7]) expect(valuesOf(bag, "a")).toEqual([]);
    expect(valuesOf({}, "__proto__")).toEqual([]);
    expect(valuesOf({}, "constructor")).toEqual([]);
  });
});

describe("nameOf", () => {
  test("returns the only text under a key", () => {
    expect(nameOf({ Name: "Web Tier" }, "name")).toBe("Web Tier");
    expect(nameOf({ name: "a", NAME: "a" }, "name")).toBe("a");
    expect(nameOf({ name: "x".repeat(255) }, "name")).toHaveLength(255);
  });

  test.each([7, ["a"], { a: 1 }, "x".repeat(256), "a\n", "\u202ea", "\ud800"])(
    "returns nothing for %j, nor for two different names",
    (name) => {
      expect(nameOf({ name }, "name")).toBeUndefined();
      expect(nameOf({ name: "a", NAME: name }, "name")).toBeUndefined();
      expect(nameOf({ name: "a", Name: "b" }, "name")).toBeUndefined();
    },
  );

  test("lowers only ASCII letters of a stored name", () => {
    expect(storedNameOf({ name: "Pay-ROLL" }, "name")).toBe("pay-roll");
    expect(storedNameOf({ name: "\u212aelvin\u0130" }, "name")).toBe("\u212aelvin\u0130");
  });
});

test("a list that CloudTrail logged as an object is read", () => {
  for (const { event, sources } of cases) {
    if (!sources.includes("securityGroup")) continue;
    const claims = (answer: object) => event.claims(recordOf({ requestParameters: {}, responseElements: { ...names, ...answer } }));
    const names = { cacheSecurityGroupName: "a", clusterSecurityGroupName: "a" };
    const items = [{ status: "authorized", eC2SecurityGroupName: "b", eC2SecurityGroupOwnerId: "999988887777" }];

    expect(claims({ eC2SecurityGroups: {}, iPRanges: {} })).toEqual([]);
    expect(claims({ eC2SecurityGroups: { items } })).toHaveLength(1);
  }
});

/** A record of a call, with other members. */
function recordOf(detail: Record<string, unknown>): ReturnType<typeof readRecord> {
  const [entry] = cases;
  const [grant] = entry ? grantsOf(entry) : [];
  if (!grant) throw new Error("The registry is empty");
  const event = eventOf(grant);
  return readRecord({ ...event, detail: { ...event.detail, ...detail } });
}
