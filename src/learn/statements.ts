import type { PolicyCall, StatementDocument } from "#policy/schema.ts";
import { type Box, boxesOf } from "./boxes.ts";
import { groupedBy } from "./grouped-by.ts";
import { type Pair, type Seen, targetKey } from "./pair.ts";
import { asPattern, type Part, partsOf } from "./parts.ts";
import { type SourceNames, sourcesOf } from "./sources.ts";

/** A statement without a name, and the grants that it permits. */
export interface Grouped {
  readonly statement: Omit<StatementDocument, "name">;
  readonly seen: ReadonlySet<Seen>;
  /** How many resources it names, each in one account and Region. */
  readonly resources: number;
}

/**
 * Returns statements that permit exactly the pairs: sources that have access to the same targets are in one, and it is several only where
 * the combinations of its names would permit more. `calls` are those that a policy can name.
 */
export function statementsOf(pairs: readonly Pair[], calls: readonly PolicyCall[]): readonly Grouped[] {
  const ids = new Map<string, number>();
  const idOf = (key: string) => ids.get(key) ?? ids.set(key, ids.size).size - 1;
  const groups = groupedBy(sourcesOf(pairs), ({ on }) =>
    [...on.keys()]
      .map(idOf)
      .sort((a, b) => a - b)
      .join(),
  );
  return [...groups.values()].flatMap((sources) => {
    const boxes = boxesOf([...(sources[0]?.on.values() ?? [])].map(({ target }) => target));
    return partsOf(sources).flatMap((part) => boxes.map((box) => grouped(part, box, calls)));
  });
}

function grouped({ permit, sources }: Part, { names, targets }: Box, calls: readonly PolicyCall[]): Grouped {
  const { service: services, authorization: authorizations, account: accounts, region: regions } = names;
  const kinds = sources.flatMap((source) => kindsOf(source.names));
  // Where only these calls can grant access to such sources, their names say nothing.
  const needsCalls = calls.some(
    (call) =>
      !authorizations.includes(call.authorization) &&
      call.services.some((service) => services.includes(service)) &&
      call.sources.some((kind) => kinds.includes(kind)),
  );
  const resources = [...new Set(names.resource.map(asPattern))];
  const keys = targets.map(targetKey);
  return {
    statement: { ...permit, services, ...(needsCalls && { authorizations }), resources, accounts, regions },
    seen: new Set(sources.flatMap(({ on }) => keys.flatMap((key) => on.get(key)?.seen ?? []))),
    resources: new Set(targets.map((target) => targetKey({ ...target, authorization: "" }))).size,
  };
}

/** The kinds of source that a statement permits when it names this one: a range permits a prefix list whose entries it covers. */
function kindsOf(names: SourceNames): readonly PolicyCall["sources"][number][] {
  if (names.kind === "range") return ["range", "prefixList"];
  if (names.kind === "prefixList") return ["prefixList"];
  return names.securityGroup === undefined ? ["securityGroup", "account"] : ["securityGroup"];
}
