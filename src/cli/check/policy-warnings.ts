import { vocabulary, vpcRule } from "#authorizations/index.ts";
import { accountId } from "#domain/account.ts";
import { matches } from "#domain/pattern.ts";
import { isInForce, type Policy, type Scope, type Statement, scopeKeys } from "#domain/policy.ts";
import { formatRange, type Range } from "#domain/range.ts";
import { covers, overlaps, type RangeSet, rangeSet, uncovered } from "#domain/range-set.ts";
import type { Owner } from "#domain/source.ts";
import type { PolicyFile } from "#policy/file.ts";
import type { StatementDocument } from "#policy/schema.ts";
import { listed, rangesOf } from "./statement-warnings.ts";

/** The most statements that are compared with each other: the time grows with the square of their number. */
export const maxCompared = 2_000;

type File = Pick<PolicyFile, "policy" | "document">;

const everything: readonly Range[] = [
  { family: 4, words: [0, 0, 0, 0], prefix: 0 },
  { family: 6, words: [0, 0, 0, 0], prefix: 0 },
];

/** Warns about sources of a statement that another statement permits too, in a scope at least as wide and for at least as long. */
export function redundancyWarnings(index: number, { policy: { permit }, document }: File, at: number): string[] {
  const [own, ownDocument] = [permit[index], document.permit[index]];
  if (!own || !ownDocument || !isInForce(own, at) || permit.length > maxCompared) return [];
  const { name, owners = [], prefixLists = [] } = ownDocument;
  const ranges = rangesWithText(ownDocument);
  return permit.flatMap((other, otherIndex) => {
    const lasts = (other.expires ?? Number.POSITIVE_INFINITY) >= (own.expires ?? Number.POSITIVE_INFINITY);
    if (otherIndex === index || !lasts || !includes(other.scope, own.scope)) return [];
    // Of two statements with the same scope, only the later gets a warning, so that nobody removes a source from both.
    const mutual = otherIndex > index && includes(own.scope, other.scope) && own.expires === other.expires;
    const both = ranges.filter(({ range }) => covers(other.ranges, range));
    const compared = mutual && both.length > 0 ? rangeSet(outside(own.ranges, rangesWithText(document.permit[otherIndex]))) : other.ranges;
    const sameGroups = !other.securityGroups || own.securityGroups?.every((pattern) => other.securityGroups?.includes(pattern));
    const covered = [
      ...both.flatMap(({ text, range }) => (covers(compared, range) ? text : [])),
      ...owners.filter((owner) => !mutual && sameGroups && other.owners.has((accountId(owner) ?? owner) as Owner)),
      ...prefixLists.filter((id) => !mutual && other.prefixLists.has(id)),
    ];
    return covered.length > 0 ? [`${name}: already permitted by ${other.name}: ${listed(covered)}`] : [];
  });
}

/** Returns the ranges of a statement, each with its text. */
function rangesWithText(statement: StatementDocument | undefined): { readonly text: string; readonly range: Range }[] {
  return (statement?.ranges ?? []).flatMap((text) => rangesOf(text).map((range) => ({ text, range })));
}

/** Returns the ranges that the set does not cover. */
function outside(set: RangeSet, ranges: readonly { readonly range: Range }[]): Range[] {
  return ranges.flatMap(({ range }) => (covers(set, range) ? [] : range));
}

/** True when every grant in the inner scope is certainly in the outer one; false when patterns make it uncertain. */
function includes(outer: Scope, inner: Scope): boolean {
  return scopeKeys.every((key) => {
    const wider = outer[key];
    if (!wider || wider.includes("*")) return true;
    return inner[key]?.every((text) => wider.some((pattern) => pattern === text || (!pattern.includes("?") && matches(pattern, text))));
  });
}

/** Warns about statements without a /0 whose ranges together cover all addresses, in a scope that they have in common. */
export function unionWarnings({ policy: { permit }, document }: File, at: number): string[] {
  if (permit.length > maxCompared) return [];
  const narrower = permit.filter((statement, index) => !document.permit[index]?.everyone && isInForce(statement, at));
  return everything.flatMap((all) => {
    const candidates = narrower.filter(({ ranges }) => overlaps(ranges, all));
    if (!coverAll(candidates, all)) return [];
    const found: (readonly Statement[])[] = [];
    for (const scope of scopesOf(candidates)) {
      const group = candidates.filter((statement) => includes(statement.scope, scope));
      const isFound = found.some((other) => other.every((statement) => group.includes(statement)));
      if (!isFound && coverAll(group, all)) found.push(group);
    }
    return found.map((group) => `${listed(group.map(({ name }) => name))}: together permit everyone, as ${formatRange(all)} does`);
  });
}

function coverAll(statements: readonly Statement[], all: Range): boolean {
  const sets = statements.map(({ ranges }) => ranges);
  return uncovered(sets, all, 1).count === 0;
}

/**
 * Returns a scope for each call that accepts ranges, with the resources, accounts and Regions of each statement; the least limited
 * first.
 */
function scopesOf(statements: readonly Statement[]): Scope[] {
  const places = statements.map(({ scope: { resources, accounts, regions } }) => JSON.stringify({ resources, accounts, regions }));
  const distinct = [...new Set(places)].sort((a, b) => a.length - b.length);
  return distinct.flatMap((place) =>
    vocabulary.calls
      .filter(({ sources }) => sources.includes("range"))
      .flatMap(({ services, authorization }) =>
        services.map((service) => ({ ...(JSON.parse(place) as Scope), services: [service], authorizations: [authorization] })),
      ),
  );
}

/** Warns when security groups of the resource's own account are violations, because no statement with `self` applies everywhere. */
export function ownAccountWarnings({ permit }: Policy, at: number): string[] {
  const own = permit.filter((statement) => statement.owners.has("self") && isInForce(statement, at));
  if (own.length === 0) return ['no statement has the owner "self": security groups of the resource\'s own account are violations'];
  // A VPC rule names a group by its id, so a pattern for names never matches it.
  const inVpc = own.filter(({ securityGroups }) => securityGroups?.some((pattern) => /^(\*|sg-)/.test(pattern)) ?? true);
  const rule = { authorizations: ["AuthorizeSecurityGroupIngress"] };
  const services = vpcRule.opens.filter((service) => !inVpc.some(({ scope }) => includes(scope, { ...rule, services: [service] })));
  if (services.length === 0) return [];
  return [
    `no statement has the owner "self" for every VPC rule of ${services.join(", ")}: other security groups of the resource's own account are violations (VPC rules name groups by sg- id)`,
  ];
}
