import { closestMatch } from "leven";
import { accountId } from "#domain/account.ts";
import { formatRange, network, parseRange, sameNetwork } from "#domain/range.ts";
import { ownerWords } from "#domain/source.ts";
import { isPrintable } from "#domain/text.ts";

/** What is wrong with a text and what to write instead; undefined when nothing is. */
export type Check = (text: string) => string | undefined;

/** One of the known names. */
export function oneOf(what: string, names: readonly string[]): Check {
  return (value) => {
    if (names.includes(value)) return undefined;
    const near = closestMatch(value.slice(0, 64), names, { maxDistance: 8 });
    return `no such ${what}${near ? `: did you mean ${JSON.stringify(near)}?` : "."} Known: ${names.join(", ")}`;
  };
}

/** Any short text that can be printed. */
export const freeText: Check = (value) =>
  value !== "" && value.length <= 256 && isPrintable(value) ? undefined : "must be 1 to 256 characters without control characters";

/** A statement's name. */
export const nameProblem: Check = (value) => freeText(value) && `a name ${freeText(value)}`;

/** A pattern of `*`, `?` and `alphabet`, so that no pattern is accepted that can never match. */
export function pattern(alphabet?: RegExp, why?: string): Check {
  return (value) => {
    if (freeText(value)) return `a pattern ${freeText(value)}`;
    return !alphabet || alphabet.test(value) ? undefined : `matches nothing: ${why}`;
  };
}

/** A pattern on account ids. */
export const accountPattern: Check = (value) => {
  const unusual = pattern(/^[0-9*?-]+$/, "account ids are digits")(value);
  return unusual ?? (/[*?]/.test(value) || accountId(value) ? undefined : "matches nothing: an account id has twelve digits");
};

/** An owner. */
export const ownerProblem: Check = (value) => {
  if (value === "self" || ownerWords.some((word) => word === value) || accountId(value)) return undefined;
  const near = closestMatch(value.slice(0, 64), ["self", ...ownerWords], { maxDistance: 2 });
  return near ? `did you mean ${JSON.stringify(near)}?` : 'write an account id of twelve digits, or "self"';
};

/** The id of a prefix list. */
export const prefixListProblem: Check = (value) =>
  /^pl-[0-9a-f]{8,17}$/.test(value) ? undefined : "write the id of a prefix list, such as pl-63a5400a";

/** A day. */
export const dateProblem: Check = (value) => {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  if (day && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)) return undefined;
  return "write a day of the calendar as YYYY-MM-DD";
};

/** A range in CIDR notation. */
export const rangeProblem: Check = (value) => {
  const range = parseRange(value);
  if (!range) return unreadableRange(value);
  const meant = network(range);
  if (range.words.some((word, i) => word !== meant.words[i]))
    return `has bits set beyond /${range.prefix}: write ${JSON.stringify(formatRange(meant))}`;
  if (range.family === 6 && range.prefix >= 96 && sameNetwork({ ...range, prefix: 96 }, mappedIPv4)) {
    const [, , , d] = range.words;
    const inIPv4 = formatRange({ family: 4, words: [d, 0, 0, 0], prefix: range.prefix - 96 });
    return `is IPv4 mapped into IPv6, a form that no grant has: write ${JSON.stringify(inIPv4)}`;
  }
  return undefined;
};

const mappedIPv4 = { family: 6, words: [0, 0, 0xffff, 0], prefix: 96 } as const;

function unreadableRange(value: string): string {
  const short = value.slice(0, 64);
  const bare = parseRange(`${short}/${short.includes(":") ? 128 : 32}`);
  if (bare) return `is an address without a prefix length: write ${JSON.stringify(formatRange(bare))}`;
  const plain = short.trim().replace(/(^|[./])0+(?=\d)/g, "$1");
  const meant = parseRange(plain);
  if (meant && plain !== value.trim()) return `has leading zeros: write ${JSON.stringify(formatRange(network(meant)))}`;
  if (meant) return `has white space: write ${JSON.stringify(formatRange(network(meant)))}`;
  if (/^[0-9a-f:]*:[0-9.]+\/\d+$/i.test(short)) return "has a dotted tail: write IPv6 in groups of hexadecimal digits, and IPv4 as IPv4";
  return 'write a range in CIDR notation, such as "203.0.113.0/24" or "2001:db8:10::/48"';
}
