import { openingOf } from "#authorizations/vpc-rule/requested-rules.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import { formatRange, network, parseRange } from "#domain/range.ts";
import type { Source } from "#domain/source.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { placeKey } from "#inventory/line.ts";
import type { Granter } from "#learn/pair.ts";
import { readTrail } from "#trail/read.ts";
import { isWatched, readable, watchedRecord } from "../replay/watched-record.ts";

/** Returns who gave a grant, by the last event that shows it; undefined when none does. */
export type GranterOf = (grant: Grant) => Granter | undefined;

/**
 * Reads who granted what from events in files and folders. The events add no grant: one that no inventory has is gone, or in a place
 * that was not listed. Throws a UsageError for what cannot be read, and if there is no record at all.
 */
export async function readGranters(paths: readonly string[]): Promise<GranterOf> {
  if (paths.length === 0) return () => undefined;
  const granters = new Map<string, Granter>();
  const { items, skipped } = await readTrail(paths, isWatched);
  let records = 0;
  for await (const item of items) {
    if ("problem" in item) throw new UsageError(`${item.label}: ${item.problem}: leave this file out`);
    if (readable(item.event) instanceof EventError)
      throw new UsageError(`${item.label}: neither an inventory nor a CloudTrail record: leave this file out`);
    records++;
    const found = await watchedRecord(item.event);
    for (const claim of found?.claims ?? []) if (claim.kind === "granted" && found) add(granters, claim.grant, found.record.event);
  }
  if (records + skipped.notWatched === 0)
    throw new UsageError(`${printable(paths.join(" "), 256)}: no CloudTrail record was found: give events as replay reads them`);
  return (grant) => granters.get(keyOf(grant, grant.rule?.id)) ?? granters.get(keyOf(grant, undefined));
}

function add(granters: Map<string, Granter>, grant: Grant, { actor, time, name }: { actor: string; time: string; name: string }): void {
  const instant = Date.parse(time);
  if (Number.isNaN(instant)) return;
  const key = keyOf(grant, grant.rule?.id);
  const granter = { actor, time: new Date(instant).toISOString(), call: name };
  const last = granters.get(key);
  if (!last || last.time <= granter.time) granters.set(key, granter);
}

/** A rule is itself by its id; in an event that shows no id, by its source and ports. Both must be those of the inventory. */
function keyOf({ place, authorization, resource, source, rule }: Grant, id: string | undefined): string {
  return JSON.stringify([placeKey(place), authorization, resource, id, rule ? openingOf(source, rule) : sourceOf(source)]);
}

/** Returns a text that is equal for the same source as an event and as a list write it. A list has all VPCs of an account together. */
function sourceOf(source: Source): string {
  switch (source.kind) {
    case "range": {
      const range = parseRange(source.range);
      return range ? formatRange(network(range)) : source.range;
    }
    case "securityGroup":
      return `${source.owner} ${source.securityGroup.toLowerCase()}`;
    case "account":
      return source.consumerIdentifier ?? source.owner;
    case "prefixList":
      return source.prefixList;
  }
}
