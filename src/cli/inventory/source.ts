import { authorizations } from "#authorizations/index.ts";
import type { Place } from "#domain/place.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { PlaceLine } from "#inventory/line.ts";
import { type Flags, textFlag } from "../command.ts";
import { counted } from "../counted.ts";
import { placeChoice } from "../places/choice.ts";
import { findPlaces } from "../places/find.ts";
import { placeFlags, roleFlags } from "../places/flags.ts";
import { createReach } from "../places/reach.ts";
import { openInventory } from "./file.ts";
import { listPlaces, type OnLine } from "./live.ts";
import { placeProgress } from "./progress.ts";

/** Where the lines of an inventory come from: AWS, or a file. */
export interface Source {
  /** When the listing began, in ISO 8601. */
  readonly startedAt: string;
  readonly places: readonly Place[];
  /** Reads every line. */
  read(onLine: OnLine): Promise<void>;
  /** Removes the progress line, before something else is written. */
  clear(): void;
  /** Returns the requests so far, as text for the totals; empty for a file. */
  requests(): string;
}

/** Opens the inventory that `--inventory` names, or the places that the flags choose. Throws a UsageError. */
export async function sourceOf(flags: Flags): Promise<Source> {
  const file = textFlag(flags, "inventory");
  if (file === undefined) return liveSource(flags);
  const other = [...Object.keys(placeFlags), ...Object.keys(roleFlags)].find((name) => flags[name] !== undefined);
  if (other) throw new UsageError(`--${other} cannot be given with --inventory: the inventory says which places`);
  const { header, read } = await openInventory(file);
  return { ...header, read, clear() {}, requests: () => "" };
}

async function liveSource(flags: Flags): Promise<Source> {
  const choice = await placeChoice(flags);
  const reach = await createReach(choice.role, choice.homeRegion, Date.now);
  const startedAt = new Date().toISOString();
  const found = await findPlaces(choice, reach);
  const progress = placeProgress(found.length, reach.counts);
  return {
    startedAt,
    places: found.map(({ place }) => place),
    async read(onLine) {
      const counting = async (line: PlaceLine) => {
        progress.add(line);
        await onLine(line);
      };
      await listPlaces(found, reach, authorizations, choice.concurrency, counting).finally(progress.end);
    },
    clear: progress.clear,
    requests: () => `, ${counted(reach.counts.requests, "request")}, ${reach.counts.throttled} throttled`,
  };
}
