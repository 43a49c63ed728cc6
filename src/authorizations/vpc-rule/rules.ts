import { DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand, GetManagedPrefixListEntriesCommand } from "@aws-sdk/client-ec2";
import { ec2 } from "#aws/ec2.ts";
import { isAbsent } from "#aws/failure.ts";
import { everyOf, pages } from "#aws/pages.ts";
import { mostKeys, type SharingSend } from "#aws/reads.ts";
import type { Send } from "#aws/send.ts";
import { itemsOf, nameOf, valuesOf } from "#cloudtrail/fields.ts";
import { accountId } from "#domain/account.ts";
import type { Rule, Tag } from "#domain/grant.ts";
import { parseRange } from "#domain/range.ts";
import type { Source } from "#domain/source.ts";
import { isGroupId } from "#domain/source.ts";

/** One ingress rule of a VPC security group as EC2 stores it. */
export interface IngressRule {
  readonly group: string;
  readonly rule: Rule;
  /** The source as the rule shows it: a group's owner may be unknown, a prefix list has no entries. Undefined when it cannot be read. */
  readonly source: Source | undefined;
}

/**
 * Reads a rule as DescribeSecurityGroupRules or CloudTrail's securityGroupRuleSet shows it; undefined for anything but an ingress rule.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 */
export function readRule(object: unknown): IngressRule | undefined {
  const id = nameOf(object, "securityGroupRuleId");
  const group = nameOf(object, "groupId");
  if (valuesOf(object, "isEgress")[0] !== false || !id || !isGroupId(group)) return undefined;
  const protocol = nameOf(object, "ipProtocol") ?? "-1";
  const tags = tagsOf(object);
  const rule = { id, protocol, ...portsOf(object), ...descriptionOf(object), ...(tags.length > 0 && { tags }) };
  return { group, rule, source: sourceOf(object) };
}

/** Returns the description of a rule or of a change; none when it is absent or not printable, which EC2 does not accept. */
export function descriptionOf(object: unknown): { description?: string } {
  const description = nameOf(object, "description");
  return description === undefined ? {} : { description };
}

/** Returns the tags of a rule that can be read. The SDK names the list `Tags`, EC2 and its records name it `tagSet`. */
function tagsOf(object: unknown): Tag[] {
  return [...itemsOf(object, "tags"), ...itemsOf(object, "tagSet")].flatMap((tag) => {
    const key = nameOf(tag, "key");
    const value = valuesOf(tag, "value").length === 0 ? "" : nameOf(tag, "value", 256);
    return key === undefined || value === undefined ? [] : { key, value };
  });
}

/** Returns the ports of a rule; none when they are absent or -1, which means all ports. */
export function portsOf(object: unknown): { fromPort?: number; toPort?: number } {
  const [from, to] = [portOf(object, "fromPort"), portOf(object, "toPort")];
  return from === undefined || to === undefined ? {} : { fromPort: from, toPort: to };
}

/** Returns the port under a key, which CloudTrail logs as a number or as digits; undefined for anything else. */
export function portOf(object: unknown, key: string): number | undefined {
  const [port] = valuesOf(object, key);
  return /^[0-9]{1,5}$/.test(typeof port === "number" ? String(port) : typeof port === "string" ? port : "") ? Number(port) : undefined;
}

function sourceOf(object: unknown): Source | undefined {
  const ranges = [...valuesOf(object, "cidrIpv4"), ...valuesOf(object, "cidrIpv6")];
  const lists = valuesOf(object, "prefixListId");
  const references = valuesOf(object, "referencedGroupInfo");
  const [only, ...others] = [...ranges, ...lists, ...references];
  if (others.length > 0) return undefined;
  if (ranges.length > 0) return typeof only === "string" && parseRange(only) ? { kind: "range", range: only } : undefined;
  if (lists.length > 0)
    return typeof only === "string" && /^pl-[0-9a-f]+$/.test(only) ? { kind: "prefixList", prefixList: only, entries: [] } : undefined;
  const securityGroup = nameOf(only, "groupId");
  const owner = accountId(nameOf(only, "userId") ?? "") ?? "unknown";
  return securityGroup === undefined ? undefined : { kind: "securityGroup", owner, securityGroup };
}

/** True when the rule allows TCP traffic to the port. */
export function reaches(rule: Rule, port: number): boolean {
  const { fromPort = 0, toPort = 0 } = rule;
  return allowsTcp(rule) && (isForAllPorts(rule) || (fromPort <= port && port <= toPort));
}

/** True when the rule allows TCP traffic to some port. */
export function allowsTcp({ protocol }: Rule): boolean {
  return ["-1", "all", "tcp", "6"].includes(protocol.toLowerCase());
}

function isForAllPorts({ protocol, fromPort, toPort }: Rule): boolean {
  return ["-1", "all"].includes(protocol.toLowerCase()) || fromPort === undefined || toPort === undefined;
}

/** Yields the ingress rules of one group, or of all groups in the place. Throws an AwsFailure. */
export async function* ingressRules(send: Send, group?: string): AsyncGenerator<IngressRule> {
  for await (const each of describedRules(send, group === undefined ? undefined : [group])) {
    const rule = readRule(each);
    if (rule) yield rule;
  }
}

/** Returns the ingress rules of several groups. Throws an AwsFailure. */
export async function rulesOfGroups(groups: Iterable<string>, send: SharingSend): Promise<IngressRule[]> {
  return (await everyRuleOf([...new Set(groups)], send)).flatMap((each) => readRule(each) ?? []);
}

/** Returns the ingress and egress rules of several groups, as EC2 describes them. Events share the requests. Throws an AwsFailure. */
export async function everyRuleOf(groups: readonly string[], send: SharingSend): Promise<unknown[]> {
  const rules: unknown[] = [];
  for (let n = 0; n < groups.length; n += mostKeys) {
    const some = groups.slice(n, n + mostKeys);
    const read = await send.together("rules", some, (all, sendNow) => everyOf(describedRules(sendNow, all)));
    rules.push(...read.filter((rule) => some.includes(nameOf(rule, "groupId") ?? "")));
  }
  return rules;
}

/** Yields the ingress rules of up to `mostKeys` groups, page by page. Throws an AwsFailure. */
export async function* rulePagesOf(groups: readonly string[], send: Send): AsyncGenerator<IngressRule[]> {
  for await (const page of describedRulePages(send, groups)) yield page.flatMap((each) => readRule(each) ?? []);
}

/**
 * Yields pages of ingress and egress rules of some groups, or of all groups in the place, as EC2 describes them. Throws an AwsFailure.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html
 */
async function* describedRulePages(send: Send, groups?: readonly string[]): AsyncGenerator<readonly unknown[]> {
  const Filters = groups && [{ Name: "group-id", Values: [...groups] }];
  const ask = (NextToken?: string) =>
    send(ec2, new DescribeSecurityGroupRulesCommand({ Filters, NextToken, MaxResults: 1000 }), "SecurityGroupRules");
  for await (const { SecurityGroupRules } of pages(ask, "NextToken")) yield SecurityGroupRules;
}

async function* describedRules(send: Send, groups?: readonly string[]): AsyncGenerator<unknown> {
  for await (const page of describedRulePages(send, groups)) yield* page;
}

/** Returns the ids of the groups with a name in the default VPC, the only one in which EC2 accepts group names. Throws an AwsFailure. */
export async function groupsNamed(name: string, send: Send): Promise<readonly string[]> {
  try {
    const { SecurityGroups } = await send(ec2, new DescribeSecurityGroupsCommand({ GroupNames: [name] }), "SecurityGroups");
    return SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []);
  } catch (failure) {
    if (isAbsent(failure)) return [];
    throw failure;
  }
}

/** Reads what is not known of a rule's source: the entries of a prefix list, or the owner of a group. Throws an AwsFailure. */
export async function completeSource(source: Source, { once }: SharingSend): Promise<Source> {
  if (source.kind === "prefixList" && source.entries.length === 0) {
    const { prefixList } = source;
    return { ...source, entries: await once(`entries of ${prefixList}`, (send) => entriesOf(prefixList, send)) };
  }
  if (source.kind === "securityGroup" && source.owner === "unknown") {
    const { securityGroup } = source;
    return { ...source, owner: await once(`owner of ${securityGroup}`, (send) => ownerOf(securityGroup, send)) };
  }
  return source;
}

/** Returns the entries of a version of a prefix list, by default of the current one; none if one cannot be read. Throws an AwsFailure. */
export async function entriesOf(PrefixListId: string, send: Send, TargetVersion?: number): Promise<readonly string[]> {
  const entries: string[] = [];
  const ask = (NextToken?: string) =>
    send(ec2, new GetManagedPrefixListEntriesCommand({ PrefixListId, TargetVersion, NextToken }), "Entries");
  for await (const { Entries } of pages(ask, "NextToken")) entries.push(...Entries.flatMap(({ Cidr }) => Cidr ?? []));
  return entries.every((entry) => parseRange(entry)) ? entries : [];
}

/** Returns the owner of a group, if EC2 shows the group to this account. Otherwise it stays unknown. */
async function ownerOf(group: string, send: Send): Promise<(Source & { kind: "securityGroup" })["owner"]> {
  const { SecurityGroups } = await send(ec2, new DescribeSecurityGroupsCommand({ GroupIds: [group] }), "SecurityGroups");
  return accountId(SecurityGroups[0]?.OwnerId ?? "") ?? "unknown";
}
