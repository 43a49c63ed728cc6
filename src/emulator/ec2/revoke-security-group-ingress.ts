import type { Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import type { Element } from "../wire/elements.ts";
import { list, type Parameters } from "../wire/parameters.ts";
import { ec2Error } from "./actions.ts";
import { itemSet } from "./describe.ts";
import { readPermissions } from "./ip-permissions.ts";
import { describePermissions, describeRevokedRule } from "./rule-descriptions.ts";
import { identityOf, type RuleForm } from "./rule-form.ts";
import { findIngressRule, findSameRule, ingressRules, putRule, type Rule } from "./security-group-rule-state.ts";
import type { SecurityGroup } from "./security-group-state.ts";
import { targetGroup } from "./security-group-target.ts";
import { networksOf } from "./vpc-state.ts";

/** Revokes rules by their ids, or by permissions (page API_RevokeSecurityGroupIngress). */
export const revokeSecurityGroupIngress: Operation = (parameters, place) => {
  const group = targetGroup(parameters, place);
  const ids = list(parameters, "SecurityGroupRuleId");
  return [
    ["return", true],
    ...(ids.length > 0 ? revokeByIds(parameters, place, group, ids) : revokeByPermissions(parameters, place, group)),
  ];
};

/**
 * An unknown id is an error, and then no rule is revoked: the response has no list of unknown ids, as it has one of permissions. It is not
 * documented that rule ids and permissions exclude each other.
 */
function revokeByIds(parameters: Parameters, place: Place, group: SecurityGroup, ids: readonly string[]): readonly Element[] {
  if ([...parameters.keys()].some((name) => /^(IpPermissions|IpProtocol|CidrIp|Source)/.test(name))) {
    throw ec2Error("InvalidParameterCombination", "The parameter securityGroupRuleIds cannot be used with permissions");
  }
  const rules = ids.map((id) => findIngressRule(group, id));
  return [revoke(place, group, rules)];
}

/**
 * "In a default VPC", the response to a success lists unknown permissions; in any other VPC, one unknown permission is an error and no
 * rule is revoked (page API_RevokeSecurityGroupIngress).
 */
function revokeByPermissions(parameters: Parameters, place: Place, group: SecurityGroup): readonly Element[] {
  const requested = readPermissions(parameters, place);
  const unknown = requested.filter((form) => findSameRule(group, form) === undefined);
  if (unknown.length > 0 && group.vpcId !== networksOf(place).defaultVpcId) {
    throw ec2Error("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
  }
  const identities = new Set(requested.map(identityOf));
  const rules = ingressRules(group).filter(([, form]) => identities.has(identityOf(form)));
  const revoked = revoke(place, group, rules);
  return unknown.length > 0 ? [["unknownIpPermissionSet", describePermissions(unknown)], revoked] : [revoked];
}

function revoke(place: Place, group: SecurityGroup, rules: readonly (readonly [Rule, RuleForm])[]): Element {
  for (const [{ id }] of rules) putRule(place, group, undefined, id);
  return itemSet("revokedSecurityGroupRuleSet", rules, ([rule, form]) => describeRevokedRule(group, rule, form));
}
