import { arnOf } from "../arn.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import { memberships } from "../shared/store-groups.ts";
import { isReachable, statusOf } from "../shared/store-status.ts";
import type { Place } from "../state.ts";
import { elasticache } from "../wire/apis.ts";
import type { Element } from "../wire/elements.ts";
import { optionalElement } from "../wire/elements.ts";
import { invalidCombination, invalidValue } from "../wire/errors.ts";
import { namedOrPage } from "../wire/paging.ts";
import { boolean, integer, optional, type Parameters } from "../wire/parameters.ts";
import { type CacheCluster, cachesOf, createCache, deleteCache, findCache, modifyCache } from "./cache-cluster-state.ts";
import { describeEndpoint } from "./endpoints.ts";
import { addMember, deleteMember } from "./replication-group-state.ts";
import { readEngine, readName, readPort } from "./requests.ts";
import { portInSnapshot } from "./snapshot-state.ts";

/** Page API_CreateCacheCluster. */
const create: Operation = (parameters, place) => [describeCache(created(parameters, place), place, "creating")];

function created(parameters: Parameters, place: Place): CacheCluster {
  const name = readCacheName(parameters);
  const replicationGroup = optional(parameters, "ReplicationGroupId")?.toLowerCase();
  if (replicationGroup !== undefined) return addMember(place, replicationGroup, name, parameters);
  const engine = readEngine(parameters, ["memcached", "redis", "valkey"]);
  const nodes = integer(parameters, "NumCacheNodes") ?? 1;
  if (nodes < 1 || nodes > 40) throw invalidValue(`Invalid NumCacheNodes: ${nodes}`);
  // "For clusters running Valkey or Redis OSS, this value must be 1."
  if (engine !== "memcached" && nodes > 1) throw invalidCombination(`NumCacheNodes must be 1 for engine ${engine}.`);
  const port = readPort(parameters, engine, portInSnapshot(parameters, place));
  return createCache(place, name, { engine, port, nodes, replicationGroup }, parameters);
}

/** Page API_ModifyCacheCluster. */
const modify: Operation = (parameters, place) => {
  const name = readCacheName(parameters);
  const isMissing = place.world.settings.createMissing && !cachesOf(place).has(name);
  const form = { engine: "redis", port: 6379, nodes: 1, replicationGroup: undefined } as const;
  const cache = isMissing ? createCache(place, name, form, parameters) : modifyCache(place, findCache(place, name), parameters);
  return [describeCache(cache, place, "modifying")];
};

/** Page API_DeleteCacheCluster. Final snapshots are not kept. */
const remove: Operation = (parameters, place) => {
  const cache = findCache(place, readCacheName(parameters));
  if (cache.replicationGroup === undefined) deleteCache(place, cache);
  else deleteMember(place, cache.replicationGroup, cache);
  return [describeCache(cache, place, "deleting")];
};

/** Page API_DescribeCacheClusters. */
const describe: Operation = (parameters, place) => {
  const name = optional(parameters, "CacheClusterId")?.toLowerCase();
  const showNodes = boolean(parameters, "ShowCacheNodeInfo") === true;
  const hidesMembers = boolean(parameters, "ShowCacheClustersNotInReplicationGroups") === true;
  const all = [...cachesOf(place).values()].filter(({ replicationGroup }) => !hidesMembers || replicationGroup === undefined);
  const { items, marker } = namedOrPage(name === undefined ? undefined : findCache(place, name), all, parameters, place);
  return [...marker, ["CacheClusters", items.map((cache) => describeCache(cache, place, statusOf(cache), showNodes))]];
};

/** ElastiCache's node-based caches. */
export const cacheClusters: ActionGroup = {
  api: elasticache,
  operations: {
    CreateCacheCluster: create,
    ModifyCacheCluster: modify,
    DeleteCacheCluster: remove,
    DescribeCacheClusters: describe,
  },
};

/** "A name must contain from 1 to 50 alphanumeric characters or hyphens" (page API_CreateCacheCluster). */
function readCacheName(parameters: Parameters): string {
  return readName(parameters, "CacheClusterId", 50);
}

/**
 * Page API_CacheCluster. Nodes are listed on request. "If the cluster is in the creating state, only cluster-level information is displayed until
 * all of the nodes are successfully provisioned. If the cluster is in the deleting state, only cluster-level information is displayed" (page
 * API_DescribeCacheClusters).
 */
function describeCache(cache: CacheCluster, place: Place, status: string, showNodes = false): Element {
  const { name, engine, port, nodes, replicationGroup, groups } = cache;
  const showsEndpoints = isReachable(status);
  const fields: Element[] = [
    ["CacheClusterId", name],
    ...(engine === "memcached" && showsEndpoints ? [describeEndpoint("ConfigurationEndpoint", `${name}.cfg`, port, place)] : []),
    ["CacheNodeType", "cache.t4g.micro"],
    ["Engine", engine],
    ["CacheClusterStatus", status],
    ["NumCacheNodes", nodes],
    ["CacheSecurityGroups", memberships("CacheSecurityGroup", "CacheSecurityGroupName", groups.classicGroups)],
    ...(showNodes && showsEndpoints ? [["CacheNodes", describeNodes(cache, place)] as const] : []),
    ["SecurityGroups", memberships("member", "SecurityGroupId", groups.networkInterface?.groupIds)],
    ...optionalElement("ReplicationGroupId", replicationGroup),
    ["ARN", arnOf("elasticache", place, `cluster:${name}`)],
  ];
  return ["CacheCluster", fields];
}

/** Page API_CacheNode. */
function describeNodes({ name, port, nodes }: CacheCluster, place: Place): readonly Element[] {
  return Array.from({ length: nodes }, (_, n): Element => {
    const id = String(n + 1).padStart(4, "0");
    const fields: Element[] = [
      ["CacheNodeId", id],
      ["CacheNodeStatus", "available"],
      describeEndpoint("Endpoint", `${name}.${id}`, port, place),
    ];
    return ["CacheNode", fields];
  });
}
