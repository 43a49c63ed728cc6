import type { Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import { invalidValue } from "../wire/errors.ts";
import { type Parameters, structures } from "../wire/parameters.ts";
import { ec2Error, ec2Required } from "./actions.ts";
import { itemSet } from "./describe.ts";
import { readPermissions } from "./ip-permissions.ts";
import { findPrefixList } from "./managed-prefix-list-state.ts";
import { describeRule } from "./rule-descriptions.ts";
import { identityOf, type RuleForm } from "./rule-form.ts";
import { addRule, duplicateRule, findSameRule, ingressRules, type Tags } from "./security-group-rule-state.ts";
import type { SecurityGroup } from "./security-group-state.ts";
import { targetOrCreatedGroup } from "./security-group-target.ts";

/**
 * Creates all rules or none (page API_AuthorizeSecurityGroupIngress). "The same permission must not appear multiple times" in one request,
 * and no permission may exist already.
 */
export const authorizeSecurityGroupIngress: Operation = (parameters, place) => {
  const group = targetOrCreatedGroup(parameters, place);
  const forms = readPermissions(parameters, place);
  const tags = readTags(parameters);
  if (new Set(forms.map(identityOf)).size < forms.length) throw invalidValue("The same permission must not appear multiple times");
  for (const form of forms) if (findSameRule(group, form) !== undefined) throw duplicateRule(form);
  checkQuota(group, forms, place);
  const rules = forms.map((form) => ({ rule: addRule(place, group, form, tags), form }));
  return [["return", true], itemSet("securityGroupRuleSet", rules, ({ rule, form }) => describeRule(group, rule, form, place))];
};

/** "The tags applied to the security group rule": to each rule of the request. */
function readTags(parameters: Parameters): Tags {
  const tags = new Map<string, string>();
  for (const specification of structures(parameters, "TagSpecification")) {
    const type = specification.get("ResourceType") ?? "";
    if (type !== "security-group-rule") throw invalidValue(`'${type}' is not a valid taggable resource type for this operation.`);
    for (const tag of structures(specification, "Tag")) tags.set(ec2Required(tag, "Key"), tag.get("Value") ?? "");
  }
  return tags;
}

/**
 * "60 inbound rules", or more after a request to AWS, counted for IPv4 and for IPv6 separately. A group counts for both; a prefix list
 * counts as its maximum number of entries (VPC guide, amazon-vpc-limits).
 */
function checkQuota(group: SecurityGroup, added: readonly RuleForm[], place: Place): void {
  const sizes = { IPv4: 0, IPv6: 0 };
  for (const { source } of [...ingressRules(group).map(([, form]) => form), ...added]) {
    if ("prefixListId" in source) {
      const { family, maxEntries } = findPrefixList(place, source.prefixListId, true);
      sizes[family] += maxEntries;
      continue;
    }
    if (!("cidrIpv6" in source)) sizes.IPv4 += 1;
    if (!("cidrIpv4" in source)) sizes.IPv6 += 1;
  }
  if (Math.max(sizes.IPv4, sizes.IPv6) <= place.world.settings.rulesPerGroup) return;
  throw ec2Error("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.");
}
