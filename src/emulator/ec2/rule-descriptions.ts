import { arnOf } from "../arn.ts";
import type { Place } from "../state.ts";
import { type Element, elements, optionalElement } from "../wire/elements.ts";
import { itemSet } from "./describe.ts";
import type { GroupReference, RuleForm, RuleSource } from "./rule-form.ts";
import type { Rule } from "./security-group-rule-state.ts";
import type { SecurityGroup } from "./security-group-state.ts";

/** Page API_SecurityGroupRule. */
export function describeRule(group: SecurityGroup, { id, isEgress, tags }: Rule, form: RuleForm, place: Place): readonly Element[] {
  return [
    ["securityGroupRuleId", id],
    ["securityGroupRuleArn", arnOf("ec2", place, `security-group-rule/${id}`)],
    ["groupId", group.id],
    ["groupOwnerId", place.account],
    ["isEgress", isEgress],
    ...describeForm(form, (reference) => ["referencedGroupInfo", describeGroupReference(reference)]),
    itemSet("tagSet", [...tags], ([key, value]) => elements({ key, value })),
  ];
}

/** Page API_RevokedSecurityGroupRule. */
export function describeRevokedRule(group: SecurityGroup, { id, isEgress }: Rule, form: RuleForm): readonly Element[] {
  return [
    ["securityGroupRuleId", id],
    ["groupId", group.id],
    ["isEgress", isEgress],
    ...describeForm(form, ({ groupId }) => ["referencedGroupId", groupId]),
  ];
}

function describeForm(form: RuleForm, describeGroup: (reference: GroupReference) => Element): readonly Element[] {
  const { ipProtocol, fromPort, toPort, source, description } = form;
  return [
    ...elements({ ipProtocol, fromPort, toPort }),
    ...("group" in source ? [describeGroup(source.group)] : elements(source)),
    ...optionalElement("description", description),
  ];
}

/** Rules as IpPermissions: those with the same protocol and ports are one permission (page API_IpPermission). */
export function describePermissions(forms: readonly RuleForm[]): readonly Element[] {
  const byPorts = new Map<string, RuleForm[]>();
  for (const form of forms) {
    const ports = JSON.stringify([form.ipProtocol, form.fromPort, form.toPort]);
    byPorts.set(ports, [...(byPorts.get(ports) ?? []), form]);
  }
  return [...byPorts.values()].map((permission): Element => ["item", describePermission(permission)]);
}

/** Page API_IpPermission. All the rules have the same protocol and ports. */
function describePermission(forms: readonly RuleForm[]): readonly Element[] {
  const { ipProtocol = "", fromPort = -1, toPort = -1 } = forms[0] ?? {};
  const hasPorts = ["tcp", "udp", "icmp", "icmpv6"].includes(ipProtocol);
  const sources = (read: (source: RuleSource) => readonly Element[] | undefined): Element[] =>
    forms.flatMap(({ source, description }) => {
      const fields = read(source);
      return fields === undefined ? [] : [["item", [...fields, ...optionalElement("description", description)]] as const];
    });
  return [
    ["ipProtocol", ipProtocol],
    ...(hasPorts ? elements({ fromPort, toPort }) : []),
    ["groups", sources((source) => ("group" in source ? describeGroupReference(source.group) : undefined))],
    ["ipRanges", sources((source) => ("cidrIpv4" in source ? [["cidrIp", source.cidrIpv4]] : undefined))],
    ["ipv6Ranges", sources((source) => ("cidrIpv6" in source ? [["cidrIpv6", source.cidrIpv6]] : undefined))],
    ["prefixListIds", sources((source) => ("prefixListId" in source ? [["prefixListId", source.prefixListId]] : undefined))],
  ];
}

/** Pages API_UserIdGroupPair and API_ReferencedSecurityGroup. */
function describeGroupReference({ groupId, userId, vpcId, vpcPeeringConnectionId }: GroupReference): readonly Element[] {
  return [
    ["groupId", groupId],
    ...optionalElement("userId", userId),
    ...optionalElement("vpcId", vpcId),
    ...optionalElement("vpcPeeringConnectionId", vpcPeeringConnectionId),
    ...optionalElement("peeringStatus", vpcPeeringConnectionId && "active"),
  ];
}
