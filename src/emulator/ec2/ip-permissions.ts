import type { Place } from "../state.ts";
import { type Parameters, structures } from "../wire/parameters.ts";
import { ec2Error } from "./actions.ts";
import { readIPv4, readIPv6 } from "./cidr-blocks.ts";
import type { RuleForm, RuleSource } from "./rule-form.ts";
import { readPorts } from "./rule-ports.ts";
import { readGroupReference, readPrefixListId } from "./rule-references.ts";

const flatParameters = ["IpProtocol", "FromPort", "ToPort", "CidrIp", "SourceSecurityGroupName", "SourceSecurityGroupOwnerId"];

/** The rules of a request, in either form: `IpPermissions.1.…`, or flat. It is not documented that the forms exclude each other. */
export function readPermissions(parameters: Parameters, place: Place): readonly RuleForm[] {
  const permissions = structures(parameters, "IpPermissions");
  const isFlat = flatParameters.some((name) => parameters.has(name));
  if (isFlat && permissions.length > 0) {
    throw ec2Error("InvalidParameterCombination", "The parameter ipPermissions cannot be used with the flat parameters of a rule");
  }
  const forms = isFlat ? readFlat(parameters, place) : permissions.flatMap((permission) => readPermission(permission, place));
  if (forms.length === 0) throw ec2Error("MissingParameter", "The request must contain the parameter ipPermissions");
  return forms;
}

function readFlat(parameters: Parameters, place: Place): readonly RuleForm[] {
  const name = parameters.get("SourceSecurityGroupName");
  if (name === undefined) {
    const source = { cidrIpv4: readIPv4(parameters.get("CidrIp") ?? "") };
    return [{ ...readPorts(parameters), source, description: undefined }];
  }
  if (parameters.has("CidrIp")) {
    throw ec2Error("InvalidParameterCombination", "The parameter sourceSecurityGroupName cannot be used with the parameter cidrIp");
  }
  const owner = parameters.get("SourceSecurityGroupOwnerId");
  const pair = new Map([["GroupName", name], ...(owner === undefined ? [] : [["UserId", owner] as const])]);
  return rulesOfNamedGroup({ group: readGroupReference(pair, place) });
}

/** "The rule grants full ICMP, UDP, and TCP access" (page API_AuthorizeSecurityGroupIngress, SourceSecurityGroupName). */
function rulesOfNamedGroup(source: RuleSource): readonly RuleForm[] {
  return [
    { ipProtocol: "tcp", fromPort: 0, toPort: 65535, source, description: undefined },
    { ipProtocol: "udp", fromPort: 0, toPort: 65535, source, description: undefined },
    { ipProtocol: "icmp", fromPort: -1, toPort: -1, source, description: undefined },
  ];
}

/** One rule for each source of the permission (page API_IpPermission). */
function readPermission(permission: Parameters, place: Place): readonly RuleForm[] {
  const ports = readPorts(permission);
  const rules = (list: string, read: (source: Parameters) => RuleSource): RuleForm[] =>
    structures(permission, list).map((source) => ({ ...ports, source: read(source), description: source.get("Description") }));
  const forms = [
    ...rules("IpRanges", (source) => ({ cidrIpv4: readIPv4(source.get("CidrIp") ?? "") })),
    ...rules("Ipv6Ranges", (source) => ({ cidrIpv6: readIPv6(source.get("CidrIpv6") ?? "") })),
    ...rules("PrefixListIds", (source) => ({ prefixListId: readPrefixListId(source.get("PrefixListId") ?? "", place) })),
    ...rules("Groups", (source) => ({ group: readGroupReference(source, place) })),
  ];
  // The code for a permission without a source is not documented; this one means "the specified security group rule is malformed".
  if (forms.length === 0) throw ec2Error("InvalidPermission.Malformed", "The permission names no source.");
  return forms;
}
