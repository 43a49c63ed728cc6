import { isIPv4, isIPv6 } from "node:net";

/** An IPv4 range as EC2 stores it: without host bits ("canonicalizes IPv4 and IPv6 CIDRs", page API_SecurityGroupRuleRequest). Undefined if the text is no range. */
export function canonicalIPv4(text: string): string | undefined {
  const [, address = "", length = ""] = /^([0-9.]+)\/(0|[1-9]\d?)$/.exec(text) ?? [];
  if (!isIPv4(address) || Number(length) > 32) return undefined;
  const bits = address.split(".").reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const network = networkOf(bits, 32, Number(length));
  return `${[24n, 16n, 8n, 0n].map((shift) => (network >> shift) & 0xffn).join(".")}/${length}`;
}

/** An IPv6 range as EC2 stores it: in lower case, compressed by RFC 5952, without host bits. Undefined if the text is no range. */
export function canonicalIPv6(text: string): string | undefined {
  const [, address = "", length = ""] = /^([0-9a-fA-F.:]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  if (!isIPv6(address) || Number(length) > 128) return undefined;
  const bits = groupsOf(compress(address)).reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
  const network = networkOf(bits, 128, Number(length));
  const groups = Array.from({ length: 8 }, (_, n) => ((network >> BigInt(112 - 16 * n)) & 0xffffn).toString(16));
  return `${compress(groups.join(":"))}/${length}`;
}

function networkOf(bits: bigint, size: number, length: number): bigint {
  const host = BigInt(size - length);
  return (bits >> host) << host;
}

/** The URL parser compresses an IPv6 host by RFC 5952. */
function compress(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

function groupsOf(compressed: string): readonly string[] {
  const [head = "", tail] = compressed.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  if (tail === undefined) return [...head];
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => "0"), ...tail];
}
