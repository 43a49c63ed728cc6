import { describe, expect, test } from "vitest";
import { type AccountId, accountId } from "#domain/account.ts";
import { partOf, type Source, sameSource } from "#domain/source.ts";

function account(text: string): AccountId {
  const id = accountId(text);
  if (!id) throw new Error(`${text} is no account id`);
  return id;
}

const [own, other] = [account("123456789012"), account("999988887777")];
const range = (text: string): Source => ({ kind: "range", range: text });
const group = (owner: AccountId, securityGroup: string): Source => ({ kind: "securityGroup", owner, securityGroup });
const vpcs = (...names: string[]): Source => ({ kind: "account", owner: own, vpcs: names });
const list = (prefixList: string, ...entries: string[]): Source => ({ kind: "prefixList", prefixList, entries });

describe("two sources", () => {
  test.each([
    ["a network in two notations", range("10.8.10.0/16"), range("10.8.0.0/16")],
    ["an IPv6 network in two notations", range("2001:DB8:0:0::/32"), range("2001:db8::/32")],
    ["a group in any case", group(own, "Default"), group(own, "default")],
    ["an account", { kind: "account", owner: own }, { kind: "account", owner: own }],
    ["all VPCs of an account and one", { kind: "account", owner: own }, { kind: "account", owner: own, vpcs: ["vpc-1"] }],
    ["VPCs of which one is in both", vpcs("vpc-1", "vpc-2"), vpcs("vpc-2", "vpc-3")],
    ["an account with and without write access", { kind: "account", owner: own }, { kind: "account", owner: own, allowWrites: true }],
    ["a prefix list with and without its entries", list("pl-63a5400a", "10.0.0.0/8"), list("pl-63a5400a")],
  ] as const)("are the same: %s", (_, a, b) => {
    expect(sameSource(a, b)).toBe(true);
    expect(sameSource(b, a)).toBe(true);
  });

  test.each([
    ["ranges of other lengths", range("10.0.0.0/8"), range("10.0.0.0/9")],
    ["ranges of other families", range("0.0.0.0/0"), range("::/0")],
    ["a range and text that is not a range", range("10.0.0.0/8"), range("10.0.0.0/08")],
    ["two texts that are not ranges", range("x"), range("x")],
    ["groups of other owners", group(own, "default"), group(other, "default")],
    ["groups of other names", group(own, "default"), group(own, "default2")],
    ["a group and its whole account", group(own, "default"), { kind: "account", owner: own }],
    ["accounts", { kind: "account", owner: own }, { kind: "account", owner: other }],
    ["accounts with all VPCs and one", { kind: "account", owner: own }, { kind: "account", owner: other, vpcs: ["vpc-1"] }],
    ["VPCs of an account", vpcs("vpc-1"), vpcs("vpc-2")],
    [
      "an account and its data catalog",
      { kind: "account", owner: own },
      { kind: "account", owner: own, consumerIdentifier: "DataCatalog/x" },
    ],
    ["prefix lists", list("pl-63a5400a"), list("pl-63a5400b")],
    ["a prefix list and its one entry", list("pl-63a5400a", "10.0.0.0/8"), range("10.0.0.0/8")],
  ] as const)("differ: %s", (_, a, b) => {
    expect(sameSource(a, b)).toBe(false);
    expect(sameSource(b, a)).toBe(false);
  });
});

test.each([
  ["the VPCs in both", vpcs("vpc-1", "vpc-2"), vpcs("vpc-2", "vpc-3"), vpcs("vpc-2")],
  ["all listed VPCs, when the whole account is named", vpcs("vpc-1", "vpc-2"), { kind: "account", owner: own }, vpcs("vpc-1", "vpc-2")],
  ["the whole account, when all of it is listed", { kind: "account", owner: own }, vpcs("vpc-1"), { kind: "account", owner: own }],
  ["a range as it is listed", range("10.8.10.0/16"), range("10.8.0.0/16"), range("10.8.10.0/16")],
] as const)("the part of a listed source that a grant names is %s", (_, listed, named, part) => {
  expect(partOf(listed, named)).toEqual(part);
});
