import { invalidValue } from "../wire/errors.ts";
import { integer, type Parameters } from "../wire/parameters.ts";
import { ec2Error } from "./actions.ts";
import type { RulePorts } from "./rule-form.ts";

/** Protocols that EC2 stores under another text (page API_IpPermission, IpProtocol). */
const storedNames = new Map([
  ["1", "icmp"],
  ["6", "tcp"],
  ["17", "udp"],
  ["58", "icmpv6"],
  ["all", "-1"],
]);

/** The protocol and ports of a request. Ports are ignored for every protocol but tcp, udp and ICMP. */
export function readPorts(permission: Parameters): RulePorts {
  const given = permission.get("IpProtocol") ?? "";
  if (given === "") throw ec2Error("MissingParameter", "The request must contain the parameter ipProtocol");
  const ipProtocol = storedNames.get(given.toLowerCase()) ?? given.toLowerCase();
  const fromPort = integer(permission, "FromPort");
  const toPort = integer(permission, "ToPort");
  if (ipProtocol === "tcp" || ipProtocol === "udp") return { ipProtocol, ...checkPortRange(fromPort, toPort) };
  if (ipProtocol === "icmp" || ipProtocol === "icmpv6") return { ipProtocol, fromPort: fromPort ?? -1, toPort: toPort ?? -1 };
  const isNumber = /^(0|[1-9]\d{0,2})$/.test(ipProtocol) && Number(ipProtocol) <= 255;
  if (ipProtocol !== "-1" && !isNumber) throw invalidValue(`Invalid value '${given}' for IP protocol. Unknown protocol.`);
  return { ipProtocol, fromPort: -1, toPort: -1 };
}

function checkPortRange(fromPort: number | undefined, toPort: number | undefined): Omit<RulePorts, "ipProtocol"> {
  if (fromPort === undefined || toPort === undefined) {
    throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  for (const port of [fromPort, toPort]) if (port < 0 || port > 65535) throw invalidValue(`TCP/UDP port (${port}) out of range`);
  if (fromPort > toPort) throw invalidValue(`Invalid TCP/UDP port range (${fromPort}:${toPort})`);
  return { fromPort, toPort };
}
