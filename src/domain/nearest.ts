import { isInForce } from "./decide.ts";
import type { Grant } from "./grant.ts";
import { inScope, namesOwner, type Policy, type Statement } from "./policy.ts";
import { network, parseRange } from "./range.ts";
import { nearness } from "./range-set.ts";

/** Of the statements in the scope of which a violation lies, the one that comes nearest to permitting it; expired ones count. */
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

/** How near a statement comes: for a range the leading bits it shares with what is permitted, for an owner whether it is named. */
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
      const named = namesOwner(statement, source.owner, place.account);
      return (owners.size > 0 ? 0 : -1) + (named ? 2 : 0) + (named && securityGroups !== undefined ? 1 : 0);
    }
  }
}
