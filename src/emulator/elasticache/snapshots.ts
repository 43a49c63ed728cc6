import { arnOf } from "../arn.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import { elasticache } from "../wire/apis.ts";
import { type Element, optionalElement } from "../wire/elements.ts";
import { invalidCombination, QueryError } from "../wire/errors.ts";
import { namedOrPage } from "../wire/paging.ts";
import { optional, type Parameters } from "../wire/parameters.ts";
import { findCache } from "./cache-cluster-state.ts";
import { findReplicationGroup } from "./replication-group-state.ts";
import { readName } from "./requests.ts";
import { findSnapshot, type Snapshot, snapshotsOf } from "./snapshot-state.ts";

/** "Default: 50. Constraints: minimum 20; maximum 50" (page API_DescribeSnapshots). */
const paging = { token: "Marker", next: "Marker", size: "MaxRecords", least: 20, most: 50, usual: 50 } as const;

/** Page API_CreateSnapshot. The snapshot is there at once. */
const create: Operation = (parameters, place) => {
  const name = readName(parameters, "SnapshotName", 255);
  const source = readSource(parameters, place);
  // "This operation is valid for Valkey or Redis OSS only."
  if (source.engine === "memcached") throw new QueryError("SnapshotFeatureNotSupportedFault", 400, "Memcached has no snapshots.");
  if (snapshotsOf(place).has(name)) throw new QueryError("SnapshotAlreadyExistsFault", 400, `Snapshot ${name} already exists.`);
  const snapshot = { ...source, name };
  snapshotsOf(place).set(name, snapshot);
  return [describeSnapshot(snapshot, place, "creating")];
};

/** Page API_DescribeSnapshots. */
const describe: Operation = (parameters, place) => {
  const name = optional(parameters, "SnapshotName")?.toLowerCase();
  const cache = optional(parameters, "CacheClusterId")?.toLowerCase();
  const group = optional(parameters, "ReplicationGroupId")?.toLowerCase();
  const found = [...snapshotsOf(place).values()].filter(
    (one) => (cache === undefined || one.cache === cache) && (group === undefined || one.replicationGroup === group),
  );
  const { items, marker } = namedOrPage(name === undefined ? undefined : findSnapshot(place, name), found, parameters, place, paging);
  return [...marker, ["Snapshots", items.map((one) => describeSnapshot(one, place, "available"))]];
};

/** ElastiCache's snapshots, as far as restores need them. */
export const snapshots: ActionGroup = { api: elasticache, operations: { CreateSnapshot: create, DescribeSnapshots: describe } };

function readSource(parameters: Parameters, place: Place): Omit<Snapshot, "name"> {
  const cache = optional(parameters, "CacheClusterId")?.toLowerCase();
  const group = optional(parameters, "ReplicationGroupId")?.toLowerCase();
  if ((cache === undefined) === (group === undefined)) throw invalidCombination("Specify either CacheClusterId or ReplicationGroupId.");
  const { engine, port } = group === undefined ? findCache(place, cache ?? "") : findReplicationGroup(place, group);
  return { engine, port, cache, replicationGroup: group };
}

/** Page API_Snapshot. */
function describeSnapshot({ name, engine, port, cache, replicationGroup }: Snapshot, place: Place, status: string): Element {
  const fields: Element[] = [
    ["SnapshotName", name],
    ...optionalElement("ReplicationGroupId", replicationGroup),
    ...optionalElement("CacheClusterId", cache),
    ["SnapshotStatus", status],
    ["SnapshotSource", "manual"],
    ["Engine", engine],
    ["Port", port],
    ["ARN", arnOf("elasticache", place, `snapshot:${name}`)],
  ];
  return ["Snapshot", fields];
}
