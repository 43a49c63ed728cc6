import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, ModifySecurityGroupRulesCommand } from "@aws-sdk/client-ec2";
import type { Authorization, Send } from "#authorizations/authorization.ts";
import { attachments } from "#authorizations/vpc-rule/attachments.ts";
import { groupsNamed } from "#authorizations/vpc-rule/rules.ts";
import { ec2 } from "#aws/ec2.ts";
import { type CloudTrailRecord, member, storedNameOf, valuesOf } from "#cloudtrail/record.ts";
import type { Grant, Store } from "#domain/grant.ts";
import { makeStore } from "./sandbox-store.ts";

const standIns: readonly Store[] = [
  { service: "elasticache", resource: "replayed-cache" },
  { service: "redshift", resource: "replayed-cluster" },
];

/** What an event of a VPC security group needs to have stood before it, made in an emulator; gives the event to judge. */
export async function rehearseRules(event: unknown, record: CloudTrailRecord, authorization: Authorization, send: Send): Promise<unknown> {
  const attached = attachedBy(record);
  const told: Grant[] = [];
  for (const grant of authorization.told(record)) for (const resource of await madeGroups(grant, send)) told.push({ ...grant, resource });
  const groups = [...new Set(told.map(({ resource }) => resource))];
  // A group matters only before a store, which the event does not name: replay stands one of each kind behind it.
  if (groups.length > 0) for (const store of standIns) await makeStore(store, groups, send);
  // An event that attaches does not tell what the group's rules were: the worst is taken.
  const IpPermissions = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  for (const GroupId of attached?.groups ?? [])
    await send(ec2, new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }), "Return");
  if (attached) await makeStore(attached, attached.groups, send);
  const made: object[] = [];
  for (const grant of told) made.push(...(await make(grant, authorization, send)));
  const showsRules = valuesOf(record.responseElements, "securityGroupRuleSet").length > 0;
  return showsRules && made.length > 0 ? withRules(event, made) : event;
}

/** The ids of the group that a told grant is on: an event may name it by its name alone. */
export async function groupsOf({ resource }: Pick<Grant, "resource">, send: Send): Promise<readonly string[]> {
  return resource.startsWith("sg-") ? [resource] : groupsNamed(resource, send);
}

/** The same, made first where it is named by its name. What is named by its id is made by the first call about it. */
async function madeGroups(grant: Grant, send: Send): Promise<readonly string[]> {
  const known = await groupsOf(grant, send);
  if (known.length > 0) return known;
  const { GroupId } = await send(ec2, new CreateSecurityGroupCommand({ GroupName: grant.resource, Description: "replayed" }), "GroupId");
  return [GroupId];
}

/** Makes the rule, under a new id unless the event changed one that it names. */
async function make(grant: Grant, authorization: Authorization, send: Send): Promise<readonly object[]> {
  const { rule, resource } = grant;
  const input = authorization.undo(grant).input as { GroupId: string; IpPermissions: readonly Permission[] };
  if (!rule?.id) {
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

/** The event with the rules as they were made here: their ids are not those of where the event comes from. */
function withRules(event: unknown, rules: readonly object[]): unknown {
  const detail = Object(member(event, "detail"));
  return { ...Object(event), detail: { ...detail, responseElements: { _return: true, securityGroupRuleSet: { items: rules } } } };
}

/** The store that an event puts groups before, and the groups; undefined when it names none. */
export function attachedBy({ eventName, requestParameters }: CloudTrailRecord): (Store & { readonly groups: string[] }) | undefined {
  const attachment = attachments.find((each) => each.eventName === eventName);
  if (!attachment) return undefined;
  const resource = storedNameOf(requestParameters, attachment.store);
  const groups = valuesOf(requestParameters, attachment.groups)
    .flat()
    .filter((id) => typeof id === "string");
  return resource === undefined || groups.length === 0 ? undefined : { service: attachment.service, resource, groups };
}
