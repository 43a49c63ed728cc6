import { formatRange } from "#domain/range.ts";
import { cidrsOf, rangeSet } from "#domain/range-set.ts";
import type { StatementDocument } from "#policy/schema.ts";
import { groupedBy } from "./grouped-by.ts";
import type { StatementSource } from "./sources.ts";

/** Sources that one statement can have, and its keys for them. */
export interface Part {
  readonly permit: Pick<StatementDocument, "owners" | "securityGroups" | "ranges" | "prefixLists" | "everyone">;
  readonly sources: readonly StatementSource[];
}

/** Returns the sources in as few parts as possible: ranges and prefix lists are with the first owners. */
export function partsOf(sources: readonly StatementSource[]): readonly Part[] {
  const networks = sources.filter(({ names }) => names.kind !== "owner");
  const owning = ownersOf(sources);
  if (networks.length === 0) return owning;
  const [first, ...others] = owning;
  return [{ permit: { ...first?.permit, ...networksOf(networks) }, sources: [...(first?.sources ?? []), ...networks] }, ...others];
}

/** Security groups limit all owners of a statement, so only owners that have the same groups are in one. */
function ownersOf(sources: readonly StatementSource[]): readonly Part[] {
  const owning = sources.flatMap((source) => (source.names.kind === "owner" ? { source, ...source.names } : []));
  const owners = groupedBy(owning, ({ owner, securityGroup }) => JSON.stringify([owner, securityGroup === undefined]));
  const byGroups = groupedBy(owners.values(), (each) => JSON.stringify(each.flatMap(({ securityGroup = [] }) => securityGroup).sort()));
  return [...byGroups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, same]) => {
      const groups: readonly string[] = JSON.parse(key);
      const permit = {
        owners: [...new Set(same.flat().map(({ owner }) => owner))].sort(),
        ...(groups.length > 0 && { securityGroups: [...new Set(groups.map(asPattern))] }),
      };
      return { permit, sources: same.flat().map(({ source }) => source) };
    });
}

function networksOf(sources: readonly StatementSource[]): Part["permit"] {
  const cidrs = cidrsOf(rangeSet(sources.flatMap(({ names }) => (names.kind === "range" ? names.range : []))));
  const lists = sources.flatMap(({ names }) => (names.kind === "prefixList" ? names.prefixList : [])).sort();
  return {
    ...(cidrs.length > 0 && { ranges: cidrs.map(formatRange) }),
    ...(lists.length > 0 && { prefixLists: lists }),
    ...(cidrs.some(({ prefix }) => prefix === 0) && { everyone: true }),
  };
}

/** Returns a pattern that fits the name. A star in it becomes `?`, which fits fewer names. */
export function asPattern(name: string): string {
  return name.replaceAll("*", "?");
}
