import { sourceKey } from "#domain/source.ts";
import type { PolicyCall, StatementDocument } from "#policy/schema.ts";
import { type Doubt, doubtKinds, doubtsAbout } from "./doubts.ts";
import { groupedBy } from "./grouped-by.ts";
import { withNames } from "./names.ts";
import { type OpenDecision, openDecisions, timesOf } from "./open-decision.ts";
import { type Pair, pairsOf, type Seen } from "./pair.ts";
import { statementsOf } from "./statements.ts";

/** What was learned. */
export interface Learned {
  readonly permit: readonly StatementDocument[];
  readonly decisions: readonly OpenDecision[];
}

interface Learning {
  /** One's own accounts, beside the account that holds a resource. */
  readonly own: ReadonlySet<string>;
  /** The last day of each statement, as YYYY-MM-DD. */
  readonly until: string;
  /** The calls that a policy can name. */
  readonly calls: readonly PolicyCall[];
}

/** Returns statements that permit what the grants gave and nothing else, and what a person must decide instead. */
export function learn(grants: readonly Seen[], { own, until, calls }: Learning): Learned {
  const pairs = pairsOf(grants);
  const doubtAbout = doubtsAbout(pairs, own);
  const learned: Pair[] = [];
  const doubtful: { readonly pair: Pair; readonly doubt: Doubt }[] = [];
  for (const pair of pairs) {
    const doubt = doubtAbout(pair);
    if (doubt) doubtful.push({ pair, doubt });
    else learned.push(pair);
  }
  const permit = withNames("learned", statementsOf(learned, calls)).map(({ statement, seen, resources }) => {
    const { firstSeen, lastSeen } = timesOf(seen);
    const origin = `grants: ${seen.size}, resources: ${resources}, first seen ${dayOf(firstSeen)}, last seen ${dayOf(lastSeen)}`;
    return { ...statement, until, reason: `learned, not reviewed; ${origin}` };
  });
  const sameDoubts = groupedBy(doubtful, ({ pair, doubt }) =>
    JSON.stringify([doubtKinds.indexOf(doubt.kind), doubt.reason, sourceKey(pair.source)]),
  );
  const decisions = [...sameDoubts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, same]) =>
      same[0]
        ? openDecisions(
            same[0].doubt,
            same.map(({ pair }) => pair),
            calls,
          )
        : [],
    );
  return { permit, decisions };
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}
