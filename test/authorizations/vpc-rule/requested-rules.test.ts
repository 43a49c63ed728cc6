import type { IpPermission } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { noRules } from "../../support/faults.ts";
import { prefixList, ranges, startVpc, tcp, type Vpc } from "../../support/vpc.ts";
import { withoutRules } from "../../support/vpc-events.ts";

/** A permission in each form of a request. */
const forms: readonly (readonly [string, (vpc: Vpc) => Promise<IpPermission>])[] = [
  ["an IPv4 range", async () => ranges(["198.51.100.0/24"])],
  ["a range with host bits", async () => ranges(["198.51.100.77/24"])],
  ["an IPv6 range", async () => ranges(["2001:db8:20::/48"])],
  ["a prefix list", async (vpc) => tcp({ PrefixListIds: [{ PrefixListId: await prefixList(vpc, ["198.51.100.0/24"]) }] })],
  ["a group", async (vpc) => tcp({ UserIdGroupPairs: [{ GroupId: await vpc.group("app") }] })],
  ["every protocol", async () => ({ IpProtocol: "-1", IpRanges: [{ CidrIp: "198.51.100.0/24" }] })],
];

const lists = (vpc: Vpc) => vpc.requests().filter(({ action }) => action === "DescribeSecurityGroupRules").length;
/** The rules are listed once more to verify a revoke. */
const verified = 1;

describe.each(forms)("a request for %s without the rules in the response", (_form, permission) => {
  test("causes one list of rules if the list has the requested rule", async () => {
    await using vpc = await startVpc();
    const event = withoutRules(await vpc.open([await permission(vpc)]));
    vpc.requests();

    const { results, error } = await vpc.invoke(event);

    expect({ results, error, lists: lists(vpc) }).toEqual({ results: ["revoked"], error: undefined, lists: 1 + verified });
  });

  test("causes another list of rules while the list does not have the requested rule", async () => {
    await using vpc = await startVpc();
    const event = withoutRules(await vpc.open([await permission(vpc)]));
    vpc.requests();
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", answer: "rewritten", rewrite: noRules });

    const { results, error } = await vpc.invoke(event);

    expect({ results, error, lists: lists(vpc) }).toEqual({ results: ["revoked"], error: undefined, lists: 2 + verified });
  });
});

test.each([
  ["the first port", (response: string) => response.replaceAll("<fromPort>6379<", "<fromPort>6378<")],
  ["the last port", (response: string) => response.replaceAll("<toPort>6379<", "<toPort>6380<")],
  ["the range", (response: string) => response.replaceAll("198.51.100.0/24", "198.51.100.0/25")],
  ["one of two ranges", (response: string) => response.replaceAll("2001:db8:20::/48", "2001:db8:21::/48")],
])("a list that differs from the request only in %s is out of date", async (_what, rewrite) => {
  await using vpc = await startVpc();
  const event = withoutRules(await vpc.open([ranges(["198.51.100.0/24", "2001:db8:20::/48"])]));
  vpc.requests();
  vpc.emulator.fail({ action: "DescribeSecurityGroupRules", answer: "rewritten", rewrite });

  const { results, error } = await vpc.invoke(event);

  expect({ results, error }).toEqual({ results: ["revoked", "revoked"], error: undefined });
  expect(lists(vpc)).toBe(2 + verified);
});

test("a list that has another source group than the request is out of date", async () => {
  await using vpc = await startVpc();
  const app = await vpc.group("app");
  const event = withoutRules(await vpc.open([tcp({ UserIdGroupPairs: [{ GroupId: app }] })]));
  vpc.requests();
  const rewrite = (response: string) => response.replaceAll(app, "sg-0123456789abcdef0");
  vpc.emulator.fail({ action: "DescribeSecurityGroupRules", answer: "rewritten", rewrite });

  const { outcomes, error } = await vpc.invoke(event);

  expect({ outcomes, error }).toMatchObject({
    outcomes: [{ result: "revoked", grant: { source: { securityGroup: app } } }],
    error: undefined,
  });
});
