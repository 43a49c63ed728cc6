import { type NetworkInterface, openNetworkInterfaces } from "../ec2/network-interfaces.ts";
import { arnOf, type Family, type Operation, settlesAt } from "../state.ts";
import { elasticache } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, invalidValue, list, optional, type Parameters, QueryError } from "../wire/query.ts";
import { describeEndpoint, type Engine, readEngine, readName, statusOf } from "./cache-cluster-state.ts";

interface ServerlessCache {
  readonly name: string;
  readonly engine: Engine;
  readonly networkInterface: NetworkInterface;
  readonly settled: "creating" | "modifying";
  readonly settlesAt: number;
}

/** `NextToken` and `MaxResults`, by default 50; the page names no bounds, so these are those of its neighbours. */
const paging = { token: "NextToken", next: "NextToken", size: "MaxResults", least: 1, most: 100, usual: 50 } as const;

/** ElastiCache's serverless caches: pages API_CreateServerlessCache, API_ModifyServerlessCache and API_DescribeServerlessCaches. */
export const serverlessCaches: Family = {
  api: elasticache,
  open(place, world) {
    const all = new Map<string, ServerlessCache>();
    const networkInterfaces = openNetworkInterfaces(place, world);

    const put = (name: string, engine: Engine, settled: ServerlessCache["settled"], parameters: Parameters): ServerlessCache => {
      const groupIds = list(parameters, "SecurityGroupIds.SecurityGroupId");
      const known = all.get(name)?.networkInterface;
      // A serverless cache is reached through a VPC endpoint; whose requester that is, and how it is described, no page tells.
      const attachment = {
        owner: `serverless-cache:${name}`,
        description: `ElastiCache ${name}`,
        requester: "amazon-elasticache",
        groupIds,
      } as const;
      const keeps = known !== undefined && groupIds.length === 0;
      const networkInterface = keeps ? known : networkInterfaces.attach({ ...attachment, type: "vpc_endpoint" }, invalidValue);
      const cache: ServerlessCache = { name, engine, networkInterface, settled, settlesAt: settlesAt(world) };
      all.set(name, cache);
      return cache;
    };

    const find = (name: string): ServerlessCache => {
      const cache = all.get(name);
      if (cache === undefined) throw new QueryError("ServerlessCacheNotFoundFault", 404, `ServerlessCache ${name} not found.`);
      return cache;
    };

    /** Page API_ServerlessCache. Readers of Valkey and Redis OSS have a port of their own. */
    const describe = ({ name, engine, networkInterface }: ServerlessCache, status: string): readonly Element[] => {
      const port = engine === "memcached" ? 11211 : 6379;
      const endpoints = [
        describeEndpoint("Endpoint", `${name}.serverless`, port, place),
        ...(engine === "memcached" ? [] : [describeEndpoint("ReaderEndpoint", `${name}.serverless`, 6380, place)]),
      ];
      return [
        ["ServerlessCacheName", name],
        ["Status", status],
        ["Engine", engine],
        ["SecurityGroupIds", networkInterface.groupIds.map((id): Element => ["SecurityGroupId", id])],
        ...(status === "creating" ? [] : endpoints),
        ["ARN", arnOf("elasticache", place, `serverlesscache:${name}`)],
      ];
    };

    return new Map<string, Operation>([
      [
        "CreateServerlessCache",
        (parameters) => {
          const name = readName(parameters, "ServerlessCacheName", 40);
          const engine = readEngine(parameters, ["memcached", "redis", "valkey"]);
          if (all.has(name)) throw new QueryError("ServerlessCacheAlreadyExistsFault", 400, `ServerlessCache ${name} already exists.`);
          return [["ServerlessCache", describe(put(name, engine, "creating", parameters), "creating")]];
        },
      ],
      [
        "ModifyServerlessCache",
        (parameters) => {
          const name = readName(parameters, "ServerlessCacheName", 40);
          const isMissing = world.settings.createMissing && !all.has(name);
          const known = isMissing ? undefined : find(name);
          if (known !== undefined && statusOf(known) !== "available") {
            throw new QueryError("InvalidServerlessCacheStateFault", 400, `The serverless cache ${name} is not in the available state.`);
          }
          return [["ServerlessCache", describe(put(name, known?.engine ?? "redis", "modifying", parameters), "modifying")]];
        },
      ],
      [
        "DescribeServerlessCaches",
        (parameters) => {
          const name = optional(parameters, "ServerlessCacheName")?.toLowerCase();
          const { items, marker } =
            name === undefined ? pageOf(all.values(), parameters, world.settings, paging) : { items: [find(name)], marker: [] };
          return [...marker, ["ServerlessCaches", items.map((cache): Element => ["member", describe(cache, statusOf(cache))])]];
        },
      ],
    ]);
  },
};
