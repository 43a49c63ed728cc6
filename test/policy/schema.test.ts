import { describe, expect, test } from "vitest";
import { formatRange, parseRange } from "#domain/range.ts";
import { permitting, policyReader, self } from "./policy-text.ts";

const { read, problemsOf } = policyReader();

const text = "must be 1 to 256 characters without control characters";
const cidr = 'write a range in CIDR notation, such as "203.0.113.0/24" or "2001:db8:10::/48"';

describe("a range in a policy", () => {
  test.each([
    ["10.1.0.0/8", 'has host bits set: write "10.0.0.0/8"'],
    ["2001:db8::1/64", 'has host bits set: write "2001:db8::/64"'],
    ["10.0.0.1", 'is an address without a prefix length: write "10.0.0.1/32"'],
    ["2001:db8::1", 'is an address without a prefix length: write "2001:db8::1/128"'],
    ["::", 'is an address without a prefix length: write "::/128"'],
    ["010.0.0.0/8", 'has leading zeros: write "10.0.0.0/8"'],
    ["10.0.0.0/08", 'has leading zeros: write "10.0.0.0/8"'],
    ["10.00.0.0/8", 'has leading zeros: write "10.0.0.0/8"'],
    ["2001:db8::/032", 'has leading zeros: write "2001:db8::/32"'],
    [" 10.0.0.0/8", 'has white space: write "10.0.0.0/8"'],
    ["::ffff:a00:0/104", 'is an IPv4-mapped IPv6 range, which no grant contains: write "10.0.0.0/8"'],
    ["::ffff:0:0/96", 'is an IPv4-mapped IPv6 range, which no grant contains: write "0.0.0.0/0"'],
    ["::ffff:10.0.0.0/104", "mixes IPv6 and dotted decimal: write hexadecimal groups only, or an IPv4 range"],
    ...["10.0.0.0/33", "2001:db8::/129", "10.0.0.0/255.0.0.0", "fe80::%eth0/64", "", "self", "10.0.0.0/-1", "x/0"].map((range) => [
      range,
      cidr,
    ]),
  ])("%j is an error that states what to write", async (range = "", fix = "") => {
    expect(await problemsOf(permitting(`"ranges": ["192.0.2.0/24", "${range}"]`))).toEqual([`2:44: "${range}": ${fix}`]);
    const meant = /write "([^"]*)"$/.exec(fix)?.[1];
    if (meant?.endsWith("/0")) return;
    if (meant) expect(formatRange(parseRange(meant) ?? expect.fail(meant))).toBe(meant);
    if (meant) await read(permitting(`"ranges": ["192.0.2.0/24", "${meant}"]`));
  });
});

describe("a mistake in a statement is reported with its position, its text and the fix", () => {
  const days = ["2027-02-29", "2027-1-31", "2027-01-31T00:00:00Z", "2027-13-01", "tomorrow", ""];
  test.each<[string, ...string[]]>([
    ['"owners": [123456789012]', "2:28: 123456789012: write a text in quotes"],
    ['"owners": "self"', '2:27: "self": write a list in [ ]'],
    ['"owners": ["Self"]', '2:28: "Self": did you mean "self"?'],
    ['"owners": ["adx"]', '2:28: "adx": did you mean "ADX"?'],
    ['"owners": ["12345678901"]', '2:28: "12345678901": write an account id of 12 digits, or "self"'],
    ['"owners": []', "2:27: []: is empty: add at least one value, or remove the key"],
    ['"ranges": ["0.0.0.0/0"], "everyone": false', '2:54: false: only true is allowed here: write "everyone": true or remove the key'],
    ['"prefixLists": ["PL-1"]', '2:33: "PL-1": write the id of a prefix list, such as pl-63a5400a'],
    [
      `${self}, "services": ["Redshift"]`,
      '2:50: "Redshift": no such service: did you mean "redshift"? Valid values: elasticache, redshift',
    ],
    [`${self}, "services": ["*"]`, '2:50: "*": no such service. Valid values: elasticache, redshift'],
    [
      `${self}, "services": ["ec2"]`,
      '2:50: "ec2": a VPC rule has the services of the caches and warehouses that it reaches: name those, or limit the statement with "authorizations": ["AuthorizeSecurityGroupIngress"]. Valid values: elasticache, redshift',
    ],
    [
      '"owners": ["arn:aws:iam::210987654321:root"]',
      '2:28: "arn:aws:iam::210987654321:root": is an ARN: write the account id, "210987654321"',
    ],
    [`${self}, "authorizations": ["x"]`, '2:56: "x": no such authorization. Valid values: AuthorizeCacheSecurityGroupIngress'],
    [`${self}, "accounts": ["prod"]`, '2:50: "prod": matches nothing: account ids contain only digits'],
    [`${self}, "accounts": ["12345678901"]`, '2:50: "12345678901": matches nothing: an account id has 12 digits'],
    [`${self}, "accounts": ["1234567890?"]`, '2:50: "1234567890?": matches nothing: an account id has 12 digits'],
    [`${self}, "accounts": ["1234-5678-9012-3*"]`, '2:50: "1234-5678-9012-3*": matches nothing: an account id has 12 digits'],
    [`${self}, "regions": ["EU-*"]`, '2:49: "EU-*": matches nothing: Region codes contain only lower-case letters, digits and hyphens'],
    [`${self}, "resources": [""]`, `2:51: "": a pattern ${text}`],
    [`${self}, "resources": ["a\\u0000"]`, `2:51: "a\\u0000": a pattern ${text}`],
    [`${self}, "reason": "${"x".repeat(257)}"`, `2:47: "${"x".repeat(79)}… (259 characters): ${text}`],
    [`${self}, "reason": "\\u202e"`, `2:47: "\\u202e": ${text}`],
    ...days.map((day): [string, string] => [`${self}, "until": "${day}"`, `2:46: "${day}": write a valid date as YYYY-MM-DD`]),
  ])("%s", async (keys, ...lines) => {
    expect(await problemsOf(permitting(keys))).toEqual(lines);
  });
});

describe("a mistake in the policy is reported with its position, its text and the fix", () => {
  const permit = `"permit": [{"name": "a", ${self}}]`;
  test.each<[string, ...string[]]>([
    ['{"mode": "audit", "permit": []}', "1:29: []: is empty: add at least one statement"],
    ['{"mode": "audit", "permit": [7]}', "1:30: 7: write an object in { }"],
    [`{"mode": "enforce", "auditOnly": [{"sources": ["anyone"]}], ${permit}}`, '1:48: "anyone": write "everyone" or "foreign"'],
    [`{"mode": "enforce", "auditOnly": [{"sources": []}], ${permit}}`, "1:47: []: is empty: add at least one value, or remove the key"],
    [`{"mode": "enforce", "auditOnly": [], ${permit}}`, "1:34: []: is empty: add at least one value, or remove the key"],
  ])("%j", async (policy, ...lines) => {
    expect((await problemsOf(policy)).slice(0, lines.length)).toEqual(lines);
  });
});
