import type { Grant } from "#domain/grant.ts";
import type { Source } from "#domain/source.ts";
import { addresses, fits, type Words } from "./arbitraries.ts";

const anyFits = (some: readonly string[] | undefined, text: string) => some?.some((pattern) => fits[pattern]?.includes(text)) ?? true;

/** The statements whose scope the grant fits at a time. */
export function fitting(statements: readonly Words[], { service, resource }: Grant, at: number): Words[] {
  const inScope = (it: Words) => (it.services?.includes(service) ?? true) && anyFits(it.resources, resource);
  return statements.filter((it) => inScope(it) && (it.expires === undefined || at < it.expires));
}

/** The addresses of ranges that no statement holds. */
export function left(texts: readonly string[], statements: readonly Words[]): string[] {
  const held = new Set(statements.flatMap((it) => it.ranges.flatMap(addresses)));
  return texts.flatMap(addresses).filter((address) => !held.has(address));
}

/** The ranges of a source, as texts. */
export function rangesOf(from: Source): readonly string[] {
  if (from.kind === "range") return [from.range];
  return from.kind === "prefixList" ? from.entries : [];
}

/** Whether statements permit a grant at a time: the rules of a policy over lists of addresses, as plainly as can be. */
export function permitted(asked: Grant, statements: readonly Words[], at: number): boolean {
  const some = fitting(statements, asked, at);
  const from = asked.source;
  const names = (it: Words, who: string) =>
    it.owners.some((owner) => owner === who) || (it.owners.includes("self") && who === asked.place.account);
  if (from.kind === "range") return left([from.range], some).length === 0;
  if (from.kind === "securityGroup") return some.some((it) => names(it, from.owner) && anyFits(it.groups, from.securityGroup));
  if (from.kind === "account") return some.some((it) => names(it, from.owner) && it.groups === undefined);
  return some.some((it) => it.lists.includes(from.prefixList)) || (from.entries.length > 0 && left(from.entries, some).length === 0);
}
