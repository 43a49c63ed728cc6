import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, ModifySecurityGroupRulesCommand } from "@aws-sdk/client-ec2";
import type { Authorization } from "#authorizations/authorization.ts";
import type { Claim } from "#authorizations/event.ts";
import { groupsNamed } from "#authorizations/vpc-rule/rules.ts";
import { ec2 } from "#aws/ec2.ts";
import type { Send } from "#aws/send.ts";
import { member, valuesOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import type { Grant, Store } from "#domain/grant.ts";
import { makeStore } from "./sandbox-store.ts";

const assumedStores: readonly Store[] = [
  { service: "elasticache", resource: "replayed-cache" },
  { service: "redshift", resource: "replayed-cluster" },
];

/** How rules are made in the emulator. */
interface Means {
  readonly authorization: Authorization;
  readonly send: Send;
}

/** Makes the rules, groups and stores that a record claims, and gives the event to judge, with the rules' ids of here. Throws an AwsFailure. */
export async function makeRules(event: unknown, record: CloudTrailRecord, claims: readonly Claim[], means: Means): Promise<unknown> {
  const { send } = means;
  const grants: Grant[] = [];
  for (const claim of claims) {
    if (claim.kind === "attached") await attach(claim.store, claim.groups, send);
    if (claim.kind === "granted") for (const resource of await groupsOrNew(claim.grant, send)) grants.push({ ...claim.grant, resource });
  }
  const groups = [...new Set(grants.map(({ resource }) => resource))];
  // A group matters only when it is attached to a store, which the event does not name: replay assumes one of each kind.
  if (groups.length > 0) for (const store of assumedStores) await makeStore(store, groups, send);
  const made: object[] = [];
  for (const grant of grants) made.push(...(await makeRule(grant, means)));
  const showsRules = valuesOf(record.responseElements, "securityGroupRuleSet").length > 0;
  return showsRules && made.length > 0 ? withRules(event, made) : event;
}

/** Attaches groups to a store. The event does not show the groups' rules, so the worst is assumed. */
async function attach(store: Store, groups: readonly string[], send: Send): Promise<void> {
  const IpPermissions = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  for (const GroupId of groups) await send(ec2, new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }), "Return");
  await makeStore(store, [...groups], send);
}

/** The ids of the group that a claimed grant is on: an event may name it by its name alone. */
export async function groupsOf({ resource }: Pick<Grant, "resource">, send: Send): Promise<readonly string[]> {
  return resource.startsWith("sg-") ? [resource] : groupsNamed(resource, send);
}

/** The same; a group that is named by its name is made first. A group that is named by its id is made by the first call about it. */
async function groupsOrNew(grant: Grant, send: Send): Promise<readonly string[]> {
  const known = await groupsOf(grant, send);
  if (known.length > 0) return known;
  const { GroupId } = await send(ec2, new CreateSecurityGroupCommand({ GroupName: grant.resource, Description: "replayed" }), "GroupId");
  return [GroupId];
}

/** Makes a rule under a new id; a rule that the event changed keeps its id. */
async function makeRule(grant: Grant, { authorization, send }: Means): Promise<readonly object[]> {
  const { rule, resource } = grant;
  const input = authorization.undo(grant).input as { GroupId: string; IpPermissions: readonly Permission[] };
  if (rule?.id === undefined) {
    const { SecurityGroupRules } = await send(
      ec2,
      new AuthorizeSecurityGroupIngressCommand({ ...input, IpPermissions: [...input.IpPermissions] }),
      "SecurityGroupRules",
    );
    return SecurityGroupRules;
  }
  const [{ IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs } = {}] = input.IpPermissions;
  const form = {
    IpProtocol,
    FromPort,
    ToPort,
    CidrIpv4: IpRanges?.[0]?.CidrIp,
    CidrIpv6: Ipv6Ranges?.[0]?.CidrIpv6,
    PrefixListId: PrefixListIds?.[0]?.PrefixListId,
    ReferencedGroupId: UserIdGroupPairs?.[0]?.GroupId,
  };
  const changes = [{ SecurityGroupRuleId: rule.id, SecurityGroupRule: form }];
  await send(ec2, new ModifySecurityGroupRulesCommand({ GroupId: resource, SecurityGroupRules: changes }), "Return");
  return [];
}

interface Permission {
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges?: { CidrIp: string }[];
  readonly Ipv6Ranges?: { CidrIpv6: string }[];
  readonly PrefixListIds?: { PrefixListId: string }[];
  readonly UserIdGroupPairs?: { GroupId: string; UserId?: string }[];
}

/** The event with the rules as they were made here: they do not have the ids that the event shows. */
function withRules(event: unknown, rules: readonly object[]): unknown {
  const detail = Object(member(event, "detail"));
  return { ...Object(event), detail: { ...detail, responseElements: { _return: true, securityGroupRuleSet: { items: rules } } } };
}
