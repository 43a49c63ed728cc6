import { type Place, perPlace } from "../state.ts";
import { invalidValue, QueryError } from "../wire/errors.ts";
import { optional, type Parameters } from "../wire/parameters.ts";
import type { Engine } from "./requests.ts";

/** A snapshot of a cache or of a replication group. */
export interface Snapshot {
  readonly name: string;
  readonly engine: Engine;
  /** "The port number used by each cache nodes in the source cluster" (page API_Snapshot). */
  readonly port: number;
  readonly cache: string | undefined;
  readonly replicationGroup: string | undefined;
}

/** The snapshots of a place, by name. */
export const snapshotsOf: (place: Place) => Map<string, Snapshot> = perPlace(() => new Map());

/** The snapshot with this name. Throws SnapshotNotFoundFault. */
export function findSnapshot(place: Place, name: string): Snapshot {
  const snapshot = snapshotsOf(place).get(name);
  if (snapshot === undefined) throw new QueryError("SnapshotNotFoundFault", 404, `Snapshot ${name} not found.`);
  return snapshot;
}

/**
 * The port of the snapshot that a request restores from, if it does. That the new cache has the port of the old one is inferred from
 * `Snapshot.Port`. The error for an unknown snapshot is not documented; with `createMissing`, its port is unknown.
 */
export function portInSnapshot(parameters: Parameters, place: Place): number | undefined {
  const name = optional(parameters, "SnapshotName")?.toLowerCase();
  if (name === undefined) return undefined;
  const snapshot = snapshotsOf(place).get(name);
  if (snapshot === undefined && !place.world.settings.createMissing) throw invalidValue(`Snapshot ${name} not found.`);
  return snapshot?.port;
}
