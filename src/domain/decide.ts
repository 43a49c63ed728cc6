import { type Grant, onEachStore } from "./grant.ts";
import { fitsOne, inScope, namesOwner, type Policy, type Statement } from "./policy.ts";
import { formatRange, network, parseRange, type Range } from "./range.ts";
import { covers, outermost, overlaps, uncovered } from "./range-set.ts";
import { type Source, sourceText } from "./source.ts";
import { printable } from "./text.ts";

/** The verdict on a grant, and its reason. The reason of a permitted grant is the `reason` of the statements that permit it. */
export type Decision =
  | { readonly verdict: "outOfScope"; readonly reason: string }
  | { readonly verdict: "permitted"; readonly statements: readonly string[]; readonly reason?: string }
  | {
      readonly verdict: "violation";
      readonly reason: string;
      /** The CIDRs that no statement permits, in ascending order; at most 16. */
      readonly uncovered?: readonly string[];
      /** How many CIDRs no statement permits, including those that `uncovered` leaves out. */
      readonly uncoveredCount?: number;
    };

/** The decision on a grant on one resource, which is never out of scope. */
type Judgement = Exclude<Decision, { verdict: "outOfScope" }>;

/** The decision that a grant is not permitted. Only such grants are revoked. */
export type Violation = Extract<Decision, { verdict: "violation" }>;

/** The most uncovered CIDRs that a decision lists. */
const maxListed = 16;

/**
 * Decides whether the policy permits a grant at a time, in milliseconds since 1970. Pure: the same grant, policy and time
 * give the same decision. Throws a TypeError for a range that cannot be read; readers of events must not make such a grant.
 */
export function decide(grant: Grant, policy: Policy, at: number): Decision {
  if (!grant.stores) return decideOne(grant, policy, at);
  const permittingNames = new Set<string>();
  for (const one of onEachStore(grant)) {
    const decision = decideOne(one, policy, at);
    if (decision.verdict === "violation")
      return { ...decision, reason: `${decision.reason}, for ${one.service} ${printable(one.resource)}` };
    for (const name of decision.statements) permittingNames.add(name);
  }
  if (grant.stores.length === 0) return { verdict: "outOfScope", reason: "it reaches no cache and no warehouse" };
  return permitted(policy.permit.filter(({ name }) => permittingNames.has(name)));
}

/** True when the policy permits the grant for some store of a service, whatever the store's name is. */
export function mayPermitOn(service: string, grant: Grant, policy: Policy, at: number): boolean {
  const permit = policy.permit.map((statement) => ({ ...statement, scope: { ...statement.scope, resources: undefined } }));
  return decide({ ...grant, stores: [{ service, resource: "" }] }, { ...policy, permit }, at).verdict === "permitted";
}

function decideOne(grant: Grant, { permit }: Policy, at: number): Judgement {
  const applicable = permit.filter(({ scope }) => inScope(scope, grant));
  const judgement = judge(
    grant,
    applicable.filter((statement) => isInForce(statement, at)),
  );
  if (judgement.verdict === "permitted") return judgement;
  const reason = expiryReason(grant, applicable, judgement, at) ?? otherResourcesReason(grant, permit, at);
  return reason === undefined ? judgement : { ...judgement, reason };
}

/** Judges a grant by the given statements, all of which apply. */
function judge(grant: Grant, statements: readonly Statement[]): Judgement {
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

/** The reason when statements whose scope differs in the resources only permit the source; undefined when there are none. */
function otherResourcesReason(grant: Grant, permit: readonly Statement[], at: number): string | undefined {
  const elsewhere = permit.filter(
    (statement) => isInForce(statement, at) && statement.scope.resources && inScope({ ...statement.scope, resources: undefined }, grant),
  );
  const permitting = elsewhere.filter((statement) => permitsAlone(statement, grant));
  const [first, ...others] = permitting.map(({ name }) => name).toSorted();
  return first && `${printable(sourceText(grant.source), 128)} is permitted on other resources only, by ${first}${andMore(others)}`;
}

/** True when one statement permits the source by itself. Of many entries of a prefix list, the first that it does not cover decides. */
function permitsAlone(statement: Statement, grant: Grant): boolean {
  const { source } = grant;
  if (source.kind !== "prefixList") return judge(grant, [statement]).verdict === "permitted";
  const { prefixList, entries } = source;
  return statement.prefixLists.has(prefixList) || (entries.length > 0 && entries.every((text) => covers(statement.ranges, readable(text))));
}

function andMore(others: readonly string[]): string {
  return others.length > 0 ? `, and ${others.length} more` : "";
}

/** True when the statement counts at a time in milliseconds since 1970: until the end of its last day. */
export function isInForce({ expires }: Statement, at: number): boolean {
  return expires === undefined || at < expires;
}

function permitted(statements: readonly Statement[]): Judgement {
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

function readable(text: string): Range {
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
