import { accountId } from "#domain/account.ts";
import { formatRange, network, parseRange, sameNetwork } from "#domain/range.ts";
import { ownerWords } from "#domain/source.ts";
import { isPrintable } from "#domain/text.ts";
import { suggestion } from "./suggestion.ts";

/** Returns what is wrong with a text and what to write instead; undefined for a valid text. */
export type Check = (text: string) => string | undefined;

const vpcRuleServices =
  'a VPC rule has the services of the caches and warehouses that it reaches: name those, or limit the statement with "authorizations": ["AuthorizeSecurityGroupIngress"].';

/** Accepts the given names only. `kind` is what messages call such a name. */
export function oneOf(kind: string, names: readonly string[]): Check {
  return (value) => {
    if (names.includes(value)) return undefined;
    if (kind === "service" && value === "ec2") return `${vpcRuleServices} Valid values: ${names.join(", ")}`;
    const meant = suggestion(value, names);
    const hint = meant ? `: did you mean ${JSON.stringify(meant)}?` : ".";
    return `no such ${kind}${hint} Valid values: ${names.join(", ")}`;
  };
}

/** Accepts a text of 1 to 256 printable characters. */
export const freeText: Check = (value) =>
  value !== "" && value.length <= 256 && isPrintable(value) ? undefined : "must be 1 to 256 characters without control characters";

/** Accepts the name of a statement. */
export const nameProblem: Check = (value) => freeText(value) && `a name ${freeText(value)}`;

/** Accepts a pattern. With an `alphabet`, rejects patterns that can never match; `why` is then the reason in the message. */
export function pattern(alphabet?: RegExp, why?: string): Check {
  return (value) => {
    if (freeText(value)) return `a pattern ${freeText(value)}`;
    return !alphabet || alphabet.test(value) ? undefined : `matches nothing: ${why}`;
  };
}

/** Accepts a pattern on account ids. */
export const accountPattern: Check = (value) => {
  const problem = pattern(/^[0-9*?-]+$/, "account ids contain only digits")(value);
  const length = value.replace(/[*-]/g, "").length;
  const fits = value.includes("*") ? length <= 12 : length === 12;
  return problem ?? (fits ? undefined : "matches nothing: an account id has 12 digits");
};

/** Accepts an owner: an account id, `self`, or one of AWS's own words. */
export const ownerProblem: Check = (value) => {
  if (value === "self" || ownerWords.some((word) => word === value) || accountId(value)) return undefined;
  const [, idInArn] = /^arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):/.exec(value) ?? [];
  if (idInArn) return `is an ARN: write the account id, "${idInArn}"`;
  const meant = suggestion(value, ["self", ...ownerWords]);
  return meant ? `did you mean ${JSON.stringify(meant)}?` : 'write an account id of 12 digits, or "self"';
};

/** Accepts the id of a managed prefix list. */
export const prefixListProblem: Check = (value) =>
  /^pl-[0-9a-f]{8,17}$/.test(value) ? undefined : "write the id of a prefix list, such as pl-63a5400a";

/** Accepts a date. */
export const dateProblem: Check = (value) => {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  if (day && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)) return undefined;
  return "write a valid date as YYYY-MM-DD";
};

/** Accepts a range in CIDR notation without host bits. The message contains the corrected range where one can be derived. */
export const rangeProblem: Check = (value) => {
  const range = parseRange(value);
  if (!range) return unreadableRange(value);
  const corrected = network(range);
  if (range.words.some((word, i) => word !== corrected.words[i]))
    return `has host bits set: write ${JSON.stringify(formatRange(corrected))}`;
  if (range.family === 6 && range.prefix >= 96 && sameNetwork({ ...range, prefix: 96 }, mappedIPv4)) {
    const [, , , address] = range.words;
    const ipv4 = formatRange({ family: 4, words: [address, 0, 0, 0], prefix: range.prefix - 96 });
    return `is an IPv4-mapped IPv6 range, which no grant contains: write ${JSON.stringify(ipv4)}`;
  }
  return undefined;
};

/** @see https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 */
const mappedIPv4 = { family: 6, words: [0, 0, 0xffff, 0], prefix: 96 } as const;

function unreadableRange(value: string): string {
  const short = value.slice(0, 64);
  const address = parseRange(`${short}/${short.includes(":") ? 128 : 32}`);
  if (address) return `is an address without a prefix length: write ${JSON.stringify(formatRange(address))}`;
  const withoutZeros = short.trim().replace(/(^|[./])0+(?=\d)/g, "$1");
  const corrected = parseRange(withoutZeros);
  if (corrected) {
    const problem = withoutZeros === value.trim() ? "white space" : "leading zeros";
    return `has ${problem}: write ${JSON.stringify(formatRange(network(corrected)))}`;
  }
  if (/^[0-9a-f:]*:[0-9.]+\/\d+$/i.test(short)) return "mixes IPv6 and dotted decimal: write hexadecimal groups only, or an IPv4 range";
  return 'write a range in CIDR notation, such as "203.0.113.0/24" or "2001:db8:10::/48"';
}
