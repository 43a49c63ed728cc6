import {
  AuthorizeSecurityGroupIngressCommand as Authorize,
  CreateSecurityGroupCommand as CreateGroup,
  DescribeSecurityGroupsCommand as DescribeGroups,
  DescribeSecurityGroupRulesCommand as DescribeRules,
  ModifySecurityGroupRulesCommand as Modify,
  RevokeSecurityGroupIngressCommand as Revoke,
} from "@aws-sdk/client-ec2";
import { range, tcp } from "./groups.ts";
import type { Scenario } from "./scenario.ts";
import { authorized, egress, ground, noRuleSet, oneCode, rulesOf } from "./scenario-steps.ts";

/** Rules: authorized, revoked, modified. */
export const ruleScenarios: readonly Scenario[] = [
  {
    name: "a rule is authorized, found by its id and revoked by it",
    steps: [
      ...ground,
      authorized(range("203.0.113.0/24"), { IpProtocol: "tcp", FromPort: 5439, ToPort: 5439, CidrIpv4: "203.0.113.0/24" }),
      {
        call: (client, id) => client.send(new DescribeRules({ SecurityGroupRuleIds: [id("rule")] })),
        expect: { SecurityGroupRules: [{ SecurityGroupRuleId: "rule", GroupId: "web", CidrIpv4: "203.0.113.0/24" }] },
      },
      {
        call: (client, id) => rulesOf(client, id("web")),
        expect: { SecurityGroupRules: [egress, { SecurityGroupRuleId: "rule", IsEgress: false }] },
      },
      {
        call: (client, id) => client.send(new Revoke({ GroupId: id("web"), SecurityGroupRuleIds: [id("rule")] })),
        expect: { Return: true, RevokedSecurityGroupRules: [{ SecurityGroupRuleId: "rule", GroupId: "web", CidrIpv4: "203.0.113.0/24" }] },
        moto: { answers: { Return: true }, because: noRuleSet },
      },
      { call: (client, id) => rulesOf(client, id("web")), expect: { SecurityGroupRules: [egress] } },
      {
        call: (client, id) => client.send(new Revoke({ GroupId: id("web"), SecurityGroupRuleIds: [id("rule")] })),
        expect: "InvalidSecurityGroupRuleId.NotFound",
        moto: {
          answers: "InvalidPermission.NotFound",
          because: oneCode,
        },
      },
    ],
  },
  {
    name: "ranges are stored canonically",
    steps: [
      ...ground,
      authorized(
        range("10.8.10.1/16"),
        { CidrIpv4: "10.8.0.0/16" },
        {
          answers: { SecurityGroupRules: [{ CidrIpv4: "10.8.10.1/16" }] },
          because: 'moto keeps the text; page API_SecurityGroupRuleRequest: "canonicalizes IPv4 and IPv6 CIDRs"',
        },
      ),
      authorized(
        tcp(5439, { Ipv6Ranges: [{ CidrIpv6: "2001:DB8:0:0:1::/64" }] }),
        { CidrIpv6: "2001:db8::/64" },
        { answers: { SecurityGroupRules: [{ CidrIpv6: "2001:DB8:0:0:1::/64" }] }, because: "moto keeps the text" },
      ),
      {
        call: (client, id) => client.send(new Authorize({ GroupId: id("web"), IpPermissions: [range("10.8.0.0/16")] })),
        expect: "InvalidPermission.Duplicate",
        moto: { answers: { Return: true }, because: "moto keeps the text" },
      },
    ],
  },
  {
    name: "a duplicate of a rule is refused, whatever its description",
    steps: [
      ...ground,
      authorized(range("203.0.113.0/24"), {}),
      {
        call: (client, id) => {
          const IpRanges = [{ CidrIp: "203.0.113.0/24", Description: "again" }];
          return client.send(new Authorize({ GroupId: id("web"), IpPermissions: [tcp(5439, { IpRanges })] }));
        },
        expect: "InvalidPermission.Duplicate",
      },
      authorized(range("203.0.113.0/24", 5440), { FromPort: 5440, ToPort: 5440 }),
    ],
  },
  {
    name: "outside the default VPC, nothing is revoked if one permission is unknown",
    steps: [
      ...ground,
      authorized(range("203.0.113.0/24"), {}),
      {
        call: (client, id) =>
          client.send(new Revoke({ GroupId: id("web"), IpPermissions: [range("203.0.113.0/24"), range("198.51.100.0/24")] })),
        expect: "InvalidPermission.NotFound",
      },
      {
        call: (client, id) => client.send(new DescribeRules({ SecurityGroupRuleIds: [id("rule")] })),
        expect: { SecurityGroupRules: [{ SecurityGroupRuleId: "rule" }] },
        moto: {
          answers: "InvalidSecurityGroupRuleId.NotFound",
          because:
            'moto revokes permission by permission until one is missing; page API_RevokeSecurityGroupIngress: "no rules are revoked"',
        },
      },
    ],
  },
  {
    name: "a rule is revoked by its permission",
    steps: [
      ...ground,
      authorized(range("203.0.113.0/24"), {}),
      {
        call: (client, id) => client.send(new Revoke({ GroupId: id("web"), IpPermissions: [range("203.0.113.0/24")] })),
        expect: { Return: true, RevokedSecurityGroupRules: [{ SecurityGroupRuleId: "rule" }] },
        moto: { answers: { Return: true }, because: noRuleSet },
      },
      { call: (client, id) => rulesOf(client, id("web")), expect: { SecurityGroupRules: [egress] } },
    ],
  },
  {
    name: "the flat form of a request authorizes and revokes a rule",
    steps: [
      ...ground,
      {
        call: (client, id) =>
          client.send(new Authorize({ GroupId: id("web"), IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" })),
        save: { rule: "SecurityGroupRules.0.SecurityGroupRuleId" },
        expect: { SecurityGroupRules: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIpv4: "0.0.0.0/0" }] },
      },
      {
        call: (client, id) =>
          client.send(new Revoke({ GroupId: id("web"), IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" })),
        expect: { Return: true },
      },
      { call: (client, id) => rulesOf(client, id("web")), expect: { SecurityGroupRules: [egress] } },
    ],
  },
  {
    name: "a rule can refer to another group, and reads state its owner",
    steps: [
      ...ground,
      {
        call: (client, id) => client.send(new CreateGroup({ GroupName: "peer", Description: "for tests", VpcId: id("vpc") })),
        save: { peer: "GroupId" },
        expect: {},
      },
      {
        call: (client, id) =>
          client.send(new Authorize({ GroupId: id("web"), IpPermissions: [tcp(6379, { UserIdGroupPairs: [{ GroupId: id("peer") }] })] })),
        expect: { SecurityGroupRules: [{ ReferencedGroupInfo: { GroupId: "peer", UserId: "123456789012" } }] },
      },
      {
        call: (client, id) => client.send(new DescribeGroups({ GroupIds: [id("web")] })),
        expect: { SecurityGroups: [{ IpPermissions: [{ UserIdGroupPairs: [{ GroupId: "peer", UserId: "123456789012" }] }] }] },
      },
      {
        call: (client, id) => client.send(new DescribeGroups({ Filters: [{ Name: "ip-permission.group-id", Values: [id("peer")] }] })),
        expect: { SecurityGroups: [{ GroupId: "web" }] },
      },
    ],
  },
  {
    name: "a rule is modified and keeps its id",
    steps: [
      ...ground,
      authorized(range("10.0.0.0/8"), {}),
      {
        call: (client, id) => {
          const SecurityGroupRule = { IpProtocol: "tcp", FromPort: 5439, ToPort: 5439, CidrIpv4: "0.0.0.0/0" };
          const SecurityGroupRules = [{ SecurityGroupRuleId: id("rule"), SecurityGroupRule }];
          return client.send(new Modify({ GroupId: id("web"), SecurityGroupRules }));
        },
        expect: { Return: true },
      },
      {
        call: (client, id) => client.send(new DescribeRules({ SecurityGroupRuleIds: [id("rule")] })),
        expect: { SecurityGroupRules: [{ SecurityGroupRuleId: "rule", FromPort: 5439, ToPort: 5439, CidrIpv4: "0.0.0.0/0" }] },
      },
      {
        call: (client, id) => {
          const SecurityGroupRules = [{ SecurityGroupRuleId: "sgr-0123456789abcdef0", SecurityGroupRule: { CidrIpv4: "0.0.0.0/0" } }];
          return client.send(new Modify({ GroupId: id("web"), SecurityGroupRules }));
        },
        expect: "InvalidSecurityGroupRuleId.NotFound",
      },
    ],
  },
];
