import { formatRange, network, parseRange, type Range } from "#domain/range.ts";
import { type Pair, type Seen, type Target, targetKey } from "./pair.ts";

/** A source in the words of a statement, with its targets and the grants on each, by `targetKey`. */
export interface StatementSource {
  readonly names: SourceNames;
  readonly on: Map<string, { readonly target: Target; readonly seen: Seen[] }>;
}

/** A range, a prefix list, or an owner, with one of its security groups or as a whole. */
export type SourceNames =
  | { readonly kind: "range"; readonly range: Range }
  | { readonly kind: "prefixList"; readonly prefixList: string }
  | { readonly kind: "owner"; readonly owner: string; readonly securityGroup?: string };

/** Returns each source of the pairs once. An owner that has access only to what is in its own account is `self`. */
export function sourcesOf(pairs: readonly Pair[]): readonly StatementSource[] {
  const isSelf = new Map<string, boolean>();
  for (const { target, source } of pairs) {
    const key = JSON.stringify(namesOf(source));
    if ("owner" in source) isSelf.set(key, source.owner === target.account && (isSelf.get(key) ?? true));
  }
  const sources = new Map<string, StatementSource>();
  for (const { target, source, seen } of pairs) {
    const names = namesOf(source);
    const written = names.kind === "owner" && isSelf.get(JSON.stringify(names)) ? { ...names, owner: "self" } : names;
    addTo(sources, JSON.stringify(written), written, target, seen);
  }
  return withoutInner([...sources.values()]);
}

function addTo(sources: Map<string, StatementSource>, key: string, names: SourceNames, target: Target, seen: readonly Seen[]): void {
  const source = sources.get(key) ?? { names, on: new Map() };
  sources.set(key, source);
  const at = source.on.get(targetKey(target)) ?? { target, seen: [] };
  source.on.set(targetKey(target), at);
  at.seen.push(...seen);
}

function namesOf(source: Pair["source"]): SourceNames {
  switch (source.kind) {
    case "range": {
      const range = parseRange(source.range);
      if (!range) throw new TypeError("The range of a grant cannot be read");
      return { kind: "range", range: network(range) };
    }
    case "prefixList":
      return { kind: "prefixList", prefixList: source.prefixList };
    case "securityGroup":
      return { kind: "owner", owner: source.owner, securityGroup: source.securityGroup };
    case "account":
      return { kind: "owner", owner: source.owner };
  }
}

/** Leaves out each range that lies in another one with the same targets or more, which then has its grants too. */
function withoutInner(sources: readonly StatementSource[]): readonly StatementSource[] {
  const byText = new Map<string, StatementSource>();
  const ranges: { readonly range: Range; readonly source: StatementSource }[] = [];
  for (const source of sources) {
    if (source.names.kind !== "range") continue;
    const { range } = source.names;
    byText.set(formatRange(range), source);
    ranges.push({ range, source });
  }
  const lengths = [...new Set(ranges.map(({ range }) => range.prefix))].sort((a, b) => b - a);
  const inner = new Set<StatementSource>();
  // The innermost first, so that what one of them was given is passed on.
  for (const { range, source } of ranges.toSorted((a, b) => b.range.prefix - a.range.prefix)) {
    const outer = lengths
      .filter((prefix) => prefix < range.prefix)
      .map((prefix) => byText.get(formatRange(network({ ...range, prefix }))))
      .find((other) => other && [...source.on.keys()].every((key) => other.on.has(key)));
    if (!outer) continue;
    inner.add(source);
    for (const [key, { seen }] of source.on) outer.on.get(key)?.seen.push(...seen);
  }
  return sources.filter((source) => !inner.has(source));
}
