import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  GetManagedPrefixListEntriesCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type { Authorization, Call, Send, Standing } from "../authorization.ts";
import { AwsFailure, catchUp } from "../aws.ts";
import { nameOf, valuesOf } from "../cloudtrail.ts";
import { accountId } from "../domain/account.ts";
import type { Grant, Rule, Source } from "../domain/grant.ts";
import { parseRange } from "../domain/range.ts";
import { standingOn } from "../reading.ts";
import { ec2 } from "../services/ec2.ts";

/** One ingress rule of a VPC security group, as it is stored; undefined source: it cannot be read. */
export interface IngressRule {
  readonly group: string;
  readonly rule: Rule;
  /** Whom it lets in, as far as the rule itself says it: the owner of a group and the entries of a prefix list may have to be asked for. */
  readonly source: Source | undefined;
}

/** Reads a rule as DescribeSecurityGroupRules gives it, or CloudTrail's securityGroupRuleSet; undefined for what is no ingress rule. */
export function readRule(bag: unknown): IngressRule | undefined {
  const id = nameOf(bag, "securityGroupRuleId");
  const group = nameOf(bag, "groupId");
  if (valuesOf(bag, "isEgress")[0] !== false || !id || !group || !/^sg-[0-9a-f]+$/.test(group)) return undefined;
  const protocol = nameOf(bag, "ipProtocol") ?? "-1";
  return { group, rule: { id, protocol, ...portsOf(bag) }, source: sourceOf(bag) };
}

/** Ports are absent, or -1, where a rule is for all of them. */
export function portsOf(bag: unknown): { fromPort?: number; toPort?: number } {
  const [from, to] = [portOf(bag, "fromPort"), portOf(bag, "toPort")];
  return from === undefined || to === undefined ? {} : { fromPort: from, toPort: to };
}

/** The port under a key, which CloudTrail has as a number or as its digits; undefined for anything else. */
export function portOf(bag: unknown, key: string): number | undefined {
  const [port] = valuesOf(bag, key);
  return /^[0-9]{1,5}$/.test(typeof port === "number" ? String(port) : typeof port === "string" ? port : "") ? Number(port) : undefined;
}

function sourceOf(bag: unknown): Source | undefined {
  const ranges = [...valuesOf(bag, "cidrIpv4"), ...valuesOf(bag, "cidrIpv6")];
  const lists = valuesOf(bag, "prefixListId");
  const references = valuesOf(bag, "referencedGroupInfo");
  const [only, ...others] = [...ranges, ...lists, ...references];
  if (others.length > 0) return undefined;
  if (ranges.length > 0) return typeof only === "string" && parseRange(only) ? { kind: "range", range: only } : undefined;
  if (lists.length > 0)
    return typeof only === "string" && /^pl-[0-9a-f]+$/.test(only) ? { kind: "prefixList", prefixList: only, entries: [] } : undefined;
  const securityGroup = nameOf(only, "groupId");
  const owner = accountId(nameOf(only, "userId") ?? "") ?? "unknown";
  return securityGroup === undefined ? undefined : { kind: "securityGroup", owner, securityGroup };
}

/** True when the rule lets TCP through to the port. */
export function reaches({ protocol, fromPort, toPort }: Rule, port: number): boolean {
  const named = protocol.toLowerCase();
  if (named === "-1" || named === "all") return true;
  if (named !== "tcp" && named !== "6") return false;
  return fromPort === undefined || toPort === undefined || (fromPort <= port && port <= toPort);
}

/** The ingress rules of one group, or of all groups of the account and Region. */
export async function* ingressRules(send: Send, group?: string): AsyncGenerator<IngressRule> {
  for await (const each of describedRules(send, group)) {
    const rule = readRule(each);
    if (rule) yield rule;
  }
}

/** The rules of either direction, as EC2 describes them. */
export async function* describedRules(send: Send, group?: string): AsyncGenerator<unknown> {
  const Filters = group === undefined ? undefined : [{ Name: "group-id", Values: [group] }];
  let NextToken: string | undefined;
  do {
    const page = await send(ec2, new DescribeSecurityGroupRulesCommand({ Filters, NextToken, MaxResults: 1000 }), "SecurityGroupRules");
    yield* page.SecurityGroupRules;
    NextToken = page.NextToken;
  } while (NextToken);
}

/** The ids of the groups of that name in the default VPC, the only one in which EC2's calls take a name. */
export async function groupsNamed(name: string, send: Send): Promise<readonly string[]> {
  try {
    const { SecurityGroups } = await send(ec2, new DescribeSecurityGroupsCommand({ GroupNames: [name] }), "SecurityGroups");
    return SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []);
  } catch (failure) {
    if (failure instanceof AwsFailure && failure.meaning === "notFound") return [];
    throw failure;
  }
}

/** Asks for what the rule itself does not say of its source: the entries of a prefix list, the owner of a group. Throws an AwsFailure. */
export async function complete(source: Source, send: Send): Promise<Source> {
  if (source.kind === "prefixList") return { ...source, entries: await entriesOf(source.prefixList, send) };
  if (source.kind === "securityGroup" && source.owner === "unknown") return { ...source, owner: await ownerOf(source.securityGroup, send) };
  return source;
}

async function entriesOf(PrefixListId: string, send: Send): Promise<readonly string[]> {
  const entries: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await send(ec2, new GetManagedPrefixListEntriesCommand({ PrefixListId, NextToken }), "Entries");
    entries.push(...page.Entries.flatMap(({ Cidr }) => Cidr ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return entries.every((entry) => parseRange(entry)) ? entries : [];
}

/** Only a group that EC2 shows as this account's own is its own: a deleted one, or another account's, stays unknown. */
async function ownerOf(group: string, send: Send): Promise<(Source & { kind: "securityGroup" })["owner"]> {
  const { SecurityGroups } = await send(ec2, new DescribeSecurityGroupsCommand({ GroupIds: [group] }), "SecurityGroups");
  return accountId(SecurityGroups[0]?.OwnerId ?? "") ?? "unknown";
}

/** Lists rules as what stands. */
async function* list(send: Send, resource?: string): AsyncGenerator<Standing> {
  for await (const { group, rule, source } of ingressRules(send, resource))
    yield source ? { resource: group, rule, source } : { resource: group, rule, unreadable: `rule ${rule.id}` };
}

const rereads = 4;

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
  for (let attempt = 1; ; attempt++) {
    const standing = (await standingOn(grant, { list }, send)).filter((each) => each.rule?.id === rule.id);
    // EC2's reads may lag behind its writes.
    if (standing.length === 0 || attempt === rereads || !(await catchUp(attempt, send))) return standing;
  }
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
  let NextToken: string | undefined;
  do {
    const page = await send(ec2, new DescribeNetworkInterfacesCommand({ Filters, NextToken, MaxResults: 1000 }), "NetworkInterfaces");
    for (const { NetworkInterfaceId = "", RequesterId = "", RequesterManaged, Description = "" } of page.NetworkInterfaces)
      if (!isOfStore(RequesterId, RequesterManaged ? Description : "")) others.push(NetworkInterfaceId);
    NextToken = page.NextToken;
  } while (NextToken);
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
