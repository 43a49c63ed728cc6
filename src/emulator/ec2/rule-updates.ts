import { invalidValue, type Parameters } from "../wire/query.ts";
import { type References, type RuleForm, type RuleSource, readIPv4, readIPv6, readPorts } from "./ip-permissions.ts";

/**
 * What a rule says after an update. "You must specify exactly one" source and "cannot change the rule type" (page
 * API_SecurityGroupRuleRequest). Whether EC2 refuses an update without any source, or without ports, is not known: here it keeps the
 * rule's. The codes of these refusals are not documented either.
 */
export function modified(rule: RuleForm | undefined, update: Parameters, references: References): RuleForm {
  const sources = readSources(update, references);
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

function readSources(update: Parameters, references: References): readonly RuleSource[] {
  const groupId = update.get("ReferencedGroupId");
  const prefixListId = update.get("PrefixListId");
  const cidrIpv4 = update.get("CidrIpv4");
  const cidrIpv6 = update.get("CidrIpv6");
  return [
    ...(cidrIpv4 === undefined ? [] : [{ cidrIpv4: readIPv4(cidrIpv4) }]),
    ...(cidrIpv6 === undefined ? [] : [{ cidrIpv6: readIPv6(cidrIpv6) }]),
    ...(prefixListId === undefined ? [] : [{ prefixListId: references.prefixList(prefixListId) }]),
    ...(groupId === undefined ? [] : [{ group: references.group(new Map([["GroupId", groupId]])) }]),
  ];
}
