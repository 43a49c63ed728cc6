import { DescribeNetworkInterfacesCommand, RevokeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import { AwsFailure } from "#aws/connect.ts";
import { ec2 } from "#aws/ec2.ts";
import type { Grant, Source } from "#domain/grant.ts";
import { parseRange } from "#domain/range.ts";
import type { Authorization, Call, Send, Standing } from "../authorization.ts";
import { pages, reread, standingOn } from "../define.ts";
import { ingressRules } from "./rules.ts";

/** Lists rules as what stands. */
async function* list(send: Send, resource?: string): AsyncGenerator<Standing> {
  for await (const { group, rule, source } of ingressRules(send, resource))
    yield source ? { resource: group, rule, source } : { resource: group, rule, unreadable: `rule ${rule.id}` };
}

/**
 * Takes back one rule by its id, which is exact. An answer of success is not believed before the rule is no longer listed,
 * and one that names what was not revoked is no success: so a default VPC says that a rule was not found.
 */
async function revoke(grant: Grant, send: Send): Promise<readonly Standing[]> {
  const { resource, rule } = grant;
  if (!rule) throw new TypeError("A security group is taken back by rule");
  const command = new RevokeSecurityGroupIngressCommand({ GroupId: resource, SecurityGroupRuleIds: [rule.id] });
  const { Return, RevokedSecurityGroupRules, UnknownIpPermissions = [] } = await send(ec2, command, "Return");
  const isRevoked = RevokedSecurityGroupRules?.some(({ SecurityGroupRuleId }) => SecurityGroupRuleId === rule.id) ?? true;
  if (!Return || !isRevoked || UnknownIpPermissions.length > 0)
    throw new AwsFailure(new Error("AWS answered that it did not revoke the rule"), 1, "notFound");
  const stillStanding = async () => (await standingOn(grant, { list }, send)).filter((each) => each.rule?.id === rule.id);
  return reread(send, stillStanding, (standing) => standing.length === 0);
}

function undo({ resource, source, rule }: Grant): Call {
  const { fromPort, toPort, protocol } = rule ?? { protocol: "-1" };
  const ports = { ...(fromPort !== undefined && { FromPort: fromPort }), ...(toPort !== undefined && { ToPort: toPort }) };
  const permission = { IpProtocol: protocol, ...ports, ...permissionSource(source) };
  return { operation: "AuthorizeSecurityGroupIngress", input: { GroupId: resource, IpPermissions: [permission] } };
}

function permissionSource(source: Source): object {
  switch (source.kind) {
    case "range":
      return parseRange(source.range)?.family === 6
        ? { Ipv6Ranges: [{ CidrIpv6: source.range }] }
        : { IpRanges: [{ CidrIp: source.range }] };
    case "prefixList":
      return { PrefixListIds: [{ PrefixListId: source.prefixList }] };
    case "securityGroup": {
      const owner = source.owner === "unknown" ? {} : { UserId: source.owner };
      return { UserIdGroupPairs: [{ GroupId: source.securityGroup, ...owner }] };
    }
    case "account":
      throw new TypeError("A security group lets in no account as a whole");
  }
}

/** A group that also stands before other network interfaces is not ours to cut off. */
async function spared({ resource }: Grant, send: Send): Promise<string | undefined> {
  const Filters = [{ Name: "group-id", Values: [resource] }];
  const others: string[] = [];
  const ask = (NextToken?: string) =>
    send(ec2, new DescribeNetworkInterfacesCommand({ Filters, NextToken, MaxResults: 1000 }), "NetworkInterfaces");
  for await (const page of pages(ask, "NextToken"))
    for (const { NetworkInterfaceId = "", RequesterId = "", RequesterManaged, Description = "" } of page.NetworkInterfaces)
      if (!isOfStore(RequesterId, RequesterManaged ? Description : "")) others.push(NetworkInterfaceId);
  if (others.length === 0) return undefined;
  const shown = others.length > 3 ? `${others.slice(0, 3).join(", ")} and ${others.length - 3} more` : others.join(", ");
  return `not revoked: ${resource} also stands before ${shown}; "sharedGroups": "revoke" in the policy would revoke it`;
}

/** How ElastiCache and Redshift mark the network interfaces that they make; anybody can describe one of their own so. */
function isOfStore(requester: string, description: string): boolean {
  return /^amazon-(elasticache|redshift)/.test(requester) || /^(ElastiCache |RedshiftNetworkInterface)/.test(description);
}

/** What all authorizations of VPC rules share. */
export const ruleActions: Pick<Authorization, "list" | "revoke" | "undo" | "spared"> = { list, revoke, undo, spared };
