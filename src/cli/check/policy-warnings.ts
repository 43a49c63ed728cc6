import { vocabulary } from "#authorizations/index.ts";
import { accountId } from "#domain/account.ts";
import { isInForce } from "#domain/decide.ts";
import { matches } from "#domain/pattern.ts";
import { type Policy, type Scope, type Statement, scopeKeys } from "#domain/policy.ts";
import { formatRange, type Range } from "#domain/range.ts";
import { covers, overlaps, type RangeSet, rangeSet, uncovered } from "#domain/range-set.ts";
import type { Owner } from "#domain/source.ts";
import type { PolicyFile } from "#policy/file.ts";
import type { StatementDocument } from "#policy/schema.ts";
import { few, rangesOf } from "./statement-warnings.ts";

/** More statements than this are not compared with each other: every one would be with every other. */
export const mostCompared = 2_000;

type File = Pick<PolicyFile, "policy" | "document">;

const everything: readonly Range[] = [
  { family: 4, words: [0, 0, 0, 0], prefix: 0 },
  { family: 6, words: [0, 0, 0, 0], prefix: 0 },
];

/** What a statement permits although another one, whose scope holds its own and which lasts as long, permits it already. */
export function redundant(index: number, { policy: { permit }, document }: File, at: number): string[] {
  const [own, written] = [permit[index], document.permit[index]];
  if (!own || !written || !isInForce(own, at) || permit.length > mostCompared) return [];
  const { name, owners = [], prefixLists = [] } = written;
  const ranges = named(written);
  return permit.flatMap((other, otherIndex) => {
    const lasts = (other.expires ?? Number.POSITIVE_INFINITY) >= (own.expires ?? Number.POSITIVE_INFINITY);
    if (otherIndex === index || !lasts || !holds(other.scope, own.scope)) return [];
    // Of what two statements that hold each other both permit, only the later is told: who heeds both would lose it.
    const mutual = otherIndex > index && holds(own.scope, other.scope) && own.expires === other.expires;
    const both = ranges.filter(({ range }) => covers(other.ranges, range));
    const left = mutual && both.length > 0 ? rangeSet(outside(own.ranges, named(document.permit[otherIndex]))) : other.ranges;
    const sameGroups = !other.securityGroups || own.securityGroups?.every((pattern) => other.securityGroups?.includes(pattern));
    const covered = [
      ...both.flatMap(({ text, range }) => (covers(left, range) ? text : [])),
      ...owners.filter((owner) => !mutual && sameGroups && other.owners.has((accountId(owner) ?? owner) as Owner)),
      ...prefixLists.filter((id) => !mutual && other.prefixLists.has(id)),
    ];
    return covered.length > 0 ? [`${name}: ${other.name} permits already: ${few(covered)}`] : [];
  });
}

/** A statement's ranges beside their texts. */
function named(statement: StatementDocument | undefined): { readonly text: string; readonly range: Range }[] {
  return (statement?.ranges ?? []).flatMap((text) => rangesOf(text).map((range) => ({ text, range })));
}

function outside(set: RangeSet, ranges: readonly { readonly range: Range }[]): Range[] {
  return ranges.flatMap(({ range }) => (covers(set, range) ? [] : range));
}

/** True when every grant in the inner scope surely lies in the outer one. */
function holds(outer: Scope, inner: Scope): boolean {
  return scopeKeys.every((key) => {
    const wider = outer[key];
    if (!wider || wider.includes("*")) return true;
    return inner[key]?.every((text) => wider.some((pattern) => pattern === text || (!pattern.includes("?") && matches(pattern, text))));
  });
}

/** Ranges that are no /0 and yet leave nothing out when they are taken together, where their scopes meet. */
export function together({ policy: { permit }, document }: File, at: number): string[] {
  if (permit.length > mostCompared) return [];
  const narrower = permit.filter((statement, index) => !document.permit[index]?.everyone && isInForce(statement, at));
  return everything.flatMap((all) => {
    const having = narrower.filter(({ ranges }) => overlaps(ranges, all));
    if (!areAll(having, all)) return [];
    const found: (readonly Statement[])[] = [];
    for (const scope of scopesOf(having)) {
      const group = having.filter((statement) => holds(statement.scope, scope));
      const isKnown = found.some((other) => other.every((statement) => group.includes(statement)));
      if (!isKnown && areAll(group, all)) found.push(group);
    }
    return found.map((group) => `${few(group.map(({ name }) => name))}: together everyone, as ${formatRange(all)} would`);
  });
}

function areAll(statements: readonly Statement[], all: Range): boolean {
  const sets = statements.map(({ ranges }) => ranges);
  return uncovered(sets, all, 1).count === 0;
}

/** Each call that lets in ranges, where one of the statements permits anything: the widest scopes first. */
function scopesOf(statements: readonly Statement[]): Scope[] {
  const places = statements.map(({ scope: { resources, accounts, regions } }) => JSON.stringify({ resources, accounts, regions }));
  const distinct = [...new Set(places)].sort((a, b) => a.length - b.length);
  return distinct.flatMap((place) =>
    vocabulary.calls
      .filter(({ sources }) => sources.includes("range"))
      .flatMap(({ services, authorization }) =>
        services.map((service) => ({ ...(JSON.parse(place) as Scope), services: [service], authorizations: [authorization] })),
      ),
  );
}

/** Groups of the own account are violations, unless a statement that isInForce everywhere has `self`. */
export function ownAccount({ permit }: Policy, at: number): string[] {
  const own = permit.filter((statement) => statement.owners.has("self") && isInForce(statement, at));
  if (own.length === 0) return ['no statement has the owner "self": security groups of the resource\'s own account are violations'];
  // A VPC rule names a group by its id, so a pattern for names never fits it.
  const inVpc = own.filter(({ securityGroups }) => securityGroups?.some((pattern) => /^(\*|sg-)/.test(pattern)) ?? true);
  const rule = { authorizations: ["AuthorizeSecurityGroupIngress"] };
  const services = vocabulary.services.filter((service) => !inVpc.some(({ scope }) => holds(scope, { ...rule, services: [service] })));
  if (services.length === 0) return [];
  return [
    `no statement has the owner "self" for every VPC rule of ${services.join(", ")}: other groups of the own account are violations; rules name groups by their sg- ids`,
  ];
}
