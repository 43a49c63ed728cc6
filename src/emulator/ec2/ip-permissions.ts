import { canonicalIPv4, canonicalIPv6 } from "../wire/ip-ranges.ts";
import { type Element, invalidValue, type Parameters, structures, text, whole } from "../wire/query.ts";
import { ec2Error } from "./operations.ts";

/** A security group that a rule lets in, and whose it is, which reads do not tell of a deleted group (page API_UserIdGroupPair). */
export interface GroupReference {
  readonly groupId: string;
  readonly userId: string | undefined;
  readonly vpcId?: string | undefined;
  readonly vpcPeeringConnectionId?: string | undefined;
}

/** Who a rule lets in; ranges are canonical. */
export type RuleSource =
  | { readonly cidrIpv4: string }
  | { readonly cidrIpv6: string }
  | { readonly prefixListId: string }
  | { readonly group: GroupReference };

/** What a rule says. Ports are -1 where the protocol has none. */
export interface RuleForm {
  readonly ipProtocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly source: RuleSource;
  readonly description: string | undefined;
}

/** How a place reads what a request refers to: it refuses what does not exist. */
export interface References {
  group(reference: Parameters): GroupReference;
  prefixList(id: string): string;
}

/** The rules that a request tells of, in one of its two forms: `IpPermissions.1.…`, or flat. That both do not go together is not documented. */
export function readPermissions(parameters: Parameters, references: References): readonly RuleForm[] {
  const permissions = structures(parameters, "IpPermissions");
  const flat = ["IpProtocol", "FromPort", "ToPort", "CidrIp", "SourceSecurityGroupName", "SourceSecurityGroupOwnerId"];
  const isFlat = flat.some((name) => parameters.has(name));
  if (isFlat && permissions.length > 0) {
    throw ec2Error("InvalidParameterCombination", "The parameter ipPermissions cannot be used with the flat parameters of a rule");
  }
  const forms = isFlat ? readFlat(parameters, references) : permissions.flatMap((permission) => readPermission(permission, references));
  if (forms.length === 0) throw ec2Error("MissingParameter", "The request must contain the parameter ipPermissions");
  return forms;
}

/** A range with its ports, or a group that may do everything: "creates rules that grant full ICMP, UDP, and TCP access". */
function readFlat(parameters: Parameters, references: References): readonly RuleForm[] {
  const name = parameters.get("SourceSecurityGroupName");
  if (name === undefined) {
    const source = { cidrIpv4: readIPv4(parameters.get("CidrIp") ?? "") };
    return [{ ...readPorts(parameters), source, description: undefined }];
  }
  if (parameters.has("CidrIp")) {
    throw ec2Error("InvalidParameterCombination", "The parameter sourceSecurityGroupName cannot be used with the parameter cidrIp");
  }
  const owner = parameters.get("SourceSecurityGroupOwnerId");
  const reference = new Map([["GroupName", name], ...(owner === undefined ? [] : [["UserId", owner] as const])]);
  const source = { group: references.group(reference) };
  return [
    { ipProtocol: "tcp", fromPort: 0, toPort: 65535, source, description: undefined },
    { ipProtocol: "udp", fromPort: 0, toPort: 65535, source, description: undefined },
    { ipProtocol: "icmp", fromPort: -1, toPort: -1, source, description: undefined },
  ];
}

function readPermission(permission: Parameters, references: References): readonly RuleForm[] {
  const ports = readPorts(permission);
  const rules = (list: string, read: (source: Parameters) => RuleSource): RuleForm[] =>
    structures(permission, list).map((source) => ({ ...ports, source: read(source), description: source.get("Description") }));
  const forms = [
    ...rules("IpRanges", (source) => ({ cidrIpv4: readIPv4(source.get("CidrIp") ?? "") })),
    ...rules("Ipv6Ranges", (source) => ({ cidrIpv6: readIPv6(source.get("CidrIpv6") ?? "") })),
    ...rules("PrefixListIds", (source) => ({ prefixListId: references.prefixList(source.get("PrefixListId") ?? "") })),
    ...rules("Groups", (source) => ({ group: references.group(source) })),
  ];
  // "The specified security group rule is malformed"; which code a permission without any source has is not documented.
  if (forms.length === 0) throw ec2Error("InvalidPermission.Malformed", "The permission names no source.");
  return forms;
}

/** The ranges of a request, or a refusal in EC2's words. */
export function readIPv4(text: string): string {
  const range = canonicalIPv4(text);
  if (range === undefined) throw invalidValue(`CIDR block ${text} is malformed`);
  return range;
}
export function readIPv6(text: string): string {
  const range = canonicalIPv6(text);
  if (range === undefined) throw invalidValue(`CIDR block ${text} is malformed`);
  return range;
}

const names = new Map([
  ["1", "icmp"],
  ["6", "tcp"],
  ["17", "udp"],
  ["58", "icmpv6"],
  ["all", "-1"],
]);

/** Protocols are stored by name where they have one. Of all but tcp, udp and ICMP, ports mean nothing and are forgotten. */
export function readPorts(permission: Parameters): Pick<RuleForm, "ipProtocol" | "fromPort" | "toPort"> {
  const given = permission.get("IpProtocol") ?? "";
  if (given === "") throw ec2Error("MissingParameter", "The request must contain the parameter ipProtocol");
  const ipProtocol = names.get(given.toLowerCase()) ?? given.toLowerCase();
  const fromPort = whole(permission, "FromPort");
  const toPort = whole(permission, "ToPort");
  if (ipProtocol === "tcp" || ipProtocol === "udp") {
    if (fromPort === undefined || toPort === undefined) {
      throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
    }
    for (const port of [fromPort, toPort]) if (port < 0 || port > 65535) throw invalidValue(`TCP/UDP port (${port}) out of range`);
    if (fromPort > toPort) throw invalidValue(`Invalid TCP/UDP port range (${fromPort}:${toPort})`);
    return { ipProtocol, fromPort, toPort };
  }
  if (ipProtocol === "icmp" || ipProtocol === "icmpv6") return { ipProtocol, fromPort: fromPort ?? -1, toPort: toPort ?? -1 };
  const isNumber = /^(0|[1-9]\d{0,2})$/.test(ipProtocol) && Number(ipProtocol) <= 255;
  if (ipProtocol !== "-1" && !isNumber) throw invalidValue(`Invalid value '${given}' for IP protocol. Unknown protocol.`);
  return { ipProtocol, fromPort: -1, toPort: -1 };
}

/** What makes two rules the same: everything but the description. */
export function identityOf({ ipProtocol, fromPort, toPort, source }: RuleForm): string {
  const from = "group" in source ? [source.group.groupId, source.group.userId] : Object.entries(source);
  return JSON.stringify([ipProtocol, fromPort, toPort, from]);
}

/** Rules as `IpPermissions` has them: those with the same protocol and ports together (page API_IpPermission). */
export function describePermissions(forms: readonly RuleForm[]): readonly Element[] {
  const byPorts = new Map<string, RuleForm[]>();
  for (const form of forms) {
    const ports = JSON.stringify([form.ipProtocol, form.fromPort, form.toPort]);
    byPorts.set(ports, [...(byPorts.get(ports) ?? []), form]);
  }
  return [...byPorts.values()].map((same): Element => {
    const { ipProtocol = "", fromPort = -1, toPort = -1 } = same[0] ?? {};
    const hasPorts = ["tcp", "udp", "icmp", "icmpv6"].includes(ipProtocol);
    const sources = (read: (source: RuleSource) => readonly Element[] | undefined): Element[] =>
      same.flatMap(({ source, description }) => {
        const fields = read(source);
        return fields === undefined ? [] : [["item", [...fields, ...text("description", description)]] as const];
      });
    return [
      "item",
      [
        ["ipProtocol", ipProtocol],
        ...(hasPorts
          ? ([
              ["fromPort", fromPort],
              ["toPort", toPort],
            ] as const)
          : []),
        ["groups", sources((source) => ("group" in source ? describeGroupReference(source.group) : undefined))],
        ["ipRanges", sources((source) => ("cidrIpv4" in source ? [["cidrIp", source.cidrIpv4]] : undefined))],
        ["ipv6Ranges", sources((source) => ("cidrIpv6" in source ? [["cidrIpv6", source.cidrIpv6]] : undefined))],
        ["prefixListIds", sources((source) => ("prefixListId" in source ? [["prefixListId", source.prefixListId]] : undefined))],
      ],
    ];
  });
}

/** Pages API_UserIdGroupPair and API_ReferencedSecurityGroup. */
export function describeGroupReference({ groupId, userId, vpcId, vpcPeeringConnectionId }: GroupReference): readonly Element[] {
  return [
    ["groupId", groupId],
    ...text("userId", userId),
    ...text("vpcId", vpcId),
    ...text("vpcPeeringConnectionId", vpcPeeringConnectionId),
    ...text("peeringStatus", vpcPeeringConnectionId && "active"),
  ];
}
