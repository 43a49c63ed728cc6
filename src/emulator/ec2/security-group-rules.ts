import type { ActionGroup, Operation } from "../operation.ts";
import { list } from "../wire/parameters.ts";
import { ec2Actions } from "./actions.ts";
import { authorizeSecurityGroupIngress } from "./authorize-security-group-ingress.ts";
import { checkNotPaged, filterOf, itemSet, pageUnlessNamed } from "./describe.ts";
import { modifySecurityGroupRules } from "./modify-security-group-rules.ts";
import { revokeSecurityGroupIngress } from "./revoke-security-group-ingress.ts";
import { describeRule } from "./rule-descriptions.ts";
import type { RuleForm } from "./rule-form.ts";
import { checkRuleId, type Rule, ruleNotFound, visibleForm } from "./security-group-rule-state.ts";
import { allGroups, type SecurityGroup } from "./security-group-state.ts";

/** A rule that reads return; `name` is its id. */
interface VisibleRule {
  readonly name: string;
  readonly group: SecurityGroup;
  readonly rule: Rule;
  readonly form: RuleForm;
}

/** Page API_DescribeSecurityGroupRules. */
const describeSecurityGroupRules: Operation = (parameters, place) => {
  const ids = list(parameters, "SecurityGroupRuleId");
  checkNotPaged(parameters, ids, "securityGroupRuleIds");
  const all = allGroups(place).flatMap(visibleRules);
  const matches = filterOf<VisibleRule>(parameters, {
    "group-id": ({ group }) => [group.id],
    "security-group-rule-id": ({ name }) => [name],
  });
  const named = ids.map((id) => {
    const found = all.find(({ name }) => name === checkRuleId(id));
    if (found === undefined) throw ruleNotFound(id);
    return found;
  });
  const isNamed = ids.length > 0;
  const { items, marker } = pageUnlessNamed((isNamed ? named : all).filter(matches), isNamed, parameters, place);
  return [itemSet("securityGroupRuleSet", items, ({ group, rule, form }) => describeRule(group, rule, form, place)), ...marker];
};

function visibleRules(group: SecurityGroup): readonly VisibleRule[] {
  return [...group.rules.values()].flatMap((rule) => {
    const form = visibleForm(rule);
    return form === undefined ? [] : [{ name: rule.id, group, rule, form }];
  });
}

/** EC2's security group rules. */
export const securityGroupRules: ActionGroup = ec2Actions({
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  ModifySecurityGroupRules: modifySecurityGroupRules,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
});
