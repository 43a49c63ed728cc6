import { deletion, statusOf } from "../shared/store-status.ts";
import { type Place, resourcesPerPlace } from "../state.ts";
import { invalidValue, QueryError } from "../wire/errors.ts";
import { integer, optional, type Parameters } from "../wire/parameters.ts";
import { type CacheCluster, createCache, deleteCache, findCache, invalidCacheState, joinGroup } from "./cache-cluster-state.ts";
import { addSecondary, namedGlobalGroup } from "./global-replication-group-state.ts";
import { type Engine, readEngine, readPort } from "./requests.ts";
import { portInSnapshot } from "./snapshot-state.ts";

/** Caches that replicate each other, in one shard or several. */
export interface ReplicationGroup {
  readonly name: string;
  readonly description: string;
  readonly engine: Engine;
  readonly port: number;
  /** Cluster mode: all shards have one endpoint. */
  readonly isClustered: boolean;
  /** The names of the caches of each shard. */
  readonly shards: readonly string[][];
  /** When it is gone, if it is being deleted. */
  readonly goneAt?: number;
}

/** The replication groups of a place, by name. */
export const replicationGroupsOf: (place: Place) => Map<string, ReplicationGroup> = resourcesPerPlace();

/** The replication group with this name. Throws ReplicationGroupNotFoundFault. */
export function findReplicationGroup(place: Place, name: string): ReplicationGroup {
  const group = replicationGroupsOf(place).get(name);
  if (group === undefined) throw new QueryError("ReplicationGroupNotFoundFault", 404, `ReplicationGroup ${name} not found.`);
  return group;
}

/** Creates a replication group and its caches. Throws ReplicationGroupAlreadyExists. */
export function createReplicationGroup(place: Place, name: string, description: string, parameters: Parameters): ReplicationGroup {
  const groups = replicationGroupsOf(place);
  if (groups.has(name)) throw new QueryError("ReplicationGroupAlreadyExists", 400, `ReplicationGroup ${name} already exists.`);
  const primary = optional(parameters, "PrimaryClusterId")?.toLowerCase();
  if (primary !== undefined) return createGroupOfPrimary(place, name, description, findCache(place, primary));
  const engine = readEngine(parameters, ["redis", "valkey"], "redis");
  const { isClustered, shards } = readShards(name, parameters);
  const globalGroup = namedGlobalGroup(parameters, place);
  // That a secondary of a global datastore has the port of the primary is inferred.
  const port = readPort(parameters, engine, portInSnapshot(parameters, place) ?? globalGroup?.port);
  for (const member of shards.flat()) createCache(place, member, { engine, port, nodes: 1, replicationGroup: name }, parameters);
  const group: ReplicationGroup = { name, description, engine, port, isClustered, shards };
  groups.set(name, group);
  if (globalGroup !== undefined) addSecondary(place, globalGroup, name);
  return group;
}

/** A cache that exists becomes the first of a new group, which has its engine and port ("the cluster that serves as the primary"). */
function createGroupOfPrimary(place: Place, name: string, description: string, primary: CacheCluster): ReplicationGroup {
  const { engine, port } = primary;
  joinGroup(place, primary, name);
  const group: ReplicationGroup = { name, description, engine, port, isClustered: false, shards: [[primary.name]] };
  replicationGroupsOf(place).set(name, group);
  return group;
}

function readShards(name: string, parameters: Parameters): Pick<ReplicationGroup, "isClustered" | "shards"> {
  const count = integer(parameters, "NumNodeGroups") ?? 1;
  const replicas = integer(parameters, "ReplicasPerNodeGroup") ?? (integer(parameters, "NumCacheClusters") ?? 1) - 1;
  if (count < 1 || count > 500 || replicas < 0 || replicas > 5) throw invalidValue("Invalid number of node groups or replicas.");
  const isClustered = parameters.get("ClusterMode") === "enabled" || count > 1;
  const shards = Array.from({ length: count }, (_, shard) =>
    Array.from({ length: replicas + 1 }, (_, n) => `${name}-${isClustered ? `${numbered(shard, 4)}-` : ""}${numbered(n, 3)}`),
  );
  return { isClustered, shards };
}

/** A number from 1 on, with leading zeros. */
export function numbered(index: number, digits: number): string {
  return String(index + 1).padStart(digits, "0");
}

/** Creates a cache that joins a group, with the group's engine and port. */
export function addMember(place: Place, groupName: string, name: string, parameters: Parameters): CacheCluster {
  const { engine, port, shards } = findReplicationGroup(place, groupName);
  const member = createCache(place, name, { engine, port, nodes: 1, replicationGroup: groupName }, parameters);
  shards[0]?.push(name);
  return member;
}

/**
 * Deletes a cache of a group. "This operation is not valid for" the primary, the last replica, and caches in cluster mode (page
 * API_DeleteCacheCluster).
 */
export function deleteMember(place: Place, groupName: string, cache: CacheCluster): void {
  const { isClustered, shards } = findReplicationGroup(place, groupName);
  const [members = []] = shards;
  if (isClustered || members.length < 3 || members[0] === cache.name) throw invalidCacheState(`${cache.name} cannot be deleted alone.`);
  deleteCache(place, cache);
  members.splice(members.indexOf(cache.name), 1);
}

/** Deletes a group and its caches. Throws InvalidReplicationGroupState. */
export function deleteReplicationGroup(place: Place, group: ReplicationGroup): void {
  checkAvailable(place, group);
  const { goneAt } = deletion(place);
  for (const member of group.shards.flat()) deleteCache(place, findCache(place, member));
  replicationGroupsOf(place).set(group.name, { ...group, goneAt });
}

/** Throws InvalidReplicationGroupState while a change is under way. */
export function checkAvailable(place: Place, group: ReplicationGroup): void {
  if (statusOfGroup(place, group) === "available") return;
  throw new QueryError("InvalidReplicationGroupState", 400, `The replication group ${group.name} is not in the available state.`);
}

/** The status of a group: deleting, or that of the first cache that is not available, or available. */
export function statusOfGroup(place: Place, { shards, goneAt }: ReplicationGroup): string {
  if (goneAt !== undefined) return "deleting";
  return (
    shards
      .flat()
      .map((member) => statusOf(findCache(place, member)))
      .find((status) => status !== "available") ?? "available"
  );
}
