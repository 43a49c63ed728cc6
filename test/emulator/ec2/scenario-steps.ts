import {
  AuthorizeSecurityGroupIngressCommand as Authorize,
  CreateSecurityGroupCommand as CreateGroup,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand as DescribeRules,
  type DescribeSecurityGroupRulesCommandOutput,
  type EC2Client,
  type IpPermission,
} from "@aws-sdk/client-ec2";

import type { Step } from "./scenario.ts";

/** All rules of a group. */
export const rulesOf = (client: EC2Client, group: string): Promise<DescribeSecurityGroupRulesCommandOutput> =>
  client.send(new DescribeRules({ Filters: [{ Name: "group-id", Values: [group] }] }));

/** Creates a VPC that is not the default one, and the group "web" in it. */
export const ground: readonly Step[] = [
  { call: (client) => client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" })), save: { vpc: "Vpc.VpcId" }, expect: {} },
  {
    call: (client, id) => client.send(new CreateGroup({ GroupName: "web", Description: "for tests", VpcId: id("vpc") })),
    save: { web: "GroupId" },
    expect: { GroupId: "web" },
  },
];

/** Authorizes a permission on "web" and saves the id of its rule. */
export const authorized = (permission: IpPermission, rule: object, differs?: Step["moto"]): Step => ({
  call: (client, id) => client.send(new Authorize({ GroupId: id("web"), IpPermissions: [permission] })),
  save: { rule: "SecurityGroupRules.0.SecurityGroupRuleId" },
  expect: { Return: true, SecurityGroupRules: [{ SecurityGroupRuleId: "rule", GroupId: "web", IsEgress: false, ...rule }] },
  ...(differs && { moto: differs }),
});

/** The rule of a new group. */
export const egress: object = { IsEgress: true, IpProtocol: "-1", FromPort: -1, ToPort: -1, CidrIpv4: "0.0.0.0/0" };
/** Known differences of moto. */
export const oneCode: string = "moto has one code for both; the one for rule ids is in EC2's page of error codes";
export const noRuleSet: string = "moto answers a revoke without RevokedSecurityGroupRules";
