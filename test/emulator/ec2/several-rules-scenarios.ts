import { AuthorizeSecurityGroupIngressCommand as Authorize, RevokeSecurityGroupIngressCommand as Revoke } from "@aws-sdk/client-ec2";
import { range, tcp } from "./groups.ts";
import type { Scenario } from "./scenario.ts";
import { authorized, egress, ground, oneCode, rulesOf } from "./scenario-steps.ts";

const Tags = [{ Key: "team", Value: "data" }];
const taggedRules = [
  { CidrIpv4: "203.0.113.0/24", Description: "office", Tags },
  { CidrIpv4: "198.51.100.0/24", Description: "branch", Tags },
];

/** Calls with several rules. */
export const severalRulesScenarios: readonly Scenario[] = [
  {
    name: "of several rule ids, one that is unknown leaves all rules as they are",
    steps: [
      ...ground,
      authorized(range("203.0.113.0/24"), { CidrIpv4: "203.0.113.0/24" }),
      {
        call: (client, id) => client.send(new Revoke({ GroupId: id("web"), SecurityGroupRuleIds: [id("rule"), "sgr-0123456789abcdef0"] })),
        expect: "InvalidSecurityGroupRuleId.NotFound",
        moto: { answers: "InvalidPermission.NotFound", because: oneCode },
      },
      { call: (client, id) => rulesOf(client, id("web")), expect: { SecurityGroupRules: [egress, { CidrIpv4: "203.0.113.0/24" }] } },
    ],
  },
  {
    name: "every rule of a call has its tags, and each source its description",
    steps: [
      ...ground,
      {
        call: (client, id) => {
          const IpRanges = [
            { CidrIp: "203.0.113.0/24", Description: "office" },
            { CidrIp: "198.51.100.0/24", Description: "branch" },
          ];
          const form = { GroupId: id("web"), IpPermissions: [tcp(5439, { IpRanges })] };
          return client.send(new Authorize({ ...form, TagSpecifications: [{ ResourceType: "security-group-rule", Tags }] }));
        },
        expect: { SecurityGroupRules: taggedRules },
      },
      { call: (client, id) => rulesOf(client, id("web")), expect: { SecurityGroupRules: [egress, ...taggedRules] } },
    ],
  },
];
