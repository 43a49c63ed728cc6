import { authorizations, vocabulary } from "#authorizations/index.ts";
import { accountId } from "#domain/account.ts";
import type { Scope, Statement } from "#domain/policy.ts";
import { parseRange, type Range } from "#domain/range.ts";
import { covers, rangeSet } from "#domain/range-set.ts";
import type { StatementDocument } from "#policy/schema.ts";
import { idleIn } from "#policy/unusable.ts";

const day = 86_400_000;
const soon = 30 * day;

/** Ranges set aside for documentation: RFC 5737, RFC 3849 and RFC 9637. */
const documentation = rangeSet(rangesOf("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"));

/** Account ids that AWS's documentation uses. */
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

/** Wider than any network that one owner is given: beyond a /8 of IPv4, or a /20 of IPv6. */
const widest = { 4: 8, 6: 20 } as const;

/** That the statement permits nothing any more, or soon will, at a time in milliseconds since 1970. */
export function expiry({ name, expires }: Statement, at: number): string[] {
  if (expires === undefined || expires - at > soon) return [];
  const last = new Date(expires - 1).toISOString().slice(0, 10);
  return [at >= expires ? `${name}: expired after ${last}; it permits nothing any more` : `${name}: expires after ${last}`];
}

/** Ranges wider than what one owner has. */
export function wide({ name, ranges = [], everyone }: StatementDocument): string[] {
  if (everyone) return [`${name}: lets everyone in`];
  const found = ranges.filter((text) => {
    const range = parseRange(text);
    return range !== undefined && range.prefix < widest[range.family];
  });
  return found.length > 0 ? [`${name}: very wide: ${few(found)}`] : [];
}

/** Addresses and accounts that stand in documentation only. */
export function examples({ name, ranges = [], owners = [], accounts = [] }: StatementDocument): string[] {
  const found = ranges.filter((text) => {
    const range = parseRange(text);
    return range !== undefined && covers(documentation, range);
  });
  const ids = [...owners, ...accounts].filter((id) => exampleAccounts.includes(id.replaceAll("-", "")));
  return [
    ...(found.length > 0 ? [`${name}: addresses of documentation, which nobody has: ${few(found)}`] : []),
    ...(ids.length > 0 ? [`${name}: account ids of AWS's documentation: ${few(ids)}`] : []),
  ];
}

/** What stands in one list more than once. */
export function twice({ name, ranges = [], owners = [], prefixLists = [] }: StatementDocument): string[] {
  const lists = [ranges, owners.map((owner) => accountId(owner) ?? owner), prefixLists];
  const found = lists.flatMap((list) => list.filter((text, index) => list.indexOf(text) < index));
  return found.length > 0 ? [`${name}: named twice: ${few([...new Set(found)])}`] : [];
}

/** What the statement names and no call in its scope lets in; a statement of which that is all is an error. */
export function idle(statement: StatementDocument): string[] {
  const { idle } = idleIn(statement, vocabulary.calls);
  return idle.length > 0 ? [`${statement.name}: no call in its scope lets in: ${few(idle)}`] : [];
}

/** Names that nothing has, as AWS stores them in lower case. */
export function capitals({ name, authorizations: named = [], resources = [] }: Scope & { readonly name: string }): string[] {
  if (authorizations.some((each) => each.keepsCase && named.includes(each.name))) return [];
  const found = resources.filter((pattern) => /[A-Z]/.test(pattern));
  return found.length > 0 ? [`${name}: AWS stores these names in lower case, so capitals never fit: ${few(found)}`] : [];
}

/** The ranges that can be read. */
export function rangesOf(...texts: readonly string[]): Range[] {
  return texts.flatMap((text) => parseRange(text) ?? []);
}

/** A list of texts in a few words. */
export function few(texts: readonly string[]): string {
  return texts.length > 5 ? `${texts.slice(0, 5).join(", ")} and ${texts.length - 5} more` : texts.join(", ");
}
