import type { Grant } from "./grant.ts";
import { fitsOne, isInForce, mismatches, namesOwner, type Policy, type ScopeKey, type Statement } from "./policy.ts";
import { network, parseRange } from "./range.ts";
import { covers, nearness } from "./range-set.ts";

/** A key of a statement that would have to change before the statement permits a grant. */
type Change = "until" | ScopeKey | "ranges" | "owners" | "securityGroups" | "prefixLists";

/** A statement, and what would have to change before it permits a grant. */
export interface Near {
  readonly statement: Statement;
  readonly changes: readonly Change[];
}

/** What would have to change, and how near the statement's source is to the grant's. */
interface Scored extends Near {
  readonly bySource: number;
  readonly byScope: number;
  readonly nearness: number;
}

/**
 * Returns the statement that needs the fewest changes to permit a violation on one resource. Of equally many changes, a later `until` is
 * the smallest, then another scope, then another source, which is smaller the nearer the source is. Undefined when no statement has
 * sources of the grant's kind.
 */
export function nearest(grant: Grant, policy: Policy, at: number): Near | undefined {
  const scored = policy.permit.flatMap((statement): Scored[] => {
    const source = sourceChanges(statement, grant);
    if (!source) return [];
    const scope = mismatches(statement.scope, grant);
    const changes: Change[] = [...(isInForce(statement, at) ? [] : ["until" as const]), ...scope, ...source.changes];
    return [{ statement, changes, bySource: source.changes.length, byScope: scope.length, nearness: source.nearness }];
  });
  const [best] = scored.toSorted(
    (a, b) => a.changes.length - b.changes.length || a.bySource - b.bySource || a.byScope - b.byScope || b.nearness - a.nearness,
  );
  return best && { statement: best.statement, changes: best.changes };
}

/**
 * Returns the keys of a statement's sources that would have to change. `nearness` compares statements for which these are equally many:
 * for a range, the leading bits that it shares with a permitted range; for an owner, whether it is named. Undefined: not of this kind.
 */
function sourceChanges(
  { ranges, owners, prefixLists, securityGroups }: Statement,
  { source, place }: Grant,
): { readonly changes: readonly Change[]; readonly nearness: number } | undefined {
  switch (source.kind) {
    case "range": {
      const range = parseRange(source.range);
      const bits = range ? nearness(ranges, network(range)) : -1;
      return range && bits >= 0 ? { changes: covers(ranges, range) ? [] : ["ranges"], nearness: bits } : undefined;
    }
    case "prefixList":
      return prefixLists.size > 0 ? { changes: prefixLists.has(source.prefixList) ? [] : ["prefixLists"], nearness: 0 } : undefined;
    case "securityGroup":
    case "account": {
      if (owners.size === 0) return undefined;
      const isNamed = namesOwner({ owners }, source.owner, place.account);
      const fits = source.kind === "account" ? securityGroups === undefined : fitsOne(securityGroups, source.securityGroup);
      const changes: Change[] = [...(isNamed ? [] : ["owners" as const]), ...(fits ? [] : ["securityGroups" as const])];
      return { changes, nearness: isNamed ? 1 : 0 };
    }
  }
}
