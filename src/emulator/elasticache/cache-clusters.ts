import { arnOf, type Family, type Operation, type Place } from "../state.ts";
import { elasticache } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, elements, flag, invalidCombination, invalidValue, optional, type Parameters, whole } from "../wire/query.ts";
import { type CacheCluster, describeEndpoint, openCaches, readEngine, readName, readPort, statusOf } from "./cache-cluster-state.ts";
import { openReplicationGroups } from "./replication-groups.ts";

/** ElastiCache's node-based caches: pages API_CreateCacheCluster, API_ModifyCacheCluster and API_DescribeCacheClusters. */
export const cacheClusters: Family = {
  api: elasticache,
  open(place, world) {
    const caches = openCaches(place, world);
    const replicationGroups = openReplicationGroups(place, world);
    const result = (cache: CacheCluster, status: string, showNodes: boolean): Element[] => [
      ["CacheCluster", describeCache(cache, place, status, showNodes)],
    ];
    const readCacheName = (parameters: Parameters): string => readName(parameters, "CacheClusterId", 50);

    const create = (parameters: Parameters): readonly Element[] => {
      const name = readCacheName(parameters);
      const replicationGroup = optional(parameters, "ReplicationGroupId")?.toLowerCase();
      if (replicationGroup !== undefined) return result(replicationGroups.addMember(replicationGroup, name, parameters), "creating", false);
      const engine = readEngine(parameters, ["memcached", "redis", "valkey"]);
      const nodes = whole(parameters, "NumCacheNodes") ?? 1;
      // "For clusters running Valkey or Redis OSS, this value must be 1."
      if (nodes < 1 || nodes > 40) throw invalidValue(`Invalid NumCacheNodes: ${nodes}`);
      if (engine !== "memcached" && nodes > 1) throw invalidCombination(`NumCacheNodes must be 1 for engine ${engine}.`);
      return result(
        caches.create(name, { engine, port: readPort(parameters, engine), nodes, replicationGroup }, parameters),
        "creating",
        false,
      );
    };

    const modify = (parameters: Parameters): readonly Element[] => {
      const name = readCacheName(parameters);
      const isMissing = world.settings.createMissing && !caches.all.has(name);
      const form = { engine: "redis", port: 6379, nodes: 1, replicationGroup: undefined } as const;
      if (isMissing) return result(caches.create(name, form, parameters), "modifying", false);
      return result(caches.modify(caches.find(name), parameters), "modifying", false);
    };

    const describe = (parameters: Parameters): readonly Element[] => {
      const name = optional(parameters, "CacheClusterId");
      const showNodes = flag(parameters, "ShowCacheNodeInfo") === true;
      const isAlone = flag(parameters, "ShowCacheClustersNotInReplicationGroups") === true;
      const all = [...caches.all.values()].filter(({ replicationGroup }) => !isAlone || replicationGroup === undefined);
      const { items, marker } =
        name === undefined ? pageOf(all, parameters, world.settings) : { items: [caches.find(name.toLowerCase())], marker: [] };
      return [...marker, ["CacheClusters", items.flatMap((cache) => result(cache, statusOf(cache), showNodes))]];
    };

    return new Map<string, Operation>([
      ["CreateCacheCluster", create],
      ["ModifyCacheCluster", modify],
      ["DescribeCacheClusters", describe],
    ]);
  },
};

/** Page API_CacheCluster. Nodes are told on demand, and a cache that is being made has none yet, nor an endpoint. */
function describeCache(cache: CacheCluster, place: Place, status: string, showNodes: boolean): readonly Element[] {
  const { name, engine, port, nodes, replicationGroup, guard } = cache;
  const isMade = status !== "creating";
  const memberships = (guard.networkInterface?.groupIds ?? []).map(
    (id): Element => ["member", elements({ SecurityGroupId: id, Status: "active" })],
  );
  return [
    ["CacheClusterId", name],
    ...(engine === "memcached" && isMade ? [describeEndpoint("ConfigurationEndpoint", `${name}.cfg`, port, place)] : []),
    ["CacheNodeType", "cache.t4g.micro"],
    ["Engine", engine],
    ["CacheClusterStatus", status],
    ["NumCacheNodes", nodes],
    [
      "CacheSecurityGroups",
      guard.ownGroups.map((title): Element => ["CacheSecurityGroup", elements({ CacheSecurityGroupName: title, Status: "active" })]),
    ],
    ...(showNodes && isMade ? [["CacheNodes", describeNodes(cache, place)] as const] : []),
    ["SecurityGroups", memberships],
    ...(replicationGroup === undefined ? [] : [["ReplicationGroupId", replicationGroup] as const]),
    ["ARN", arnOf("elasticache", place, `cluster:${name}`)],
  ];
}

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
