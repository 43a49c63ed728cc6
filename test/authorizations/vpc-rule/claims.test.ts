import { describe, expect, test } from "vitest";
import { readRecord } from "#cloudtrail/record.ts";
import { caseOf } from "../../support/authorizations.ts";
import { home } from "../../support/grants.ts";
import { changeEvent, itemsOf, vpcEvent } from "../../support/vpc-events.ts";

const group = "sg-0a1b2c3d4e5f60718";
const common = { place: home, service: "ec2", authorization: "AuthorizeSecurityGroupIngress", stores: [] };
const range = { kind: "range", range: "198.51.100.0/24" };

/** The grants that an event states, without a call to AWS. */
function claimed(event: ReturnType<typeof vpcEvent>) {
  const claims = caseOf(String(event.detail["eventName"])).event.claims(readRecord(event));
  return claims.map((claim) => ("grant" in claim ? claim.grant : claim));
}

describe("AuthorizeSecurityGroupIngress claims", () => {
  const requested = {
    ipPermissions: itemsOf([
      {
        ipProtocol: "tcp",
        fromPort: 6379,
        toPort: 6380,
        ipRanges: itemsOf([{ cidrIp: "198.51.100.0/24" }, { cidrIp: "nonsense" }]),
        prefixListIds: itemsOf([{ prefixListId: "pl-63a5400a" }, {}]),
        groups: itemsOf([{ groupId: "sg-1b2c3d4e", userId: "999988887777" }, { groupId: "sg-2c3d4e5f" }, {}]),
      },
      { ipProtocol: "-1", fromPort: 1, toPort: 2, ipv6Ranges: itemsOf([{ cidrIpv6: "::/0" }]) },
    ]),
  };
  const rule = { protocol: "tcp", fromPort: 6379, toPort: 6380 };
  const grants = (resource: string) => [
    { ...common, resource, rule, source: range },
    { ...common, resource, rule, source: { kind: "prefixList", prefixList: "pl-63a5400a", entries: [] } },
    { ...common, resource, rule, source: { kind: "securityGroup", owner: "999988887777", securityGroup: "sg-1b2c3d4e" } },
    { ...common, resource, rule, source: { kind: "securityGroup", owner: "unknown", securityGroup: "sg-2c3d4e5f" } },
    { ...common, resource, rule: { protocol: "-1" }, source: { kind: "range", range: "::/0" } },
  ];

  test.each([{ groupId: group }, { groupName: "web" }])("the requested rules of %j if the response shows no rules", (named) => {
    const resource = Object.values(named)[0] ?? "";
    expect(claimed(vpcEvent("AuthorizeSecurityGroupIngress", { ...named, ...requested }, null))).toEqual(grants(resource));
  });

  test("nothing if it names no group", () => {
    expect(claimed(vpcEvent("AuthorizeSecurityGroupIngress", requested, null))).toEqual([]);
  });

  test("the rules in the response, without their ids", () => {
    const made = {
      groupId: group,
      securityGroupRuleId: "sgr-0a1b2c3d4e5f60718",
      isEgress: false,
      ipProtocol: "tcp",
      fromPort: 1,
      toPort: 2,
    };
    const answer = { securityGroupRuleSet: itemsOf([{ ...made, cidrIpv4: "198.51.100.0/24" }]) };
    expect(claimed(vpcEvent("AuthorizeSecurityGroupIngress", { groupId: group }, answer))).toEqual([
      { ...common, resource: group, source: range, rule: { protocol: "tcp", fromPort: 1, toPort: 2 } },
    ]);
  });
});

test("ModifySecurityGroupRules claims the changed rules whose source it names", () => {
  const event = changeEvent(group, [
    ["sgr-01", { CidrIpv4: "198.51.100.0/24" }],
    ["sgr-02", { IpProtocol: "tcp", FromPort: 6379, ToPort: 6380, PrefixListId: "pl-63a5400a" }],
    ["sgr-03", { FromPort: 0, ToPort: 65535 }],
    ["sgr-04", { ReferencedGroupId: "sg-1b2c3d4e" }],
  ]);
  expect(claimed(event)).toEqual([
    { ...common, resource: group, source: range, rule: { id: "sgr-01", protocol: "-1" } },
    {
      ...common,
      resource: group,
      source: { kind: "prefixList", prefixList: "pl-63a5400a", entries: [] },
      rule: { id: "sgr-02", protocol: "tcp", fromPort: 6379, toPort: 6380 },
    },
    {
      ...common,
      resource: group,
      source: { kind: "securityGroup", owner: "unknown", securityGroup: "sg-1b2c3d4e" },
      rule: { id: "sgr-04", protocol: "-1" },
    },
  ]);
});
