import { RevokeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import { reread } from "#aws/consistency.ts";
import { ec2 } from "#aws/ec2.ts";
import { AwsFailure } from "#aws/failure.ts";
import type { Send } from "#aws/send.ts";
import type { Grant, Tag } from "#domain/grant.ts";
import { parseRange } from "#domain/range.ts";
import type { Source } from "#domain/source.ts";
import { listResource, type Revocable, type RevokedRules } from "../authorization.ts";
import { detachingCalls } from "./detaching-calls.ts";
import { grantsAt } from "./grants-at.ts";
import { otherInterfaces } from "./other-interfaces.ts";
import { ingressRules } from "./rules.ts";

/**
 * Allows a range, a security group or a prefix list to reach ports of everything that a VPC security group is attached to.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
export const authorization: Revocable = {
  /**
   * Revokes one rule by its id and reads the group's rules until the rule is no longer listed. A response with unknown
   * permissions is a failure: for a group in a default VPC, that is how EC2 reports that it found no such rule.
   */
  async revoke(grant, send) {
    const { listed, unverified } = await revokeRules([grant], send);
    if (unverified) throw unverified;
    return listed;
  },

  revokeRules,

  async *list(send, resource) {
    for await (const { group, rule, source } of ingressRules(send, resource))
      yield source ? { resource: group, rule, source } : { resource: group, rule, unreadable: `rule ${rule.id}` };
  },

  undo({ resource, source, rule }) {
    const { fromPort, toPort, protocol, description, tags = [] } = rule ?? { protocol: "-1" };
    const ports = { ...(fromPort !== undefined && { FromPort: fromPort }), ...(toPort !== undefined && { ToPort: toPort }) };
    const permission = { IpProtocol: protocol, ...ports, ...permissionSource(source, description) };
    return { operation: "AuthorizeSecurityGroupIngress", input: { GroupId: resource, IpPermissions: [permission], ...tagging(tags) } };
  },

  detach({ resource }, { service, resource: name }, stores) {
    const behind = stores.filter((store) => store.service === service && store.resource === name && store.groups.includes(resource));
    return detachingCalls(behind, resource);
  },

  async sharedWith({ resource }, send) {
    const others = (await otherInterfaces([resource], send)).get(resource) ?? [];
    if (others instanceof AwsFailure) throw others;
    return others;
  },

  grantsAt,
};

async function revokeRules(grants: readonly Grant[], send: Send): Promise<RevokedRules> {
  const ids = grants.map(({ rule }) => {
    if (rule?.id === undefined) throw new TypeError("A VPC rule without an id cannot be revoked");
    return rule.id;
  });
  const [first] = grants;
  if (!first) return { revoked: new Set(), listed: [] };
  const command = new RevokeSecurityGroupIngressCommand({ GroupId: first.resource, SecurityGroupRuleIds: ids });
  const { Return, RevokedSecurityGroupRules, UnknownIpPermissions = [] } = await send(ec2, command, "Return");
  const answered = RevokedSecurityGroupRules?.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId);
  // Without a list of revoked rules, as in older responses, unknown permissions mean that nothing was revoked.
  const revoked = new Set(Return ? ids.filter((id) => answered?.includes(id) ?? UnknownIpPermissions.length === 0) : []);
  if (revoked.size === 0) throw new AwsFailure(new Error("The response says that no rule was revoked"), 1, "notFound");
  const stillListed = async () => (await listResource(first, authorization, send)).filter(({ rule }) => ids.includes(rule?.id ?? ""));
  try {
    return { revoked, listed: await reread(send, stillListed, (entries) => entries.length === 0) };
  } catch (failure) {
    if (failure instanceof AwsFailure) return { revoked, listed: [], unverified: failure };
    throw failure;
  }
}

/**
 * Returns the parameter that gives a new rule its tags. Those that begin with `aws:` are left out, because only AWS can set them.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
 */
function tagging(tags: readonly Tag[]): object {
  const Tags = tags.filter(({ key }) => !/^aws:/i.test(key)).map(({ key, value }) => ({ Key: key, Value: value }));
  return Tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: "security-group-rule", Tags }] };
}

function permissionSource(source: Source, description: string | undefined): object {
  const described = description === undefined ? {} : { Description: description };
  switch (source.kind) {
    case "range":
      return parseRange(source.range)?.family === 6
        ? { Ipv6Ranges: [{ CidrIpv6: source.range, ...described }] }
        : { IpRanges: [{ CidrIp: source.range, ...described }] };
    case "prefixList":
      return { PrefixListIds: [{ PrefixListId: source.prefixList, ...described }] };
    case "securityGroup": {
      const owner = source.owner === "unknown" ? {} : { UserId: source.owner };
      return { UserIdGroupPairs: [{ GroupId: source.securityGroup, ...owner, ...described }] };
    }
    case "account":
      throw new TypeError("A VPC rule has no account as its source");
  }
}
