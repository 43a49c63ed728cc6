import { accountId } from "../domain/account.ts";
import { counts } from "../domain/decide.ts";
import type { Owner } from "../domain/grant.ts";
import { matches } from "../domain/pattern.ts";
import type { Policy, Scope, Statement } from "../domain/policy.ts";
import { formatRange, network, parseRange, type Range } from "../domain/range.ts";
import { covers, overlaps, type RangeSet, uncovered } from "../domain/range-set.ts";
import type { PolicyFile } from "../policy-file.ts";
import type { StatementDocument } from "../policy-schema.ts";
import { few } from "./statement-warnings.ts";

/** More statements than this are not compared with each other: every one would be with every other. */
export const mostCompared = 2_000;

const everything: readonly Range[] = [
  { family: 4, words: [0, 0, 0, 0], prefix: 0 },
  { family: 6, words: [0, 0, 0, 0], prefix: 0 },
];

/** What a statement permits although another one, whose scope holds its own and which lasts as long, permits it already. */
export function redundant({ name, ranges = [], owners = [] }: StatementDocument, index: number, { permit }: Policy, at: number): string[] {
  const own = permit[index];
  if (!own || !counts(own, at) || permit.length > mostCompared) return [];
  return permit.flatMap((other, otherIndex) => {
    const lasts = (other.expires ?? Number.POSITIVE_INFINITY) >= (own.expires ?? Number.POSITIVE_INFINITY);
    if (otherIndex === index || !lasts || !holds(other.scope, own.scope)) return [];
    // Of two statements that hold each other, only the later is told.
    const mutual = otherIndex > index && holds(own.scope, other.scope) && own.expires === other.expires;
    const coveredRanges = ranges.filter((text) => {
      const range = parseRange(text);
      return range !== undefined && covers(other.ranges, range) && !(mutual && hasExactly(other.ranges, range));
    });
    const sameGroups = !other.securityGroups || own.securityGroups?.every((pattern) => other.securityGroups?.includes(pattern));
    const coveredOwners = owners.filter((owner) => !mutual && sameGroups && other.owners.has((accountId(owner) ?? owner) as Owner));
    const covered = [...coveredRanges, ...coveredOwners];
    return covered.length > 0 ? [`${name}: ${other.name} permits already: ${few(covered)}`] : [];
  });
}

/** True when the set holds the range and not the network around it: both statements then name the same. */
function hasExactly(set: RangeSet, range: Range): boolean {
  return range.prefix === 0 || !covers(set, network({ ...range, prefix: range.prefix - 1 }));
}

/** True when every grant in the inner scope surely lies in the outer one. */
function holds(outer: Scope, inner: Scope): boolean {
  return (["services", "authorizations", "resources", "accounts", "regions"] as const).every((key) => {
    const wider = outer[key];
    return (
      !wider || inner[key]?.every((text) => wider.some((pattern) => pattern === text || (!pattern.includes("?") && matches(pattern, text))))
    );
  });
}

/** Ranges that are no /0 and yet leave nothing out when they are taken together. */
export function together({ policy, document }: Pick<PolicyFile, "policy" | "document">, at: number): string[] {
  const narrower = policy.permit.filter((statement, index) => !document.permit[index]?.everyone && counts(statement, at));
  return everything.flatMap((all) => {
    const having = narrower.filter(({ ranges }) => overlaps(ranges, all));
    const rest = uncovered(
      having.map(({ ranges }) => ranges),
      all,
      1,
    );
    return rest.count === 0 ? [`${having.map(({ name }) => name).join(", ")}: together everyone, as ${formatRange(all)} would`] : [];
  });
}

/** Groups of the own account are violations, unless a statement that counts everywhere has `self`. */
export function ownAccount({ permit }: Policy, at: number): string[] {
  const own = permit.filter((statement) => statement.owners.has("self") && counts(statement, at));
  if (own.length === 0) return ['no statement has the owner "self": security groups of the resource\'s own account are violations'];
  // A VPC rule names a group by its id, so a pattern for names never fits it.
  const inVpc = ({ scope, securityGroups }: Statement) =>
    (scope.authorizations?.includes("AuthorizeSecurityGroupIngress") ?? true) &&
    (securityGroups?.some((pattern) => /^(\*|sg-)/.test(pattern)) ?? true);
  return own.some(inVpc)
    ? []
    : ['no statement has the owner "self" for VPC rules, which name groups by their sg- ids: those of the own account are violations'];
}
