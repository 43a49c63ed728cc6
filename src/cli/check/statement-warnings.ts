import { authorizations, vocabulary } from "#authorizations/index.ts";
import { accountId } from "#domain/account.ts";
import type { Scope, Statement } from "#domain/policy.ts";
import { parseRange, type Range } from "#domain/range.ts";
import { covers, rangeSet } from "#domain/range-set.ts";
import type { StatementDocument } from "#policy/schema.ts";
import { unusable } from "#policy/unusable.ts";

const day = 86_400_000;
const soon = 14 * day;

/**
 * Ranges that are reserved for documentation.
 * @see https://www.rfc-editor.org/rfc/rfc5737
 * @see https://www.rfc-editor.org/rfc/rfc3849
 * @see https://www.rfc-editor.org/rfc/rfc9637
 */
const documentation = rangeSet(rangesOf("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"));

/** Account ids in AWS's documentation. */
const exampleAccounts = [
  "012345678901",
  "111122223333",
  "123456789012",
  "210987654321",
  "444455556666",
  "555555555555",
  "777788889999",
  "999988887777",
];

/** The shortest prefix lengths without a warning. One organization rarely has more than a /8 of IPv4 or a /20 of IPv6. */
const shortestPrefix = { 4: 8, 6: 20 } as const;

/** Warns when the statement has expired, at a time in milliseconds since 1970. */
export function expiredWarnings({ name, expires, until }: Statement, at: number): string[] {
  return expires !== undefined && at >= expires ? [`${name}: expired after ${until} and no longer permits anything`] : [];
}

/** Warns when the statement expires within 14 days. */
export function expiringWarnings({ name, expires, until }: Statement, at: number): string[] {
  return expires !== undefined && at < expires && expires - at <= soon ? [`${name}: expires within 14 days, after ${until}`] : [];
}

/** Warns about ranges that are wider than what one organization has. */
export function widthWarnings({ name, ranges = [], everyone }: StatementDocument): string[] {
  if (everyone) return [`${name}: permits everyone`];
  const found = ranges.filter((text) => {
    const range = parseRange(text);
    return range !== undefined && range.prefix < shortestPrefix[range.family];
  });
  return found.length > 0 ? [`${name}: very wide ranges: ${listed(found)}`] : [];
}

/** Warns about ranges and account ids that are used in documentation only. */
export function documentationWarnings({ name, ranges = [], owners = [], accounts = [] }: StatementDocument): string[] {
  const found = ranges.filter((text) => {
    const range = parseRange(text);
    return range !== undefined && covers(documentation, range);
  });
  const ids = [...owners, ...accounts].filter((id) => exampleAccounts.includes(id.replaceAll("-", "")));
  return [
    ...(found.length > 0 ? [`${name}: ranges reserved for documentation, which no network has: ${listed(found)}`] : []),
    ...(ids.length > 0 ? [`${name}: account ids from AWS's documentation: ${listed(ids)}`] : []),
  ];
}

/** Warns about sources that are in one list more than once. */
export function duplicateWarnings({ name, ranges = [], owners = [], prefixLists = [] }: StatementDocument): string[] {
  const lists = [ranges, owners.map((owner) => accountId(owner) ?? owner), prefixLists];
  const found = lists.flatMap((list) => list.filter((text, index) => list.indexOf(text) < index));
  return found.length > 0 ? [`${name}: listed twice: ${listed([...new Set(found)])}`] : [];
}

/** Warns about sources that no call in the statement's scope accepts. A statement with only such sources is an error. */
export function unusableWarnings(statement: StatementDocument): string[] {
  const { sources } = unusable(statement, vocabulary.calls);
  return sources.length > 0 ? [`${statement.name}: no call in its scope can grant access to: ${listed(sources)}`] : [];
}

/** Warns about patterns with upper-case letters, where AWS stores resource names in lower case. */
export function letterCaseWarnings({ name, authorizations: names = [], resources = [] }: Scope & { readonly name: string }): string[] {
  if (authorizations.some((each) => each.keepsCase && names.includes(each.name))) return [];
  const found = resources.filter((pattern) => /[A-Z]/.test(pattern));
  return found.length > 0 ? [`${name}: AWS stores resource names in lower case, so these patterns never match: ${listed(found)}`] : [];
}

/** Parses ranges and leaves out those that cannot be read. */
export function rangesOf(...texts: readonly string[]): Range[] {
  return texts.flatMap((text) => parseRange(text) ?? []);
}

/** Joins at most five texts with commas and says how many more there are. */
export function listed(texts: readonly string[]): string {
  return texts.length > 5 ? `${texts.slice(0, 5).join(", ")} and ${texts.length - 5} more` : texts.join(", ");
}
