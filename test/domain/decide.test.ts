import { describe, expect, test } from "vitest";
import { type Decision, decide } from "#domain/decide.ts";
import { isInForce } from "#domain/policy.ts";
import type { Source } from "#domain/source.ts";
import { grant, group, list, other, own, type Permit, policy, range, third } from "./builders.ts";

const judge = (source: Source, permits: Record<string, Permit>, at = 0): Decision => decide(grant(source), policy(permits), at);
const permittedBy = (...statements: string[]) => ({ verdict: "permitted", statements });
const violation = (reason: string) => ({ verdict: "violation", reason });

describe("a range", () => {
  const halves = { lower: { ranges: ["10.0.0.0/25"] }, upper: { ranges: ["10.0.0.128/25"] } };

  test.each<[string, Record<string, Permit>, string[]]>([
    ["10.0.0.0/24", { office: { ranges: ["10.0.0.0/24"] } }, ["office"]],
    ["10.0.0.0/24", halves, ["lower", "upper"]],
    ["10.0.0.128/26", halves, ["upper"]],
    ["10.0.0.0/24", { both: { ranges: ["10.0.0.0/25", "10.0.0.128/25"] } }, ["both"]],
    ["10.0.0.0/24", { ...halves, whole: { ranges: ["10.0.0.0/8"] }, far: { ranges: ["11.0.0.0/8"] } }, ["whole"]],
    ["10.0.0.0/24", { far: { ranges: ["11.0.0.0/8"] }, ...halves }, ["lower", "upper"]],
    ["10.0.0.77/24", { office: { ranges: ["10.0.0.0/24"] } }, ["office"]],
    ["2001:DB8:10::/64", { office: { ranges: ["2001:db8:10::/48"] } }, ["office"]],
    ["0.0.0.0/0", { all: { ranges: ["0.0.0.0/0"] } }, ["all"]],
    ["0.0.0.0/0", { low: { ranges: ["0.0.0.0/1"] }, high: { ranges: ["128.0.0.0/1"] } }, ["low", "high"]],
  ])("%s is permitted by the statements that cover it together", (text, permits, names) => {
    expect(judge(range(text), permits)).toEqual(permittedBy(...names));
  });

  test.each<[string, Record<string, Permit>, string[]]>([
    ["203.0.112.0/23", { office: { ranges: ["203.0.113.0/24"] } }, ["203.0.112.0/24"]],
    ["10.0.0.0/24", { lower: { ranges: ["10.0.0.0/25"] } }, ["10.0.0.128/25"]],
    ["10.0.0.77/24", {}, ["10.0.0.0/24"]],
    ["10.0.0.0/24", { lower: { ranges: ["10.0.0.0/26"] }, upper: { ranges: ["10.0.0.192/26"] } }, ["10.0.0.64/26", "10.0.0.128/26"]],
    ["::/0", { all: { ranges: ["0.0.0.0/0"] } }, ["::/0"]],
    ["::ffff:a00:0/104", { ten: { ranges: ["10.0.0.0/8"] } }, ["::ffff:a00:0/104"]],
    ["10.0.0.0/8", { self: { owners: ["self"], prefixLists: ["pl-63a5400a"] } }, ["10.0.0.0/8"]],
  ])("%s is a violation that names what is uncovered", (text, permits, uncovered) => {
    const more = uncovered.length === 1 ? " is" : ` and ${uncovered.length - 1} more are`;
    const reason = text.endsWith("/0") ? `everyone is let in (${text})` : `${uncovered[0]}${more} in no permitted range`;
    expect(judge(range(text), permits)).toEqual({ verdict: "violation", reason, uncovered, uncoveredCount: uncovered.length });
  });

  test("sixteen uncovered CIDRs are listed, and all are counted", () => {
    const decision = judge(range("10.0.0.0/8"), { one: { ranges: ["10.0.0.0/32"] } });
    expect(decision).toMatchObject({
      verdict: "violation",
      uncoveredCount: 24,
      reason: "10.0.0.1/32 and 23 more are in no permitted range",
    });
    expect(decision).toHaveProperty(
      "uncovered",
      Array.from({ length: 16 }, (_, i) => `10.0.${(2 ** i) >> 8}.${(2 ** i) & 255}/${32 - i}`),
    );
  });

  test("text that is not a range is an error with a printable message", () => {
    expect(() => judge(range("10.0.0.0/08\u001b[2J"), {})).toThrow("Not a range: 10.0.0.0/08\\u{1b}[2J");
  });
});

describe("an owner", () => {
  const etl: Permit = { owners: [other, "self"], securityGroups: ["etl-*", "sg-0?"] };

  test.each<[string, Source, Permit]>([
    ["a group of a named account", group(other, "default"), { owners: [other] }],
    ["a group of the resource's own account", group(own, "default"), { owners: ["self"] }],
    ["a group of the own account by its id", group(own, "default"), { owners: [own] }],
    ["a group whose name fits", group(other, "etl-nightly"), etl],
    ["an own group whose name fits", group(own, "etl-nightly"), etl],
    ["a group by its id", group(other, "sg-01"), etl],
    ["a whole account", { kind: "account", owner: other }, { owners: [other] }],
    ["the whole own account", { kind: "account", owner: own }, { owners: ["self"] }],
    ["AWS's support", { kind: "account", owner: "amazon-redshift-support" }, { owners: ["amazon-redshift-support"] }],
    ["the data exchange", { kind: "account", owner: "ADX" }, { owners: ["ADX"] }],
  ])("is permitted: %s", (_, source, permit) => {
    expect(judge(source, { elsewhere: { owners: [third], ranges: ["0.0.0.0/0"] }, it: permit })).toEqual(permittedBy("it"));
  });

  const some = "only some security groups of";
  test.each<[string, Source, Permit, string]>([
    ["a group of an account not named", group(other, "x"), { owners: ["self", third] }, "999988887777 is not a permitted owner"],
    ["an own group without self", group(own, "x"), { owners: [other] }, "the resource's own account 123456789012 is not a permitted owner"],
    ["a group whose name does not fit", group(other, "web"), etl, `${some} 999988887777 are permitted, and web is not one of them`],
    ["a group in another case", group(other, "ETL-x"), etl, `${some} 999988887777 are permitted, and ETL-x is not one of them`],
    [
      "a name with control characters",
      group(other, "\u009b2J"),
      etl,
      `${some} 999988887777 are permitted, and \\u{9b}2J is not one of them`,
    ],
    ["an account narrowed to groups", { kind: "account", owner: other }, etl, `${some} 999988887777 are permitted, not the whole account`],
    [
      "an account narrowed to any group",
      { kind: "account", owner: other },
      { ...etl, securityGroups: ["*"] },
      `${some} 999988887777 are permitted, not the whole account`,
    ],
    [
      "AWS's support when self is permitted",
      { kind: "account", owner: "amazon-redshift-support" },
      { owners: ["self", "ADX"] },
      "amazon-redshift-support is not a permitted owner",
    ],
    [
      "a group when every range is permitted",
      group(other, "x"),
      { ranges: ["0.0.0.0/0", "::/0"] },
      "999988887777 is not a permitted owner",
    ],
  ])("is a violation: %s", (_, source, permit, reason) => {
    expect(judge(source, { it: permit })).toEqual(violation(reason));
  });

  test("a statement for some groups does not restrict another one for the whole account", () => {
    expect(judge({ kind: "account", owner: other }, { etl, all: { owners: [other] } })).toEqual(permittedBy("all"));
  });

  test("self is the account that holds the resource", () => {
    const place = { partition: "aws", account: other, region: "eu-west-1" };
    expect(decide(grant(group(other, "x"), { place }), policy({ own: { owners: ["self"] } }), 0)).toEqual(permittedBy("own"));
    expect(decide(grant(group(own, "x"), { place }), policy({ own: { owners: ["self"] } }), 0).verdict).toBe("violation");
  });
});

describe("a prefix list", () => {
  const permits = { low: { ranges: ["10.0.0.0/25"] }, high: { ranges: ["10.0.0.128/25", "2001:db8::/32"] } };

  test("is permitted by its id, whatever its entries are", () => {
    expect(judge(list("0.0.0.0/0"), { ...permits, lists: { prefixLists: ["pl-63a5400a"] } })).toEqual(permittedBy("lists"));
    expect(judge(list(), { lists: { prefixLists: ["pl-63a5400a"] } })).toEqual(permittedBy("lists"));
  });

  test("is permitted when all of its entries are, by the statements that cover them", () => {
    expect(judge(list("10.0.0.0/24", "2001:db8:1::/48"), { far: { ranges: ["11.0.0.0/8"] }, ...permits })).toEqual(
      permittedBy("low", "high"),
    );
    expect(judge(list("10.0.0.200/32"), permits)).toEqual(permittedBy("high"));
  });

  test("is a violation when one entry is not permitted, or no entry is known", () => {
    expect(judge(list("10.0.0.0/24", "10.0.1.0/24"), permits)).toEqual({
      verdict: "violation",
      reason: "in prefix list pl-63a5400a, 10.0.1.0/24 is in no permitted range",
      uncovered: ["10.0.1.0/24"],
      uncoveredCount: 1,
    });
    expect(judge(list(), { ...permits, lists: { prefixLists: ["pl-63a5400b"] } })).toEqual(
      violation("prefix list pl-63a5400a is not permitted"),
    );
  });

  test("lists uncovered entries in ascending order, IPv4 before IPv6, and without duplicates", () => {
    const entries = ["2001:db9::/32", "10.0.2.0/24", "10.0.1.0/24", "10.0.0.0/24", "10.0.1.0/25", "10.0.2.0/24", "2001:db8::/31"];
    expect(judge(list(...entries), permits)).toMatchObject({
      uncovered: ["10.0.1.0/24", "10.0.2.0/24", "2001:db9::/32"],
      uncoveredCount: 3,
    });
  });

  test("lists the sixteen lowest of many uncovered entries", () => {
    const entries = Array.from({ length: 60 }, (_, i) => `10.0.${99 - i}.0/24`);
    const decision = judge(list(...entries), {});
    expect(decision).toMatchObject({ uncoveredCount: 60, uncovered: Array.from({ length: 16 }, (_, i) => `10.0.${40 + i}.0/24`) });
  });
});

describe("a statement", () => {
  test("applies until the instant at which it expires", () => {
    const permits = { brief: { owners: ["self" as const], expires: 1000 } };
    expect(judge(group(own, "x"), permits, 999)).toEqual(permittedBy("brief"));
    expect(judge(group(own, "x"), permits, 1000).verdict).toBe("violation");
    expect(policy(permits).permit.map((statement) => isInForce(statement, 1000))).toEqual([false]);
    expect(policy({ long: { owners: ["self"] } }).permit.map((statement) => isInForce(statement, 8.64e15))).toEqual([true]);
  });

  test("permits nothing outside its scope, not even as a part of a union", () => {
    const upper = { ranges: ["10.0.0.128/25"], scope: { resources: ["web-*"] } };
    const permits = { lower: { ranges: ["10.0.0.0/25"] }, upper };
    expect(judge(range("10.0.0.0/24"), permits)).toMatchObject({ verdict: "violation", uncovered: ["10.0.0.128/25"] });
    expect(decide(grant(range("10.0.0.0/24"), { resource: "web-1" }), policy(permits), 0)).toEqual(permittedBy("lower", "upper"));
  });

  test("passes its reason to the decision, in printable form", () => {
    const permits = {
      a: { owners: [own], reason: "DATA-1422" },
      b: { owners: ["self" as const] },
      c: { owners: [own], reason: "x\u202e" },
    };
    expect(judge(group(own, "x"), permits)).toEqual({ ...permittedBy("a", "b", "c"), reason: "DATA-1422; x\\u{202e}" });
  });
});
