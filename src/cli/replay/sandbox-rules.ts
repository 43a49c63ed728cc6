import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  ModifyManagedPrefixListCommand,
  ModifySecurityGroupRulesCommand,
} from "@aws-sdk/client-ec2";
import type { Revocable } from "#authorizations/authorization.ts";
import type { Claim, NamedStore } from "#authorizations/event.ts";
import { groupsNamed } from "#authorizations/vpc-rule/rules.ts";
import { ec2 } from "#aws/ec2.ts";
import type { Send } from "#aws/send.ts";
import { member, valuesOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import { makeStore } from "./sandbox-store.ts";

const assumedStores: readonly NamedStore[] = [
  { kind: "cache", service: "elasticache", resource: "replayed-cache" },
  { kind: "cluster", service: "redshift", resource: "replayed-cluster" },
];

/** What rules are made with in the emulator. */
interface RuleContext {
  readonly authorization: Revocable;
  readonly send: Send;
}

/** Creates the rules, groups and stores of a record's claims. Returns the event with the ids of the created rules. Throws an AwsFailure. */
export async function makeRules(
  event: unknown,
  record: CloudTrailRecord,
  claims: readonly Claim[],
  context: RuleContext,
): Promise<unknown> {
  const { send } = context;
  const grants: Grant[] = [];
  for (const claim of claims) {
    if (claim.kind === "attached") await attach(claim.store, claim.groups, send);
    if (claim.kind === "edited") grants.push(await ruleFor(claim, send));
    if (claim.kind === "granted") for (const resource of await groupsOrNew(claim.grant, send)) grants.push({ ...claim.grant, resource });
  }
  const groups = [...new Set(grants.map(({ resource }) => resource))];
  // A rule matters only if its group is attached to a store. The event names none, so replay assumes a cache and a warehouse.
  if (groups.length > 0) for (const store of assumedStores) await makeStore(store, groups, send);
  const createdRules: object[] = [];
  for (const grant of grants) createdRules.push(...(await makeRule(grant, context)));
  for (const claim of claims) if (claim.kind === "edited") await editList(claim, send);
  const showsRules = valuesOf(record.responseElements, "securityGroupRuleSet").length > 0;
  return showsRules && createdRules.length > 0 ? withRules(event, createdRules) : event;
}

type Edited = Claim & { readonly kind: "edited" };

/** The name of the group that replay assumes for an edited prefix list. */
export const groupOfList = "replayed-group";

/** Returns a rule of an assumed group, which refers to the list with all protocols. The emulator creates the list. */
async function ruleFor({ place, prefixList }: Edited, send: Send): Promise<Grant> {
  const call = { place, service: "ec2", authorization: "AuthorizeSecurityGroupIngress", resource: groupOfList };
  const grant: Grant = { ...call, source: { kind: "prefixList", prefixList, entries: [] }, rule: { protocol: "-1" } };
  const [resource = ""] = await groupsOrNew(grant, send);
  return { ...grant, resource };
}

/** Adds the entries that the event shows to the list, which has no others: the event does not show them. */
async function editList({ prefixList, added }: Edited, send: Send): Promise<void> {
  const edit = async (change: object) =>
    send(ec2, new ModifyManagedPrefixListCommand({ PrefixListId: prefixList, ...change }), "PrefixList");
  await edit({ MaxEntries: Math.max(added.length, 1) });
  if (added.length > 0) await edit({ AddEntries: added.map((Cidr) => ({ Cidr })) });
}

/** Creates a store with groups. The event does not show the groups' rules, so each gets a rule that is open to everyone. */
async function attach(store: NamedStore, groups: readonly string[], send: Send): Promise<void> {
  const IpPermissions = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  for (const GroupId of groups) await send(ec2, new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }), "Return");
  await makeStore(store, [...groups], send);
}

/** Returns the ids of a grant's group. An event may show only the group's name. Throws an AwsFailure. */
export async function groupsOf({ resource }: Pick<Grant, "resource">, send: Send): Promise<readonly string[]> {
  return resource.startsWith("sg-") ? [resource] : groupsNamed(resource, send);
}

/** Does the same, but creates a group that is named and missing. The emulator creates a group by its id in the first call about it. */
async function groupsOrNew(grant: Grant, send: Send): Promise<readonly string[]> {
  const groups = await groupsOf(grant, send);
  if (groups.length > 0) return groups;
  const { GroupId } = await send(ec2, new CreateSecurityGroupCommand({ GroupName: grant.resource, Description: "replayed" }), "GroupId");
  return [GroupId];
}

/** Creates a rule with a new id, or changes the rule whose id the event shows. Returns the rules with new ids. */
async function makeRule(grant: Grant, { authorization, send }: RuleContext): Promise<readonly object[]> {
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
    Description: rule.description,
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

/** Returns the event with the created rules in its response, because their ids differ from the event's. */
function withRules(event: unknown, rules: readonly object[]): unknown {
  const detail = Object(member(event, "detail"));
  return { ...Object(event), detail: { ...detail, responseElements: { _return: true, securityGroupRuleSet: { items: rules } } } };
}
