import { DescribeCacheClustersCommand, DescribeServerlessCachesCommand } from "@aws-sdk/client-elasticache";
import { DescribeClustersCommand } from "@aws-sdk/client-redshift";
import { ListWorkgroupsCommand } from "@aws-sdk/client-redshift-serverless";
import { elasticache } from "#aws/elasticache.ts";
import { AwsFailure } from "#aws/failure.ts";
import { pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Send } from "#aws/send.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { Store } from "#domain/grant.ts";

/** A store in a VPC: the security groups that are attached to it, and the TCP ports that it listens on. */
export interface VpcStore extends Store {
  /** The cache cluster, when policies name the store by its replication group. */
  readonly member?: string | undefined;
  readonly groups: readonly string[];
  readonly ports: readonly number[];
  /** True when AWS lists no port, because the store is being created. `ports` are then the default ports. */
  readonly isGuess?: true;
}

const defaultPorts = { memcached: [11211], redis: [6379], redshift: [5439] };

/** Returns the listed ports, or else the default ports. */
function listeningPorts(listedPorts: readonly (number | undefined)[], defaults: readonly number[]): Pick<VpcStore, "ports" | "isGuess"> {
  const ports = [...new Set(listedPorts.filter((port) => port !== undefined))];
  return ports.length > 0 ? { ports } : { ports: defaults, isGuess: true };
}

/** Returns the default ports of a kind of store. A serverless cache has its reader endpoint on the next port. */
export function portsByDefault(kind: "cache" | "serverlessCache" | "warehouse", engine?: string): readonly number[] {
  if (kind === "warehouse") return defaultPorts.redshift;
  const [port = 0] = engine === "memcached" ? defaultPorts.memcached : defaultPorts.redis;
  return kind === "cache" ? [port] : [port, port + 1];
}

/** The stores that could be listed. `problem` says why others could not. */
export interface Stores {
  readonly stores: readonly VpcStore[];
  readonly problem: Error | undefined;
}

/** Lists the caches and warehouses in the place, with their VPC security groups. When one list fails, the others are still returned. */
export async function storesAt(send: Send): Promise<Stores> {
  const lists = { caches: cacheClusters, "serverless caches": serverlessCaches, clusters, workgroups };
  const stores: VpcStore[] = [];
  const failedLists: string[] = [];
  const list = async ([kind, storesOf]: [string, (send: Send) => Promise<VpcStore[]>]) => {
    try {
      stores.push(...(await storesOf(send)));
    } catch (failure) {
      if (!(failure instanceof AwsFailure)) throw failure;
      failedLists.push(`${kind} (${failure.message})`);
    }
  };
  await Promise.all(Object.entries(lists).map(list));
  if (failedLists.length === 0) return { stores, problem: undefined };
  return {
    stores,
    problem: new EventError(`Rules may reach stores that cannot be listed: ${failedLists.join(", ")}`),
  };
}

/** Lists node-based caches, named by their replication group if they have one. A cache that is being created has no endpoint yet. */
async function cacheClusters(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (Marker?: string) =>
    send(elasticache, new DescribeCacheClustersCommand({ ShowCacheNodeInfo: true, Marker }), "CacheClusters");
  for await (const page of pages(ask, "Marker"))
    for (const {
      CacheClusterId,
      ReplicationGroupId,
      Engine,
      ConfigurationEndpoint,
      CacheNodes = [],
      SecurityGroups = [],
    } of page.CacheClusters) {
      const ports = [ConfigurationEndpoint?.Port, ...CacheNodes.map(({ Endpoint }) => Endpoint?.Port)];
      stores.push({
        service: "elasticache",
        resource: ReplicationGroupId ?? CacheClusterId ?? "",
        member: CacheClusterId,
        groups: defined(SecurityGroups.map(({ SecurityGroupId }) => SecurityGroupId)),
        ...listeningPorts(ports, portsByDefault("cache", Engine)),
      });
    }
  return stores;
}

async function serverlessCaches(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (NextToken?: string) => send(elasticache, new DescribeServerlessCachesCommand({ NextToken }), "ServerlessCaches");
  for await (const page of pages(ask, "NextToken"))
    for (const { ServerlessCacheName = "", Engine, Endpoint, ReaderEndpoint, SecurityGroupIds = [] } of page.ServerlessCaches)
      stores.push({
        service: "elasticache",
        resource: ServerlessCacheName,
        groups: SecurityGroupIds,
        ...listeningPorts([Endpoint?.Port, ReaderEndpoint?.Port], portsByDefault("serverlessCache", Engine)),
      });
  return stores;
}

async function clusters(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (Marker?: string) => send(redshift, new DescribeClustersCommand({ Marker }), "Clusters");
  for await (const page of pages(ask, "Marker"))
    for (const { ClusterIdentifier = "", Endpoint, VpcSecurityGroups = [] } of page.Clusters) {
      const groups = defined(VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId));
      stores.push({ service: "redshift", resource: ClusterIdentifier, groups, ...listeningPorts([Endpoint?.Port], defaultPorts.redshift) });
    }
  return stores;
}

async function workgroups(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (nextToken?: string) => send(redshiftServerless, new ListWorkgroupsCommand({ nextToken }), "workgroups");
  for await (const page of pages(ask, "nextToken"))
    for (const { workgroupName = "", port, endpoint, securityGroupIds = [] } of page.workgroups)
      stores.push({
        service: "redshift-serverless",
        resource: workgroupName,
        groups: securityGroupIds,
        ...listeningPorts([port, endpoint?.port], defaultPorts.redshift),
      });
  return stores;
}

function defined(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}
