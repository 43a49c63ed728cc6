import { hasSettled, newId, type Place, settlesAt } from "../state.ts";
import type { QueryError } from "../wire/errors.ts";
import { checkId, ec2Error } from "./actions.ts";
import { identityOf, type RuleForm } from "./rule-form.ts";

/** A rule: its form after the last change, and the form that reads return until that change settles. Undefined: the rule does not exist. */
export interface Rule {
  readonly id: string;
  readonly isEgress: boolean;
  readonly form: RuleForm | undefined;
  readonly previous: RuleForm | undefined;
  readonly settlesAt: number;
  readonly tags: Tags;
}

/** The tags of a rule: texts by key. */
export type Tags = ReadonlyMap<string, string>;

/** Rules by their ids. */
export interface RuleSet {
  readonly rules: Map<string, Rule>;
}

/** Creates a rule. */
export function addRule(place: Place, group: RuleSet, form: RuleForm, tags: Tags): Rule {
  const rule: Rule = { id: newId("sgr", place), isEgress: false, form, previous: undefined, settlesAt: settlesAt(place), tags };
  group.rules.set(rule.id, rule);
  return rule;
}

/** Changes the rule with this id, or creates it; an undefined form revokes it. Its tags stay. */
export function putRule(place: Place, group: RuleSet, form: RuleForm | undefined, id: string): Rule {
  const known = group.rules.get(id);
  const { tags } = known ?? { tags: new Map() };
  const rule: Rule = { id, isEgress: false, form, previous: known && visibleForm(known), settlesAt: settlesAt(place), tags };
  group.rules.set(id, rule);
  return rule;
}

/** The form of a rule that reads return. */
export function visibleForm(rule: Rule): RuleForm | undefined {
  return hasSettled(rule) ? rule.form : rule.previous;
}

/** The ingress rules that writes act on: as they are after the last change, settled or not. */
export function ingressRules({ rules }: RuleSet): readonly (readonly [Rule, RuleForm])[] {
  return [...rules.values()].flatMap((rule) => (rule.form === undefined || rule.isEgress ? [] : [[rule, rule.form] as const]));
}

/** The ingress rule that is the same to EC2, if there is one. */
export function findSameRule(group: RuleSet, form: RuleForm): Rule | undefined {
  const identity = identityOf(form);
  return ingressRules(group).find(([, other]) => identityOf(other) === identity)?.[0];
}

/** Returns the id of a rule. Throws InvalidSecurityGroupRuleId.Malformed. */
export function checkRuleId(id: string): string {
  return checkId(id, "sgr", "InvalidSecurityGroupRuleId.Malformed");
}

/** InvalidSecurityGroupRuleId.NotFound. */
export function ruleNotFound(id: string): QueryError {
  return ec2Error("InvalidSecurityGroupRuleId.NotFound", `The security group rule ID '${id}' does not exist`);
}

/** The ingress rule of the group with this id. Throws if there is none: it is assumed that an egress rule counts as unknown, too. */
export function findIngressRule(group: RuleSet, id: string): readonly [Rule, RuleForm] {
  const found = ingressRules(group).find(([rule]) => rule.id === checkRuleId(id));
  if (found === undefined) throw ruleNotFound(id);
  return found;
}

/** InvalidPermission.Duplicate, for a rule that the group has already. */
export function duplicateRule({ ipProtocol, fromPort, toPort, source }: RuleForm): QueryError {
  const peer = "group" in source ? source.group.groupId : Object.values(source).join();
  const rule = `peer: ${peer}, ${ipProtocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}, ALLOW`;
  return ec2Error("InvalidPermission.Duplicate", `the specified rule "${rule}" already exists`);
}
