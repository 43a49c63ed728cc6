import { arnOf, type Family, type Operation, type Place, perPlace, type World } from "../state.ts";
import { elasticache } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, invalidValue, optional, type Parameters, QueryError, required, whole } from "../wire/query.ts";
import {
  type CacheCluster,
  describeEndpoint,
  type Engine,
  openCaches,
  readEngine,
  readName,
  readPort,
  statusOf,
} from "./cache-cluster-state.ts";

/** Caches that replicate each other, in one shard or several. */
interface ReplicationGroup {
  readonly name: string;
  readonly description: string;
  readonly engine: Engine;
  readonly port: number;
  /** In cluster mode there is one endpoint for all shards. */
  readonly isClustered: boolean;
  /** The names of the caches, shard by shard. */
  readonly shards: readonly string[][];
}

/** The replication groups of one place. */
interface ReplicationGroups {
  readonly all: Map<string, ReplicationGroup>;
  find(name: string): ReplicationGroup;
  /** Makes a cache that joins the group, with the group's engine and port. */
  addMember(name: string, cache: string, parameters: Parameters): CacheCluster;
}

/** Opens them. */
export const openReplicationGroups: (place: Place, world: World) => ReplicationGroups = perPlace((place, world) => {
  const all = new Map<string, ReplicationGroup>();
  const find = (name: string): ReplicationGroup => {
    const group = all.get(name);
    if (group === undefined) throw new QueryError("ReplicationGroupNotFoundFault", 404, `ReplicationGroup ${name} not found.`);
    return group;
  };
  return {
    all,
    find,
    addMember(name, cache, parameters) {
      const { engine, port, shards } = find(name);
      const made = openCaches(place, world).create(cache, { engine, port, nodes: 1, replicationGroup: name }, parameters);
      shards[0]?.push(cache);
      return made;
    },
  };
});

/** ElastiCache's replication groups: pages API_CreateReplicationGroup, API_ModifyReplicationGroup and API_DescribeReplicationGroups. */
export const replicationGroups: Family = {
  api: elasticache,
  open(place, world) {
    const caches = openCaches(place, world);
    const { all, find } = openReplicationGroups(place, world);

    const create = (name: string, description: string, parameters: Parameters): ReplicationGroup => {
      if (all.has(name)) throw new QueryError("ReplicationGroupAlreadyExists", 400, `ReplicationGroup ${name} already exists.`);
      const engine = readEngine(parameters, ["redis", "valkey"], "redis");
      const port = readPort(parameters, engine);
      const count = whole(parameters, "NumNodeGroups") ?? 1;
      const replicas = whole(parameters, "ReplicasPerNodeGroup") ?? (whole(parameters, "NumCacheClusters") ?? 1) - 1;
      if (count < 1 || count > 500 || replicas < 0 || replicas > 5) throw invalidValue("Invalid number of node groups or replicas.");
      const isClustered = parameters.get("ClusterMode") === "enabled" || count > 1;
      const numbered = (n: number, digits: number): string => String(n + 1).padStart(digits, "0");
      const shards = Array.from({ length: count }, (_, shard) =>
        Array.from({ length: replicas + 1 }, (_, n) => `${name}-${isClustered ? `${numbered(shard, 4)}-` : ""}${numbered(n, 3)}`),
      );
      for (const member of shards.flat()) caches.create(member, { engine, port, nodes: 1, replicationGroup: name }, parameters);
      const group: ReplicationGroup = { name, description, engine, port, isClustered, shards };
      all.set(name, group);
      return group;
    };

    /** A group is what its caches are. */
    const statusOfGroup = ({ shards }: ReplicationGroup): string =>
      shards
        .flat()
        .map((member) => statusOf(caches.find(member)))
        .find((status) => status !== "available") ?? "available";

    /** Page API_ReplicationGroup. */
    const describe = (group: ReplicationGroup, status: string): Element => {
      const { name, description, engine, port, isClustered, shards } = group;
      const isMade = status !== "creating";
      const endpoint = (field: string, host: string): Element[] => (isMade ? [describeEndpoint(field, host, port, place)] : []);
      const nodeGroups = shards.map((members, n): Element => {
        const described = members.map((member, role): Element => {
          const alone = isClustered
            ? []
            : [...endpoint("ReadEndpoint", member), ["CurrentRole", role === 0 ? "primary" : "replica"] as const];
          return ["NodeGroupMember", [["CacheClusterId", member], ["CacheNodeId", "0001"], ...alone]];
        });
        const ends = isClustered ? [] : [...endpoint("PrimaryEndpoint", `${name}.ng`), ...endpoint("ReaderEndpoint", `${name}-ro.ng`)];
        return [
          "NodeGroup",
          [["NodeGroupId", String(n + 1).padStart(4, "0")], ["Status", status], ...ends, ["NodeGroupMembers", described]],
        ];
      });
      const fields: Element[] = [
        ["ReplicationGroupId", name],
        ["Description", description],
        ["Status", status],
        ["MemberClusters", shards.flat().map((member): Element => ["ClusterId", member])],
        ["NodeGroups", isMade ? nodeGroups : []],
        ...(isClustered ? endpoint("ConfigurationEndpoint", `clustercfg.${name}`) : []),
        ["ClusterEnabled", isClustered],
        ["CacheNodeType", "cache.t4g.micro"],
        ["ARN", arnOf("elasticache", place, `replicationgroup:${name}`)],
        ["ClusterMode", isClustered ? "enabled" : "disabled"],
        ["Engine", engine],
      ];
      return ["ReplicationGroup", fields];
    };

    return new Map<string, Operation>([
      [
        "CreateReplicationGroup",
        (parameters) => {
          const name = readName(parameters, "ReplicationGroupId", 40);
          return [describe(create(name, required(parameters, "ReplicationGroupDescription"), parameters), "creating")];
        },
      ],
      [
        "ModifyReplicationGroup",
        (parameters) => {
          const name = readName(parameters, "ReplicationGroupId", 40);
          const isMissing = world.settings.createMissing && !all.has(name);
          const group = isMissing ? create(name, "Created by the emulator", parameters) : find(name);
          if (!isMissing && statusOfGroup(group) !== "available") {
            throw new QueryError("InvalidReplicationGroupState", 400, `The replication group ${name} is not in the available state.`);
          }
          if (!isMissing) for (const member of group.shards.flat()) caches.modify(caches.find(member), parameters);
          return [describe(group, "modifying")];
        },
      ],
      [
        "DescribeReplicationGroups",
        (parameters) => {
          const name = optional(parameters, "ReplicationGroupId")?.toLowerCase();
          const { items, marker } =
            name === undefined ? pageOf(all.values(), parameters, world.settings) : { items: [find(name)], marker: [] };
          return [...marker, ["ReplicationGroups", items.map((group) => describe(group, statusOfGroup(group)))]];
        },
      ],
    ]);
  },
};
