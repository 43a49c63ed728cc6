import { DescribeCacheClustersCommand, DescribeServerlessCachesCommand } from "@aws-sdk/client-elasticache";
import { elasticache } from "#aws/elasticache.ts";
import { pages } from "#aws/pages.ts";
import type { Send } from "#aws/send.ts";
import type { VpcStore } from "../event.ts";
import { defined } from "./defined.ts";
import { defaultPorts } from "./ports.ts";

/**
 * Lists node-based caches, named by their replication group if they have one. AWS shows no nodes, and so no port, of a cache that is
 * being created or deleted; every member of a replication group listens on the same port, so that of the others counts. Throws an
 * AwsFailure.
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeCacheClusters.html
 */
export async function cacheClusters(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (Marker?: string) =>
    send(elasticache, new DescribeCacheClustersCommand({ ShowCacheNodeInfo: true, Marker }), "CacheClusters");
  for await (const page of pages(ask, "Marker"))
    for (const {
      CacheClusterId = "",
      ReplicationGroupId,
      ConfigurationEndpoint,
      CacheNodes = [],
      SecurityGroups = [],
    } of page.CacheClusters)
      stores.push({
        kind: "cache",
        service: "elasticache",
        resource: ReplicationGroupId ?? CacheClusterId,
        id: CacheClusterId,
        groups: defined(SecurityGroups.map(({ SecurityGroupId }) => SecurityGroupId)),
        ports: defined([ConfigurationEndpoint?.Port, ...CacheNodes.map(({ Endpoint }) => Endpoint?.Port)]),
        interfaces: [],
      });
  const known = new Map(stores.flatMap(({ resource, ports }) => (ports.length > 0 ? [[resource, ports] as const] : [])));
  return stores.map((store) => (store.ports.length > 0 ? store : { ...store, ports: known.get(store.resource) ?? [] }));
}

/**
 * Lists serverless caches. Their ports cannot be chosen, so they are known before AWS shows an endpoint. Throws an AwsFailure.
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeServerlessCaches.html
 */
export async function serverlessCaches(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (NextToken?: string) => send(elasticache, new DescribeServerlessCachesCommand({ NextToken }), "ServerlessCaches");
  for await (const page of pages(ask, "NextToken"))
    for (const { ServerlessCacheName = "", Engine, Endpoint, ReaderEndpoint, SecurityGroupIds = [] } of page.ServerlessCaches) {
      const ports = defined([Endpoint?.Port, ReaderEndpoint?.Port]);
      stores.push({
        kind: "serverlessCache",
        service: "elasticache",
        resource: ServerlessCacheName,
        id: ServerlessCacheName,
        groups: SecurityGroupIds,
        ports: ports.length > 0 ? ports : defaultPorts("serverlessCache", Engine),
        interfaces: [],
      });
    }
  return stores;
}
