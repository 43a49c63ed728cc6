import type { Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import { invalidValue } from "../wire/errors.ts";
import { type Parameters, structure, structures } from "../wire/parameters.ts";
import { ec2Error, ec2Required } from "./actions.ts";
import { readIPv4, readIPv6 } from "./cidr-blocks.ts";
import type { RuleForm, RuleSource } from "./rule-form.ts";
import { readPorts } from "./rule-ports.ts";
import { readGroupReference, readPrefixListId } from "./rule-references.ts";
import { checkRuleId, duplicateRule, findIngressRule, findSameRule, putRule } from "./security-group-rule-state.ts";
import type { SecurityGroup } from "./security-group-state.ts";
import { targetOrCreatedGroup } from "./security-group-target.ts";

/** Changes all rules or none (page API_ModifySecurityGroupRules). */
export const modifySecurityGroupRules: Operation = (parameters, place) => {
  const group = targetOrCreatedGroup(new Map([["GroupId", ec2Required(parameters, "GroupId")]]), place);
  const updates = structures(parameters, "SecurityGroupRule").map((item) => {
    const id = ec2Required(item, "SecurityGroupRuleId");
    const update = structure(item, "SecurityGroupRule");
    return { id, form: modifiedForm(formToModify(place, group, id, update), update, place) };
  });
  if (updates.length === 0) throw ec2Error("MissingParameter", "The request must contain the parameter SecurityGroupRule");
  for (const { id, form } of updates) {
    const same = findSameRule(group, form);
    if (same !== undefined && same.id !== id) throw duplicateRule(form);
  }
  for (const { id, form } of updates) putRule(place, group, form, id);
  return [["return", true]];
};

/** The form of the rule to modify. With `createMissing`, an unknown rule is created, in the form that the update gives it. */
function formToModify(place: Place, group: SecurityGroup, id: string, update: Parameters): RuleForm {
  const isMissing = place.world.settings.createMissing && !group.rules.has(id);
  if (isMissing) putRule(place, group, modifiedForm(undefined, update, place), checkRuleId(id));
  return findIngressRule(group, id)[1];
}

/**
 * The form of a rule after an update. "You must specify exactly one" source and "cannot change the rule type" (page
 * API_SecurityGroupRuleRequest). It is unknown whether EC2 refuses an update without a source or without ports: here the rule keeps what
 * it has. The codes of these errors are not documented.
 */
function modifiedForm(rule: RuleForm | undefined, update: Parameters, place: Place): RuleForm {
  const sources = readSources(update, place);
  const source = sources[0] ?? rule?.source;
  if (sources.length > 1 || source === undefined) throw invalidValue("Exactly one source must be specified for a security group rule.");
  if (rule !== undefined && Object.keys(source).join() !== Object.keys(rule.source).join()) {
    throw invalidValue("The type of a security group rule cannot be changed.");
  }
  const ports = new Map([
    ["IpProtocol", rule?.ipProtocol ?? "-1"],
    ...(update.has("IpProtocol") ? [] : [["FromPort", `${rule?.fromPort ?? -1}`] as const, ["ToPort", `${rule?.toPort ?? -1}`] as const]),
    ...update,
  ]);
  return { ...readPorts(ports), source, description: update.get("Description") ?? rule?.description };
}

function readSources(update: Parameters, place: Place): readonly RuleSource[] {
  const read = (name: string, toSource: (text: string) => RuleSource): RuleSource[] => {
    const text = update.get(name);
    return text === undefined ? [] : [toSource(text)];
  };
  return [
    ...read("CidrIpv4", (text) => ({ cidrIpv4: readIPv4(text) })),
    ...read("CidrIpv6", (text) => ({ cidrIpv6: readIPv6(text) })),
    ...read("PrefixListId", (text) => ({ prefixListId: readPrefixListId(text, place) })),
    ...read("ReferencedGroupId", (text) => ({ group: readGroupReference(new Map([["GroupId", text]]), place) })),
  ];
}
