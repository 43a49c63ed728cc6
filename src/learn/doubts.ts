import { formatRange, type Range } from "#domain/range.ts";
import { covers, rangeSet } from "#domain/range-set.ts";
import { ownerWords, type Source } from "#domain/source.ts";
import { printable } from "#domain/text.ts";
import { freeText, prefixListProblem, rangeProblem } from "#policy/checks.ts";
import { type Pair, targetKey } from "./pair.ts";
import { isTooWide, rangesOf, shortestPrefix, tooWideTogether } from "./width.ts";

/** The kinds of doubt, the most urgent first. */
export const doubtKinds = ["everyone", "wideRange", "foreignAccount", "unknownSource", "awsOwner", "widerThanSeen", "notExact"] as const;

/** Why a person must decide whether a pair is permitted: a kind for programs, and a printable reason. */
export interface Doubt {
  readonly kind: (typeof doubtKinds)[number];
  readonly reason: string;
}

/** Returns what finds the doubt about one of the pairs; undefined when the pair may be learned. `own` are one's own accounts. */
export function doubtsAbout(pairs: readonly Pair[], own: ReadonlySet<string>): (pair: Pair) => Doubt | undefined {
  const ranges = new Map<string, Range[]>();
  const whole = new Set<string>();
  for (const { target, source } of pairs) {
    const key = targetKey(target);
    const granted = rangesIn(source);
    // What is too wide alone is left out anyway, and says nothing of the others.
    const ofTarget = ranges.get(key) ?? [];
    ranges.set(key, ofTarget);
    if (!granted.some(isTooWide)) for (const range of granted) ofTarget.push(range);
    if (source.kind === "account" && !source.vpcs) whole.add(`${key} ${source.owner}`);
  }
  const wide = new Map([...ranges].map(([key, granted]) => [key, tooWideTogether(granted)]));
  return ({ target, source }) => {
    const key = targetKey(target);
    const isOwn = (owner: string) => owner === target.account || own.has(owner);
    const isWhole = (owner: string) => whole.has(`${key} ${owner}`);
    return aboutSource(source, isOwn, isWhole) ?? aboutUnion(source, wide.get(key) ?? []) ?? aboutNames(source, target.resource);
  };
}

type IsOwner = (owner: string) => boolean;

function aboutSource(source: Source, isOwn: IsOwner, isWhole: IsOwner): Doubt | undefined {
  switch (source.kind) {
    case "range":
      return aboutWidth(rangesIn(source));
    case "prefixList": {
      const list = `prefix list ${printable(source.prefixList)}`;
      if (source.entries.length === 0) return { kind: "unknownSource", reason: `the entries of ${list} are not known` };
      const doubt = aboutWidth(rangesIn(source));
      return doubt && { ...doubt, reason: `in ${list}, ${doubt.reason}` };
    }
    case "securityGroup":
      if (source.owner === "unknown") return { kind: "unknownSource", reason: "the owner of the security group is unknown" };
      return isOwn(source.owner) ? undefined : foreign(source.owner);
    case "account": {
      const { owner, vpcs } = source;
      if (owner === "*") return { kind: "everyone", reason: "everyone is let in (every AWS account)" };
      if (ownerWords.some((word) => word === owner)) return { kind: "awsOwner", reason: `${owner} is AWS, not an account of yours` };
      if (!isOwn(owner)) return foreign(owner);
      if (!vpcs || isWhole(owner)) return undefined;
      return {
        kind: "widerThanSeen",
        reason: `only ${printable(vpcs.join(", "), 256)} is let in, and a statement permits all of ${owner}`,
      };
    }
  }
}

function foreign(owner: string): Doubt {
  return { kind: "foreignAccount", reason: `${owner} is not one of your own accounts` };
}

function aboutWidth(ranges: readonly Range[]): Doubt | undefined {
  const all = ranges.find(({ prefix }) => prefix === 0);
  if (all) return { kind: "everyone", reason: `everyone is let in (${formatRange(all)})` };
  const wide = ranges.find(isTooWide) ?? tooWideTogether(ranges)[0];
  return wide && { kind: "wideRange", reason: `${formatRange(wide)} is public and wider than /${shortestPrefix[wide.family]}` };
}

/** Many narrow ranges on one resource can be as wide as one that is not learned. */
function aboutUnion(source: Source, wide: readonly Range[]): Doubt | undefined {
  const union = wide.find((block) => rangesIn(source).some((range) => covers(rangeSet([block]), range)));
  if (!union) return undefined;
  const text = `${formatRange(union)}, which is public and wider than /${shortestPrefix[union.family]}`;
  return { kind: "wideRange", reason: `with the other ranges on the resource it covers ${text}` };
}

/** A statement can permit only what a policy can write, and names with a star or a question mark only with other names. */
function aboutNames(source: Source, resource: string): Doubt | undefined {
  const names = source.kind === "securityGroup" ? [resource, source.securityGroup] : [resource];
  const name = names.find((each) => freeText(each) !== undefined || /[*?]/.test(each));
  if (name !== undefined) return { kind: "notExact", reason: `no pattern fits ${JSON.stringify(printable(name, 128))} and nothing else` };
  const problem =
    source.kind === "range" ? rangeProblem(source.range) : source.kind === "prefixList" ? prefixListProblem(source.prefixList) : undefined;
  return problem === undefined ? undefined : { kind: "notExact", reason: `a policy cannot name the source: ${problem}` };
}

function rangesIn(source: Source): Range[] {
  if (source.kind === "range") return rangesOf([source.range]);
  return source.kind === "prefixList" ? rangesOf(source.entries) : [];
}
