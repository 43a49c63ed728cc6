import { arnOf } from "../arn.ts";
import { deleteStoreEndpoint, putStoreEndpoint, type VpcEndpoint } from "../ec2/vpc-endpoint-state.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import { deletion, isReachable, type StoreChange, statusOf } from "../shared/store-status.ts";
import { type Place, resourcesPerPlace, settlesAt } from "../state.ts";
import { elasticache } from "../wire/apis.ts";
import type { Element } from "../wire/elements.ts";
import { invalidValue, QueryError } from "../wire/errors.ts";
import { namedOrPage } from "../wire/paging.ts";
import { list, optional, type Parameters } from "../wire/parameters.ts";
import { describeEndpoint } from "./endpoints.ts";
import { defaultPort, type Engine, readEngine, readName } from "./requests.ts";

interface ServerlessCache extends StoreChange {
  readonly name: string;
  readonly engine: Engine;
  readonly endpoint: VpcEndpoint;
}

const cachesOf: (place: Place) => Map<string, ServerlessCache> = resourcesPerPlace();

/** `NextToken` and `MaxResults`, default 50. Page API_DescribeServerlessCaches names no bounds, so these are those of similar actions. */
const paging = { token: "NextToken", next: "NextToken", size: "MaxResults", least: 1, most: 100, usual: 50 } as const;

/** Page API_CreateServerlessCache. */
const create: Operation = (parameters, place) => {
  const name = readCacheName(parameters);
  const engine = readEngine(parameters, ["memcached", "redis", "valkey"]);
  if (cachesOf(place).has(name)) throw new QueryError("ServerlessCacheAlreadyExistsFault", 400, `ServerlessCache ${name} already exists.`);
  return [["ServerlessCache", describeCache(put(place, name, engine, "creating", parameters), "creating", place)]];
};

/** Page API_ModifyServerlessCache. */
const modify: Operation = (parameters, place) => {
  const name = readCacheName(parameters);
  const isMissing = place.world.settings.createMissing && !cachesOf(place).has(name);
  const known = isMissing ? undefined : findAvailable(place, name);
  const cache = put(place, name, known?.engine ?? "redis", "modifying", parameters);
  return [["ServerlessCache", describeCache(cache, "modifying", place)]];
};

/** Page API_DeleteServerlessCache. Final snapshots are not kept. */
const remove: Operation = (parameters, place) => {
  const cache = findAvailable(place, readCacheName(parameters));
  const change = deletion(place);
  cachesOf(place).set(cache.name, { ...cache, ...change });
  deleteStoreEndpoint(place, cache.endpoint, change.goneAt);
  return [["ServerlessCache", describeCache(cache, "deleting", place)]];
};

/** Page API_DescribeServerlessCaches. */
const describe: Operation = (parameters, place) => {
  const name = optional(parameters, "ServerlessCacheName")?.toLowerCase();
  const named = name === undefined ? undefined : find(place, name);
  const { items, marker } = namedOrPage(named, cachesOf(place).values(), parameters, place, paging);
  return [...marker, ["ServerlessCaches", items.map((cache): Element => ["member", describeCache(cache, statusOf(cache), place)])]];
};

/** ElastiCache's serverless caches. */
export const serverlessCaches: ActionGroup = {
  api: elasticache,
  operations: {
    CreateServerlessCache: create,
    ModifyServerlessCache: modify,
    DeleteServerlessCache: remove,
    DescribeServerlessCaches: describe,
  },
};

function readCacheName(parameters: Parameters): string {
  return readName(parameters, "ServerlessCacheName", 40);
}

function find(place: Place, name: string): ServerlessCache {
  const cache = cachesOf(place).get(name);
  if (cache === undefined) throw new QueryError("ServerlessCacheNotFoundFault", 404, `ServerlessCache ${name} not found.`);
  return cache;
}

function findAvailable(place: Place, name: string): ServerlessCache {
  const cache = find(place, name);
  if (statusOf(cache) === "available") return cache;
  throw new QueryError("InvalidServerlessCacheStateFault", 400, `The serverless cache ${name} is not in the available state.`);
}

/**
 * Clients reach a serverless cache through a VPC endpoint, which has the groups ("will authorize traffic access for the VPC end-point", page
 * API_CreateServerlessCache). The policy ElastiCacheServiceRolePolicy lets ElastiCache create endpoints only for services whose names match
 * `com.amazonaws.elasticache.serverless.*`; what follows there is not documented.
 */
function put(place: Place, name: string, engine: Engine, change: StoreChange["change"], parameters: Parameters): ServerlessCache {
  const form = {
    serviceName: `com.amazonaws.elasticache.serverless.${place.region}.vpce-svc-00000000000000001`,
    groupIds: list(parameters, "SecurityGroupIds.SecurityGroupId"),
  };
  const endpoint = putStoreEndpoint(place, cachesOf(place).get(name)?.endpoint, form, invalidValue);
  const cache: ServerlessCache = { name, engine, endpoint, change, settlesAt: settlesAt(place) };
  cachesOf(place).set(name, cache);
  return cache;
}

/** Page API_ServerlessCache. Valkey and Redis OSS have a second port for readers. That a cache being deleted shows no endpoint is assumed. */
function describeCache({ name, engine, endpoint }: ServerlessCache, status: string, place: Place): readonly Element[] {
  const endpoints = [
    describeEndpoint("Endpoint", `${name}.serverless`, defaultPort(engine), place),
    ...(engine === "memcached" ? [] : [describeEndpoint("ReaderEndpoint", `${name}.serverless`, 6380, place)]),
  ];
  return [
    ["ServerlessCacheName", name],
    ["Status", status],
    ["Engine", engine],
    ["SecurityGroupIds", endpoint.groupIds.map((id): Element => ["SecurityGroupId", id])],
    ...(isReachable(status) ? endpoints : []),
    ["ARN", arnOf("elasticache", place, `serverlesscache:${name}`)],
  ];
}
