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
  /** No port is listed, as the store is being made: `ports` are the default ones. */
  readonly isGuess?: true;
}

const defaultPorts = { memcached: [11211], redis: [6379], redshift: [5439] };

/** The ports that a list shows, or else the default ones. */
function listening(shown: readonly (number | undefined)[], defaults: readonly number[]): Pick<VpcStore, "ports" | "isGuess"> {
  const known = [...new Set(shown.filter((port) => port !== undefined))];
  return known.length > 0 ? { ports: known } : { ports: defaults, isGuess: true };
}

/** The ports of a store for which no others are known. A serverless cache reads on the port after the one for writes. */
export function portsByDefault(kind: "cache" | "serverlessCache" | "warehouse", engine?: string): readonly number[] {
  if (kind === "warehouse") return defaultPorts.redshift;
  const [port = 0] = engine === "memcached" ? defaultPorts.memcached : defaultPorts.redis;
  return kind === "cache" ? [port] : [port, port + 1];
}

/** The stores that could be listed, and why others could not. */
export interface Stores {
  readonly stores: readonly VpcStore[];
  readonly problem: Error | undefined;
}

/** Every cache and warehouse of an account and Region that has VPC security groups. A list that fails does not hide the other lists. */
export async function storesAt(send: Send): Promise<Stores> {
  const lists = { caches: cacheClusters, "serverless caches": serverlessCaches, clusters, workgroups };
  const stores: VpcStore[] = [];
  const refused: string[] = [];
  const list = async ([kind, found]: [string, (send: Send) => Promise<VpcStore[]>]) => {
    try {
      stores.push(...(await found(send)));
    } catch (failure) {
      if (!(failure instanceof AwsFailure)) throw failure;
      refused.push(`${kind} (${failure.message})`);
    }
  };
  await Promise.all(Object.entries(lists).map(list));
  if (refused.length === 0) return { stores, problem: undefined };
  return {
    stores,
    problem: new EventError(`Rules may reach stores that cannot be listed: ${refused.join(", ")}`),
  };
}

/** Node-based caches, by the name of their replication group if they have one. A cache that is being created has no endpoint yet. */
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
      const shown = [ConfigurationEndpoint?.Port, ...CacheNodes.map(({ Endpoint }) => Endpoint?.Port)];
      stores.push({
        service: "elasticache",
        resource: ReplicationGroupId ?? CacheClusterId ?? "",
        member: CacheClusterId,
        groups: texts(SecurityGroups.map(({ SecurityGroupId }) => SecurityGroupId)),
        ...listening(shown, portsByDefault("cache", Engine)),
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
        ...listening([Endpoint?.Port, ReaderEndpoint?.Port], portsByDefault("serverlessCache", Engine)),
      });
  return stores;
}

async function clusters(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (Marker?: string) => send(redshift, new DescribeClustersCommand({ Marker }), "Clusters");
  for await (const page of pages(ask, "Marker"))
    for (const { ClusterIdentifier = "", Endpoint, VpcSecurityGroups = [] } of page.Clusters) {
      const groups = texts(VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId));
      stores.push({ service: "redshift", resource: ClusterIdentifier, groups, ...listening([Endpoint?.Port], defaultPorts.redshift) });
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
        ...listening([port, endpoint?.port], defaultPorts.redshift),
      });
  return stores;
}

function texts(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}
