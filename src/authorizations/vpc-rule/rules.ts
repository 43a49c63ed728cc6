import { DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand, GetManagedPrefixListEntriesCommand } from "@aws-sdk/client-ec2";
import { ec2 } from "#aws/ec2.ts";
import { isAbsent } from "#aws/failure.ts";
import { pages } from "#aws/pages.ts";
import type { Send } from "#aws/send.ts";
import { nameOf, valuesOf } from "#cloudtrail/fields.ts";
import { accountId } from "#domain/account.ts";
import type { Rule } from "#domain/grant.ts";
import { parseRange } from "#domain/range.ts";
import type { Source } from "#domain/source.ts";
import { isGroupId } from "#domain/source.ts";

/** One ingress rule of a VPC security group as it is stored. A source that cannot be read is undefined. */
export interface IngressRule {
  readonly group: string;
  readonly rule: Rule;
  /** As far as the rule itself says it: a group may lack its owner, a prefix list its entries. */
  readonly source: Source | undefined;
}

/** Reads a rule as DescribeSecurityGroupRules or CloudTrail's securityGroupRuleSet shows it; undefined for anything but an ingress rule. */
export function readRule(bag: unknown): IngressRule | undefined {
  const id = nameOf(bag, "securityGroupRuleId");
  const group = nameOf(bag, "groupId");
  if (valuesOf(bag, "isEgress")[0] !== false || !id || !isGroupId(group)) return undefined;
  const protocol = nameOf(bag, "ipProtocol") ?? "-1";
  return { group, rule: { id, protocol, ...portsOf(bag) }, source: sourceOf(bag) };
}

/** The ports of a rule; none when they are absent or -1, which means all of them. */
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

/** True when the rule permits TCP to the port. */
export function reaches({ protocol, fromPort, toPort }: Rule, port: number): boolean {
  const named = protocol.toLowerCase();
  if (named === "-1" || named === "all") return true;
  if (named !== "tcp" && named !== "6") return false;
  return fromPort === undefined || toPort === undefined || (fromPort <= port && port <= toPort);
}

/** The ingress rules of one group, or of all groups in the account and Region. Throws an AwsFailure. */
export async function* ingressRules(send: Send, group?: string): AsyncGenerator<IngressRule> {
  for await (const each of describedRules(send, group)) {
    const rule = readRule(each);
    if (rule) yield rule;
  }
}

/** The ingress rules of several groups, one group after the other. Throws an AwsFailure. */
export async function rulesOfGroups(groups: Iterable<string>, send: Send): Promise<IngressRule[]> {
  const rules: IngressRule[] = [];
  for (const group of groups) for await (const rule of ingressRules(send, group)) rules.push(rule);
  return rules;
}

/** Ingress and egress rules, as EC2 describes them. Throws an AwsFailure. */
export async function* describedRules(send: Send, group?: string): AsyncGenerator<unknown> {
  const Filters = group === undefined ? undefined : [{ Name: "group-id", Values: [group] }];
  const ask = (NextToken?: string) =>
    send(ec2, new DescribeSecurityGroupRulesCommand({ Filters, NextToken, MaxResults: 1000 }), "SecurityGroupRules");
  for await (const { SecurityGroupRules } of pages(ask, "NextToken")) yield* SecurityGroupRules;
}

/** The ids of the groups of that name in the default VPC, the only VPC in which EC2's calls accept a name. */
export async function groupsNamed(name: string, send: Send): Promise<readonly string[]> {
  try {
    const { SecurityGroups } = await send(ec2, new DescribeSecurityGroupsCommand({ GroupNames: [name] }), "SecurityGroups");
    return SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []);
  } catch (failure) {
    if (isAbsent(failure)) return [];
    throw failure;
  }
}

/** Reads what the rule itself does not say of its source: the entries of a prefix list, the owner of a group. Throws an AwsFailure. */
export async function completeSource(source: Source, send: Send): Promise<Source> {
  if (source.kind === "prefixList") return { ...source, entries: await entriesOf(source.prefixList, send) };
  if (source.kind === "securityGroup" && source.owner === "unknown") return { ...source, owner: await ownerOf(source.securityGroup, send) };
  return source;
}

async function entriesOf(PrefixListId: string, send: Send): Promise<readonly string[]> {
  const entries: string[] = [];
  const ask = (NextToken?: string) => send(ec2, new GetManagedPrefixListEntriesCommand({ PrefixListId, NextToken }), "Entries");
  for await (const { Entries } of pages(ask, "NextToken")) entries.push(...Entries.flatMap(({ Cidr }) => Cidr ?? []));
  return entries.every((entry) => parseRange(entry)) ? entries : [];
}

/** The owner of a group that EC2 shows to this account; a deleted group's, or another account's, stays unknown. */
async function ownerOf(group: string, send: Send): Promise<(Source & { kind: "securityGroup" })["owner"]> {
  const { SecurityGroups } = await send(ec2, new DescribeSecurityGroupsCommand({ GroupIds: [group] }), "SecurityGroups");
  return accountId(SecurityGroups[0]?.OwnerId ?? "") ?? "unknown";
}
