import { openNetworkInterfaces } from "../ec2/network-interfaces.ts";
import { type Guard, guardFor } from "../shared/store-groups.ts";
import { type Place, perPlace, settlesAt, type World } from "../state.ts";
import { type Element, invalidCombination, invalidValue, list, type Parameters, QueryError, required, whole } from "../wire/query.ts";

export type Engine = "memcached" | "redis" | "valkey";

/** A node-based cache. */
export interface CacheCluster {
  readonly name: string;
  readonly engine: Engine;
  readonly port: number;
  readonly nodes: number;
  readonly replicationGroup: string | undefined;
  readonly guard: Guard;
  readonly settled: "creating" | "modifying";
  readonly settlesAt: number;
}

/** What is the same for every cache that is made for one request. */
interface CacheForm {
  readonly engine: Engine;
  readonly port: number;
  readonly nodes: number;
  readonly replicationGroup: string | undefined;
}

/** The node-based caches of one place, those of replication groups among them. */
interface Caches {
  readonly all: ReadonlyMap<string, CacheCluster>;
  find(name: string): CacheCluster;
  create(name: string, form: CacheForm, parameters: Parameters): CacheCluster;
  /** Gives it the groups that the request names, if any. */
  modify(cache: CacheCluster, parameters: Parameters): CacheCluster;
}

/** Opens them. */
export const openCaches: (place: Place, world: World) => Caches = perPlace((place, world) => {
  const all = new Map<string, CacheCluster>();
  const networkInterfaces = openNetworkInterfaces(place, world);

  /** "Use of cache security groups is not permitted along with …" (github.com/crossplane-contrib/provider-aws/issues/326). */
  const put = (cache: CacheForm & Pick<CacheCluster, "name" | "settled">, parameters: Parameters): CacheCluster => {
    const ownGroups = list(parameters, "CacheSecurityGroupNames.CacheSecurityGroupName");
    const groupIds = list(parameters, "SecurityGroupIds.SecurityGroupId");
    if (ownGroups.length > 0 && (groupIds.length > 0 || parameters.has("CacheSubnetGroupName"))) {
      throw invalidCombination("Use of cache security groups is not permitted along with cache subnet group and/or security group Ids.");
    }
    const owner = `cache:${cache.name}`;
    const attachment = { owner, description: `ElastiCache ${cache.name}`, type: "interface", requester: "amazon-elasticache" } as const;
    const guard = guardFor(all.get(cache.name)?.guard, {
      ownGroups,
      groupIds,
      // Which code an unknown VPC security group has is not documented; this one all Query services share.
      attach: (ids) => networkInterfaces.attach({ ...attachment, groupIds: ids }, invalidValue),
      detach: () => networkInterfaces.detach(owner),
    });
    const made: CacheCluster = { ...cache, guard, settlesAt: settlesAt(world) };
    all.set(made.name, made);
    return made;
  };

  const find = (name: string): CacheCluster => {
    const cache = all.get(name);
    if (cache === undefined) throw new QueryError("CacheClusterNotFound", 404, `CacheCluster ${name} not found.`);
    return cache;
  };

  return {
    all,
    find,
    create(name, form, parameters) {
      if (all.has(name)) throw new QueryError("CacheClusterAlreadyExists", 400, `CacheCluster ${name} already exists.`);
      return put({ ...form, name, settled: "creating" }, parameters);
    },
    modify(cache, parameters) {
      if (statusOf(cache) !== "available") throw new QueryError("InvalidCacheClusterState", 400, `${cache.name} is not available.`);
      return put({ ...cache, settled: "modifying" }, parameters);
    },
  };
});

/** A change is answered at once and takes effect when it settles. */
export function statusOf({ settlesAt, settled }: Pick<CacheCluster, "settled" | "settlesAt">): string {
  return settlesAt > performance.now() ? settled : "available";
}

/** A name, "stored as a lowercase string": 1 to `most` alphanumeric characters or hyphens, a letter first, no hyphen last and none twice. */
export function readName(parameters: Parameters, parameter: string, most: number): string {
  const name = required(parameters, parameter).toLowerCase();
  if (/^[a-z](-?[a-z0-9])*$/.test(name) && name.length <= most) return name;
  throw invalidValue(`The parameter ${parameter} is not a valid identifier: ${name}`);
}

/** The engine that a request names, of those that are possible. */
export function readEngine(parameters: Parameters, possible: readonly Engine[], usual?: Engine): Engine {
  const named = parameters.has("Engine") || usual === undefined ? required(parameters, "Engine") : usual;
  const engine = possible.find((one) => one === named);
  if (engine === undefined) throw invalidValue(`Invalid engine: ${named}`);
  return engine;
}

/** The port of a request, or the one that the engine has by default. */
export function readPort(parameters: Parameters, engine: Engine): number {
  const port = whole(parameters, "Port") ?? (engine === "memcached" ? 11211 : 6379);
  if (port >= 1 && port <= 65535) return port;
  throw invalidValue(`Invalid port: ${port}`);
}

/** Page API_Endpoint. */
export function describeEndpoint(name: string, host: string, port: number, { region }: Place): Element {
  return [
    name,
    [
      ["Address", `${host}.emulated.${region}.cache.amazonaws.com`],
      ["Port", port],
    ],
  ];
}
