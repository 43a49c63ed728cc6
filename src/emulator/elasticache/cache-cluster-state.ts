import { detachNetworkInterface } from "../ec2/network-interface-state.ts";
import { changeGroups, type StoreGroups } from "../shared/store-groups.ts";
import { deletion, type StoreChange, statusOf } from "../shared/store-status.ts";
import { type Place, resourcesPerPlace, settlesAt } from "../state.ts";
import { invalidCombination, QueryError } from "../wire/errors.ts";
import { list, type Parameters } from "../wire/parameters.ts";
import type { Engine } from "./requests.ts";

/** What a cache is created with, beside its groups. */
interface CacheForm {
  readonly engine: Engine;
  readonly port: number;
  readonly nodes: number;
  readonly replicationGroup: string | undefined;
}

/** A node-based cache. */
export interface CacheCluster extends CacheForm, StoreChange {
  readonly name: string;
  readonly groups: StoreGroups;
}

/** The node-based caches of a place, by name. Those of replication groups are among them. */
export const cachesOf: (place: Place) => Map<string, CacheCluster> = resourcesPerPlace();

/** The cache with this name. Throws CacheClusterNotFound. */
export function findCache(place: Place, name: string): CacheCluster {
  const cache = cachesOf(place).get(name);
  if (cache === undefined) throw new QueryError("CacheClusterNotFound", 404, `CacheCluster ${name} not found.`);
  return cache;
}

/** Creates a cache with the groups of the request. Throws CacheClusterAlreadyExists. */
export function createCache(place: Place, name: string, form: CacheForm, parameters: Parameters): CacheCluster {
  if (cachesOf(place).has(name)) throw new QueryError("CacheClusterAlreadyExists", 400, `CacheCluster ${name} already exists.`);
  return put(place, { ...form, name, change: "creating" }, parameters);
}

/** Gives a cache the groups of the request, if it names any. Throws InvalidCacheClusterState. */
export function modifyCache(place: Place, cache: CacheCluster, parameters: Parameters): CacheCluster {
  checkAvailable(cache);
  return put(place, { ...cache, change: "modifying" }, parameters);
}

/** Makes a cache of no group a member of one. Throws InvalidCacheClusterState. */
export function joinGroup(place: Place, cache: CacheCluster, replicationGroup: string): void {
  checkAvailable(cache);
  if (cache.replicationGroup !== undefined) throw invalidCacheState(`${cache.name} is in a replication group.`);
  cachesOf(place).set(cache.name, { ...cache, replicationGroup, change: "modifying", settlesAt: settlesAt(place) });
}

/** Deletes a cache and its network interface. Throws InvalidCacheClusterState. */
export function deleteCache(place: Place, cache: CacheCluster): void {
  checkAvailable(cache);
  const change = deletion(place);
  cachesOf(place).set(cache.name, { ...cache, ...change });
  detachNetworkInterface(place, ownerOf(cache.name), change.goneAt);
}

function checkAvailable(cache: CacheCluster): void {
  if (statusOf(cache) !== "available") throw invalidCacheState(`${cache.name} is not available.`);
}

/** InvalidCacheClusterState. */
export function invalidCacheState(message: string): QueryError {
  return new QueryError("InvalidCacheClusterState", 400, message);
}

/** "Use of cache security groups is not permitted along with …" (github.com/crossplane-contrib/provider-aws/issues/326). */
function put(place: Place, cache: CacheForm & Pick<CacheCluster, "name" | "change">, parameters: Parameters): CacheCluster {
  const { name } = cache;
  const classicGroups = list(parameters, "CacheSecurityGroupNames.CacheSecurityGroupName");
  const groupIds = list(parameters, "SecurityGroupIds.SecurityGroupId");
  if (classicGroups.length > 0 && (groupIds.length > 0 || parameters.has("CacheSubnetGroupName"))) {
    throw invalidCombination("Use of cache security groups is not permitted along with cache subnet group and/or security group Ids.");
  }
  const managed = { owner: ownerOf(name), description: `ElastiCache ${name}`, requester: "amazon-elasticache" } as const;
  const groups = changeGroups(place, cachesOf(place).get(name)?.groups, { classicGroups, groupIds }, managed);
  const changed: CacheCluster = { ...cache, groups, settlesAt: settlesAt(place) };
  cachesOf(place).set(name, changed);
  return changed;
}

function ownerOf(name: string): string {
  return `cache:${name}`;
}
