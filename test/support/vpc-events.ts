import type { AuthorizeSecurityGroupIngressResult, IpPermission, ModifySecurityGroupRulesRequest } from "@aws-sdk/client-ec2";
import { type Envelope, envelopeOf, lowerFirst, withDetail } from "./events.ts";
import { home } from "./grants.ts";

/** A rule's id and the form that it is changed to. */
export type Change = readonly [id: string | undefined, form: RuleForm];
type RuleForm = NonNullable<ModifySecurityGroupRulesRequest["SecurityGroupRules"]>[number]["SecurityGroupRule"];

/** The event of a call that was made a moment ago, in the form of real CloudTrail records. */
export function vpcEvent(eventName: string, requestParameters: unknown, responseElements: unknown, service = "ec2"): Envelope {
  return envelopeOf(home, service, {
    eventVersion: "1.10",
    userIdentity: { type: "AssumedRole", arn: `arn:aws:sts::${home.account}:assumed-role/Admin/bob`, accountId: home.account },
    eventTime: new Date().toISOString(),
    eventName,
    requestParameters,
    responseElements,
    requestID: "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
  });
}

/** The event of AuthorizeSecurityGroupIngress, from its request and its response. */
export function authorizeEvent(
  groupId: string,
  permissions: readonly IpPermission[],
  response: AuthorizeSecurityGroupIngressResult,
): Envelope {
  const requestParameters = { groupId, ipPermissions: itemsOf(permissions.map(permissionIn)) };
  const securityGroupRuleSet = inTrail(response.SecurityGroupRules);
  return vpcEvent("AuthorizeSecurityGroupIngress", requestParameters, {
    requestId: "59dbff89",
    _return: response.Return,
    securityGroupRuleSet,
  });
}

/** The event of a call that opened one of many groups that guard nothing. */
export function unrelated(n: number): Envelope {
  const [group, rule] = ["sg", "sgr"].map((prefix) => `${prefix}-f${n.toString(16).padStart(16, "0")}`);
  const ports = { IpProtocol: "tcp", FromPort: 443, ToPort: 443 };
  const SecurityGroupRule = { SecurityGroupRuleId: rule, GroupId: group, IsEgress: false, ...ports, CidrIpv4: "0.0.0.0/0" };
  const permission = { ...ports, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
  return authorizeEvent(group ?? "", [permission], { SecurityGroupRules: [SecurityGroupRule] });
}

/** The event of ModifySecurityGroupRules: one change is an object, several are a list, each with its number. */
export function changeEvent(GroupId: string, changes: readonly Change[]): Envelope {
  const items = changes.map(([SecurityGroupRuleId, SecurityGroupRule], n) => ({ SecurityGroupRuleId, tag: n + 1, SecurityGroupRule }));
  const SecurityGroupRule = items.length === 1 ? items[0] : items;
  return vpcEvent("ModifySecurityGroupRules", { ModifySecurityGroupRulesRequest: { GroupId, SecurityGroupRule } }, null);
}

/** The same event in the form of older records, whose response has no rules. */
export function withoutRules(event: Envelope): Envelope {
  return withDetail(event, { responseElements: { requestId: "59dbff89", _return: true } });
}

/** The same event, delivered so many milliseconds after its call; by default so late that no list is out of date. */
export function later(event: Envelope, ms = 600_000): Envelope {
  return withDetail(event, { eventTime: new Date(Date.now() - ms).toISOString() });
}

/** The same event with an eventTime of now, which has whole seconds as CloudTrail writes it. */
export function withTime(event: Envelope): Envelope {
  return withDetail(event, { eventTime: `${new Date().toISOString().slice(0, 19)}Z` });
}

/** A list in EC2's form: its members are under `items`, and an empty list is an empty object. */
export function itemsOf(items: readonly unknown[]): object {
  return items.length === 0 ? {} : { items };
}

/** A permission in the form of requestParameters: it has every list, and no owner of a group. */
function permissionIn({ IpProtocol, FromPort, ToPort, ...lists }: IpPermission): object {
  const groups = (lists.UserIdGroupPairs ?? []).map(({ GroupId }) => ({ groupId: GroupId }));
  return {
    ipProtocol: IpProtocol,
    ...(FromPort !== undefined && { fromPort: FromPort, toPort: ToPort }),
    groups: itemsOf(groups),
    ipRanges: inTrail(lists.IpRanges ?? []),
    ipv6Ranges: inTrail(lists.Ipv6Ranges ?? []),
    prefixListIds: inTrail(lists.PrefixListIds ?? []),
  };
}

/** A value in CloudTrail's casing: names begin with a lower-case letter. */
function inTrail(value: unknown): unknown {
  if (Array.isArray(value)) return itemsOf(value.map(inTrail));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [lowerFirst(key), inTrail(each)]));
}
