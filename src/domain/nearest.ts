import { isInForce } from "./decide.ts";
import type { Grant } from "./grant.ts";
import { inScope, namesOwner, type Policy, type Statement } from "./policy.ts";
import { network, parseRange } from "./range.ts";
import { nearness } from "./range-set.ts";

/** Returns the statement that comes nearest to permitting a violation, expired or not; undefined when none in scope is of its kind. */
export function nearest(grant: Grant, policy: Policy, at: number): Statement | undefined {
  const scored = policy.permit.map((statement) => ({
    statement,
    score: inScope(statement.scope, grant) ? closeness(statement, grant) : -1,
  }));
  const best = scored.reduce((a, b) =>
    b.score > a.score || (b.score === a.score && isInForce(b.statement, at) && !isInForce(a.statement, at)) ? b : a,
  );
  return best.score >= 0 ? best.statement : undefined;
}

/**
 * Scores a statement: for a range, the leading bits that it shares with a permitted range; for an owner, whether it is named. -1:
 * not of this kind.
 */
function closeness(statement: Statement, { source, place }: Grant): number {
  const { ranges, owners, prefixLists, securityGroups } = statement;
  switch (source.kind) {
    case "range": {
      const range = parseRange(source.range);
      return range ? nearness(ranges, network(range)) : -1;
    }
    case "prefixList":
      return prefixLists.size > 0 ? 0 : -1;
    case "securityGroup":
    case "account": {
      const isNamed = namesOwner(statement, source.owner, place.account);
      return (owners.size > 0 ? 0 : -1) + (isNamed ? 2 : 0) + (isNamed && securityGroups !== undefined ? 1 : 0);
    }
  }
}
