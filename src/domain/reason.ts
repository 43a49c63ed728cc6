import type { Grant } from "./grant.ts";
import { judge, readable, type Violation } from "./judge.ts";
import { isInForce, mismatches, type Statement } from "./policy.ts";
import { covers, overlaps } from "./range-set.ts";
import { sourceText } from "./source.ts";
import { printable } from "./text.ts";

/**
 * Returns why a grant is a violation, in the words that are closest to a permission: a statement that expired, or statements that permit
 * the source elsewhere. Undefined when there are none. `applicable` are the statements in whose scope the grant is, expired or not.
 */
export function nearReason(
  grant: Grant,
  permit: readonly Statement[],
  applicable: readonly Statement[],
  violation: Violation,
  at: number,
): string | undefined {
  return expiryReason(grant, applicable, violation, at) ?? elsewhereReason(grant, permit, at);
}

/** The reason when expired statements would permit what is uncovered; undefined when they would not. */
function expiryReason(grant: Grant, applicable: readonly Statement[], { uncovered: left }: Violation, at: number): string | undefined {
  const expired = applicable.filter((statement) => !isInForce(statement, at));
  if (expired.length === 0) return undefined;
  const judgement = judge(grant, applicable);
  if (judgement.verdict === "violation") return undefined;
  const { source } = grant;
  const names = (statement: Statement) => source.kind === "prefixList" && statement.prefixLists.has(source.prefixList);
  const helps = (statement: Statement) => !left || names(statement) || left.some((text) => overlaps(statement.ranges, readable(text)));
  const permitting = expired.filter((statement) => judgement.statements.includes(statement.name) && helps(statement));
  const [first, ...others] = permitting.map(({ name, until }) => `the statement ${name} expired after ${until}`).toSorted();
  return first && first + andMore(others);
}

/** The reason when statements permit the source in another scope: those whose scope differs least. Undefined when there are none. */
function elsewhereReason(grant: Grant, permit: readonly Statement[], at: number): string | undefined {
  const permitsAlone = permitterOf(grant);
  const found = permit
    .filter((statement) => isInForce(statement, at) && permitsAlone(statement))
    .map(({ name, scope }) => ({ name, keys: mismatches(scope, grant) }))
    .map(({ name, keys }) => [keys.length, keys.join(" and "), name] as const)
    .toSorted(); // As texts: there are at most five keys.
  const [nearest, ...others] = found;
  if (!nearest) return undefined;
  const [, keys, name] = nearest;
  const more = andMore(others.filter((other) => other[1] === keys));
  return `${printable(sourceText(grant.source), 128)} is permitted for other ${keys} only, by ${name}${more}`;
}

/** Returns whether one statement permits the source by itself. Of many entries of a prefix list, the first that it does not cover decides. */
function permitterOf(grant: Grant): (statement: Statement) => boolean {
  const { source } = grant;
  if (source.kind === "range") {
    const range = readable(source.range);
    return ({ ranges }) => covers(ranges, range);
  }
  if (source.kind !== "prefixList") return (statement) => judge(grant, [statement]).verdict === "permitted";
  const { prefixList, entries } = source;
  const ranges = entries.map(readable);
  return (statement) =>
    statement.prefixLists.has(prefixList) || (ranges.length > 0 && ranges.every((range) => covers(statement.ranges, range)));
}

function andMore(others: readonly unknown[]): string {
  return others.length > 0 ? `, and ${others.length} more` : "";
}
