import type { Grant } from "./grant.ts";
import { fitsOne, namesOwner, type Statement } from "./policy.ts";
import { formatRange, network, parseRange, type Range } from "./range.ts";
import { covers, outermost, overlaps, uncovered } from "./range-set.ts";
import type { Source } from "./source.ts";
import { printable } from "./text.ts";

/** The decision on a grant on one resource. The reason of a permitted grant is the `reason` of the statements that permit it. */
export type Judgement =
  | { readonly verdict: "permitted"; readonly statements: readonly string[]; readonly reason?: string }
  | {
      readonly verdict: "violation";
      readonly reason: string;
      /** The CIDRs that no statement permits, in ascending order; at most 16. */
      readonly uncovered?: readonly string[];
      /** How many CIDRs no statement permits, including those that `uncovered` leaves out. */
      readonly uncoveredCount?: number;
    };

/** The decision that a grant is not permitted. Only such grants are revoked. */
export type Violation = Extract<Judgement, { verdict: "violation" }>;

/** The most uncovered CIDRs that a decision lists. */
const maxListed = 16;

/** Judges a grant by the given statements, all of which apply. Throws a TypeError for a range that cannot be read. */
export function judge(grant: Grant, statements: readonly Statement[]): Judgement {
  switch (grant.source.kind) {
    case "range":
      return decideRanges([grant.source.range], statements);
    case "prefixList":
      return decidePrefixList(grant.source, statements);
    case "securityGroup":
    case "account":
      return decideOwner(grant, statements);
  }
}

/** Returns the decision that these statements permit the grant. */
export function permitted(statements: readonly Statement[]): Judgement {
  const reasons = statements.map(({ reason }) => reason).filter((reason) => reason !== undefined);
  const decision = { verdict: "permitted", statements: statements.map(({ name }) => name) } as const;
  return reasons.length === 0 ? decision : { ...decision, reason: printable(reasons.join("; ")) };
}

/** Permits the ranges when the union of the statements' ranges covers all of them. */
function decideRanges(texts: readonly string[], statements: readonly Statement[]): Judgement {
  const granted = texts.map(readable);
  const [only] = granted;
  if (only && granted.length === 1) {
    const alone = statements.filter((statement) => covers(statement.ranges, only));
    if (alone.length > 0) return permitted(alone);
  }
  const ranges = outermost(granted.map(network));
  const used = new Set<Statement>();
  const gaps: Range[] = [];
  let count = 0;
  let everyone: Range | undefined;
  for (const range of ranges) {
    const alone = statements.filter((statement) => covers(statement.ranges, range));
    const contributing = alone.length > 0 ? alone : statements.filter((statement) => overlaps(statement.ranges, range));
    for (const statement of contributing) used.add(statement);
    if (alone.length > 0) continue;
    const missing = uncovered(
      contributing.map((statement) => statement.ranges),
      range,
      maxListed,
    );
    if (range.prefix === 0) everyone = range;
    gaps.push(...missing.ranges);
    count += missing.count;
  }
  if (count === 0) return permitted(statements.filter((statement) => used.has(statement)));
  const cidrs = gaps.slice(0, maxListed).map(formatRange);
  const more = count === 1 ? " is" : ` and ${count - 1} more are`;
  const reason = everyone ? `everyone is let in (${formatRange(everyone)})` : `${cidrs[0]}${more} in no permitted range`;
  return { verdict: "violation", reason, uncovered: cidrs, uncoveredCount: count };
}

/** Reads a range. Throws a TypeError. */
export function readable(text: string): Range {
  const range = parseRange(text);
  if (!range) throw new TypeError(`Not a range: ${printable(text)}`);
  return range;
}

/** Permits a prefix list by its id, or when the statements' ranges cover all of its entries. */
function decidePrefixList({ prefixList, entries }: Source & { kind: "prefixList" }, statements: readonly Statement[]): Judgement {
  const listing = statements.filter((statement) => statement.prefixLists.has(prefixList));
  if (listing.length > 0) return permitted(listing);
  if (entries.length === 0) return { verdict: "violation", reason: `prefix list ${printable(prefixList)} is not permitted` };
  const decision = decideRanges(entries, statements);
  return decision.verdict === "permitted"
    ? decision
    : { ...decision, reason: `in prefix list ${printable(prefixList)}, ${decision.reason}` };
}

/** Permits an owner by a statement that names it. A statement with `securityGroups` must also match the source group's name. */
function decideOwner({ place, source }: Grant, statements: readonly Statement[]): Judgement {
  if (source.kind !== "securityGroup" && source.kind !== "account") throw new TypeError(`A ${source.kind} has no owner`);
  const { owner } = source;
  if (owner === "unknown") return { verdict: "violation", reason: "the owner of the security group is unknown" };
  if (owner === "*") return { verdict: "violation", reason: "everyone is let in (every AWS account)" };
  const naming = statements.filter((statement) => namesOwner(statement, owner, place.account));
  const permitting = naming.filter(({ securityGroups }) =>
    source.kind === "securityGroup" ? fitsOne(securityGroups, source.securityGroup) : securityGroups === undefined,
  );
  if (permitting.length > 0) return permitted(permitting);
  const who = owner === place.account ? `the resource's own account ${owner}` : owner;
  if (naming.length === 0) return { verdict: "violation", reason: `${who} is not a permitted owner` };
  const what = source.kind === "securityGroup" ? `and ${printable(source.securityGroup)} is not one of them` : "not the whole account";
  return { verdict: "violation", reason: `only some security groups of ${who} are permitted, ${what}` };
}
