import { type Grant, onEachStore } from "#domain/grant.ts";
import { formatRange, network, parseRange } from "#domain/range.ts";
import { type Source, sourceKey } from "#domain/source.ts";

/** Who granted something, as an event shows it: printable texts. */
export interface Granter {
  readonly actor: string;
  readonly time: string;
  /** The event name of the call. */
  readonly call: string;
}

/** A grant that exists, and since when it is known to. Times are in ISO 8601. */
export interface Seen {
  readonly grant: Grant;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Absent: no event shows who granted it. */
  readonly granter?: Granter;
}

/** What a source has access to, in the words of a statement's scope. A Region is in one partition, so the partition is not needed. */
export interface Target {
  readonly service: string;
  readonly authorization: string;
  readonly account: string;
  readonly region: string;
  readonly resource: string;
}

/** A source on a target, and the grants that gave it. */
export interface Pair {
  readonly target: Target;
  /** A range is its network, however it is written. */
  readonly source: Source;
  readonly seen: readonly Seen[];
}

/** Returns each pair of source and target once: the rules of a security group can give one several times, each for other ports. */
export function pairsOf(grants: readonly Seen[]): readonly Pair[] {
  const pairs = new Map<string, Pair & { readonly seen: Seen[] }>();
  for (const seen of grants) {
    const source = asNetwork(seen.grant.source);
    for (const { place, service, authorization, resource } of onEachStore(seen.grant)) {
      const target = { service, authorization, account: place.account, region: place.region, resource };
      const key = `${targetKey(target)} ${sourceKey(source)}`;
      const pair = pairs.get(key) ?? { target, source, seen: [] };
      pairs.set(key, pair);
      pair.seen.push(seen);
    }
  }
  return [...pairs.values()];
}

/** Returns a text that is equal for equal targets. */
export function targetKey({ service, authorization, account, region, resource }: Target): string {
  return JSON.stringify([service, authorization, account, region, resource]);
}

function asNetwork(source: Source): Source {
  const range = source.kind === "range" ? parseRange(source.range) : undefined;
  return range ? { kind: "range", range: formatRange(network(range)) } : source;
}
