import type { Source } from "#domain/source.ts";
import { freeText, ownerProblem, prefixListProblem, rangeProblem } from "#policy/checks.ts";
import type { PolicyCall, StatementDocument } from "#policy/schema.ts";
import type { Doubt } from "./doubts.ts";
import { withNames } from "./names.ts";
import type { Granter, Pair, Seen } from "./pair.ts";
import { statementsOf } from "./statements.ts";

/** What a person must decide: whether a source that has access may have it. The learned policy does not permit it. */
export interface OpenDecision extends Doubt {
  readonly source: Source;
  /** What it has access to. */
  readonly on: { readonly [Key in "services" | "resources" | "accounts" | "regions"]: readonly string[] };
  readonly grants: number;
  /** Times in ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Who gave these grants, each call once, in the order of time. */
  readonly granters: readonly Granter[];
  /** Of how many grants no event shows who gave them. */
  readonly withoutEvent: number;
  /** The statement that permits it; absent when no statement can. */
  readonly permitWith?: StatementDocument;
}

/** Returns what is to be decided about pairs that have one source and one doubt: one decision, or several if no statement permits exactly them. */
export function openDecisions(doubt: Doubt, pairs: readonly Pair[], calls: readonly PolicyCall[]): readonly OpenDecision[] {
  const [first] = pairs;
  if (!first) return [];
  return withNames("permit", statementsOf(pairs, calls)).map(({ statement, seen }) => {
    const { services = [], resources = [], accounts = [], regions = [] } = statement;
    return {
      ...doubt,
      source: first.source,
      on: { services, resources, accounts, regions },
      grants: seen.size,
      ...timesOf(seen),
      granters: grantersOf(seen),
      withoutEvent: [...seen].filter(({ granter }) => !granter).length,
      ...(isWritable(statement) && { permitWith: statement }),
    };
  });
}

/** Returns when the first of the grants was seen, and the last. */
export function timesOf(seen: Iterable<Seen>): { readonly firstSeen: string; readonly lastSeen: string } {
  const all = [...seen];
  const firstSeen = all.map((each) => each.firstSeen).reduce((a, b) => (b < a ? b : a));
  return { firstSeen, lastSeen: all.map((each) => each.lastSeen).reduce((a, b) => (b > a ? b : a)) };
}

function grantersOf(seen: Iterable<Seen>): readonly Granter[] {
  const granters = new Map([...seen].flatMap(({ granter }) => (granter ? [[JSON.stringify(granter), granter] as const] : [])));
  return [...granters.values()].sort((a, b) => (a.time < b.time ? -1 : 1));
}

/** True when a policy accepts every text of the statement. */
function isWritable({ owners = [], securityGroups = [], ranges = [], prefixLists = [], resources = [] }: StatementDocument): boolean {
  const problems = [
    ...[...securityGroups, ...resources].map(freeText),
    ...owners.map(ownerProblem),
    ...ranges.map(rangeProblem),
    ...prefixLists.map(prefixListProblem),
  ];
  return problems.every((problem) => problem === undefined);
}
