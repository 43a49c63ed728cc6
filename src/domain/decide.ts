import { type Grant, onEachStore } from "./grant.ts";
import { fitsOne, inScope, namesOwner, type Policy, type Statement } from "./policy.ts";
import { formatRange, network, parseRange, type Range } from "./range.ts";
import { covers, outermost, overlaps, uncovered } from "./range-set.ts";
import { type Source, sourceText } from "./source.ts";
import { printable } from "./text.ts";

/** What the policy says about a grant, and why. The reason of a permitted grant is what its statements give as theirs. */
export type Decision =
  | { readonly verdict: "outOfScope"; readonly reason: string }
  | { readonly verdict: "permitted"; readonly statements: readonly string[]; readonly reason?: string }
  | {
      readonly verdict: "violation";
      readonly reason: string;
      /** What no statement permits, in ascending order, sixteen CIDRs at most, and how many there are in all. */
      readonly uncovered?: readonly string[];
      readonly uncoveredCount?: number;
    };

/** What the policy says about a grant on one resource. */
type Judgement = Exclude<Decision, { verdict: "outOfScope" }>;

/** The decision that a grant is not permitted: the only one for which anything is revoked. */
export type Violation = Extract<Decision, { verdict: "violation" }>;

/** How many uncovered CIDRs a decision lists. */
const listed = 16;

/**
 * Judges a grant at a time (milliseconds since 1970). Pure: the same grant, policy and time give the same decision.
 * Throws a TypeError for a range that cannot be read: whoever made the grant had to refuse it.
 */
export function decide(grant: Grant, policy: Policy, at: number): Decision {
  if (!grant.stores) return decideOne(grant, policy, at);
  const permitting = new Set<string>();
  for (const one of onEachStore(grant)) {
    const decision = decideOne(one, policy, at);
    if (decision.verdict === "violation")
      return { ...decision, reason: `${decision.reason}, for ${one.service} ${printable(one.resource)}` };
    for (const name of decision.statements) permitting.add(name);
  }
  if (grant.stores.length === 0) return { verdict: "outOfScope", reason: "it reaches no cache and no warehouse" };
  return permitted(policy.permit.filter(({ name }) => permitting.has(name)));
}

function decideOne(grant: Grant, { permit }: Policy, at: number): Judgement {
  const applicable = permit.filter(({ scope }) => inScope(scope, grant));
  const judgement = judge(
    grant,
    applicable.filter((statement) => isInForce(statement, at)),
  );
  if (judgement.verdict === "permitted") return judgement;
  const reason = expired(grant, applicable, at) ?? elsewhere(grant, permit, at);
  return reason === undefined ? judgement : { ...judgement, reason };
}

/** Judges a grant by the statements that fit it. */
function judge(grant: Grant, fitting: readonly Statement[]): Judgement {
  switch (grant.source.kind) {
    case "range":
      return decideRanges([grant.source.range], fitting);
    case "prefixList":
      return decidePrefixList(grant.source, fitting);
    case "securityGroup":
    case "account":
      return decideOwner(grant, fitting);
  }
}

/** The reason of a violation that was permitted until statements in its scope expired. */
function expired(grant: Grant, applicable: readonly Statement[], at: number): string | undefined {
  const gone = applicable.filter((statement) => !isInForce(statement, at));
  if (gone.length === 0) return undefined;
  const judgement = judge(grant, applicable);
  if (judgement.verdict === "violation") return undefined;
  const permitting = gone.filter(({ name }) => judgement.statements.includes(name));
  const [first = "", ...others] = permitting.map(({ name, until }) => `the statement ${name} expired after ${until}`).toSorted();
  return first + andMore(others);
}

/** The reason of a violation whose source is permitted on other resources. */
function elsewhere(grant: Grant, permit: readonly Statement[], at: number): string | undefined {
  const judgement = judge(
    grant,
    permit.filter((statement) => isInForce(statement, at)),
  );
  if (judgement.verdict === "violation") return undefined;
  const [first, ...others] = judgement.statements.toSorted();
  return `${printable(sourceText(grant.source), 128)} is permitted on other resources only, by ${first}${andMore(others)}`;
}

function andMore(others: readonly string[]): string {
  return others.length > 0 ? `, and ${others.length} more` : "";
}

/** True until the end of the statement's last day. */
export function isInForce({ expires }: Statement, at: number): boolean {
  return expires === undefined || at < expires;
}

function permitted(statements: readonly Statement[]): Judgement {
  const reasons = statements.map(({ reason }) => reason).filter((reason) => reason !== undefined);
  const decision = { verdict: "permitted", statements: statements.map(({ name }) => name) } as const;
  return reasons.length === 0 ? decision : { ...decision, reason: printable(reasons.join("; ")) };
}

/** All of the ranges must lie in the union of what the statements permit. */
function decideRanges(texts: readonly string[], fitting: readonly Statement[]): Judgement {
  const asked = texts.map(readable);
  const [only] = asked;
  if (only && asked.length === 1) {
    const alone = fitting.filter((statement) => covers(statement.ranges, only));
    if (alone.length > 0) return permitted(alone);
  }
  const ranges = outermost(asked.map(network));
  const used = new Set<Statement>();
  const gaps: Range[] = [];
  let count = 0;
  for (const range of ranges) {
    const alone = fitting.filter((statement) => covers(statement.ranges, range));
    const helping = alone.length > 0 ? alone : fitting.filter((statement) => overlaps(statement.ranges, range));
    for (const statement of helping) used.add(statement);
    if (alone.length > 0) continue;
    const missing = uncovered(
      helping.map((statement) => statement.ranges),
      range,
      listed,
    );
    gaps.push(...missing.ranges);
    count += missing.count;
  }
  if (count === 0) return permitted(fitting.filter((statement) => used.has(statement)));
  const texted = gaps.slice(0, listed).map(formatRange);
  const everyone = ranges.find(({ prefix }) => prefix === 0);
  const more = count === 1 ? " is" : ` and ${count - 1} more are`;
  const reason = everyone ? `everyone is let in (${formatRange(everyone)})` : `${texted[0]}${more} in no permitted range`;
  return { verdict: "violation", reason, uncovered: texted, uncoveredCount: count };
}

function readable(text: string): Range {
  const range = parseRange(text);
  if (!range) throw new TypeError(`Not a range: ${printable(text)}`);
  return range;
}

/** A prefix list is permitted by its id, or when all of its entries are. */
function decidePrefixList({ prefixList, entries }: Source & { kind: "prefixList" }, fitting: readonly Statement[]): Judgement {
  const naming = fitting.filter((statement) => statement.prefixLists.has(prefixList));
  if (naming.length > 0) return permitted(naming);
  if (entries.length === 0) return { verdict: "violation", reason: `prefix list ${printable(prefixList)} is not permitted` };
  const decision = decideRanges(entries, fitting);
  return decision.verdict === "permitted"
    ? decision
    : { ...decision, reason: `in prefix list ${printable(prefixList)}, ${decision.reason}` };
}

/** An owner is permitted by a statement that names it, and that names the source group too if it narrows to groups. */
function decideOwner({ place, source }: Grant, fitting: readonly Statement[]): Judgement {
  if (source.kind !== "securityGroup" && source.kind !== "account") throw new TypeError(`A ${source.kind} has no owner`);
  const { owner } = source;
  if (owner === "unknown") return { verdict: "violation", reason: "the owner of the security group is unknown" };
  const naming = fitting.filter((statement) => namesOwner(statement, owner, place.account));
  const permitting = naming.filter(({ securityGroups }) =>
    source.kind === "securityGroup" ? fitsOne(securityGroups, source.securityGroup) : securityGroups === undefined,
  );
  if (permitting.length > 0) return permitted(permitting);
  const who = owner === place.account ? `the resource's own account ${owner}` : owner;
  if (naming.length === 0) return { verdict: "violation", reason: `${who} is not a permitted owner` };
  const what = source.kind === "securityGroup" ? `not its ${printable(source.securityGroup)}` : "not the whole account";
  return { verdict: "violation", reason: `only some security groups of ${who} are permitted, ${what}` };
}
