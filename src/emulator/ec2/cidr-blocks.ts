import { invalidValue } from "../wire/errors.ts";
import { canonicalIPv4, canonicalIPv6 } from "../wire/ip-ranges.ts";

/** An IPv4 range as EC2 stores it. Throws InvalidParameterValue if the text is no range. */
export function readIPv4(text: string): string {
  return canonicalIPv4(text) ?? malformed(text);
}

/** An IPv6 range as EC2 stores it. Throws InvalidParameterValue if the text is no range. */
export function readIPv6(text: string): string {
  return canonicalIPv6(text) ?? malformed(text);
}

function malformed(text: string): never {
  throw invalidValue(`CIDR block ${text} is malformed`);
}
