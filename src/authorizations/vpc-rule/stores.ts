import { DescribeCacheClustersCommand, DescribeServerlessCachesCommand } from "@aws-sdk/client-elasticache";
import { DescribeClustersCommand } from "@aws-sdk/client-redshift";
import { ListWorkgroupsCommand } from "@aws-sdk/client-redshift-serverless";
import { AwsFailure } from "#aws/connect.ts";
import { elasticache } from "#aws/elasticache.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { Store } from "#domain/grant.ts";
import type { Send } from "../authorization.ts";
import { pages } from "../define.ts";

/** A store in a VPC: the security groups that stand before it, and the TCP ports that it listens on. */
export interface GuardedStore extends Store {
  /** The cache cluster that it is, where policies name it by its replication group. */
  readonly member?: string | undefined;
  readonly groups: readonly string[];
  readonly ports: readonly number[];
  /** Its list has no port yet, as it is being made: these are the usual ones. */
  readonly isGuess?: true;
}

const ports = { memcached: [11211], redis: [6379], redshift: [5439] };

/** The ports that a list shows, or else the usual ones. */
function listening(shown: readonly (number | undefined)[], usual: readonly number[]): Pick<GuardedStore, "ports" | "isGuess"> {
  const known = [...new Set(shown.filter((port) => port !== undefined))];
  return known.length > 0 ? { ports: known } : { ports: usual, isGuess: true };
}

/** The ports of a store that has none of its own. A serverless cache reads from the port after the one that it writes to. */
export function usualPorts(kind: "cache" | "serverlessCache" | "warehouse", engine?: string): readonly number[] {
  if (kind === "warehouse") return ports.redshift;
  const [port = 0] = engine === "memcached" ? ports.memcached : ports.redis;
  return kind === "cache" ? [port] : [port, port + 1];
}

/** The stores that could be listed, and why others could not. */
export interface Stores {
  readonly stores: readonly GuardedStore[];
  readonly problem?: Error;
}

/** Every cache and warehouse of an account and Region that has VPC security groups. What one service refuses hides no other's. */
export async function storesAt(send: Send): Promise<Stores> {
  const lists = { caches: cacheClusters, "serverless caches": serverlessCaches, clusters, workgroups };
  const stores: GuardedStore[] = [];
  const refused: string[] = [];
  const list = async ([kind, found]: [string, (send: Send) => Promise<GuardedStore[]>]) => {
    try {
      stores.push(...(await found(send)));
    } catch (failure) {
      if (!(failure instanceof AwsFailure)) throw failure;
      refused.push(`${kind} (${failure.message})`);
    }
  };
  await Promise.all(Object.entries(lists).map(list));
  if (refused.length === 0) return { stores };
  return {
    stores,
    problem: new EventError(`Whether rules reach any of these is not known, as they cannot be listed: ${refused.join(", ")}`),
  };
}

/** Node-based caches; those of a replication group go by its name. One that is being created has no endpoint yet. */
async function cacheClusters(send: Send): Promise<GuardedStore[]> {
  const stores: GuardedStore[] = [];
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
        ...listening(shown, usualPorts("cache", Engine)),
      });
    }
  return stores;
}

async function serverlessCaches(send: Send): Promise<GuardedStore[]> {
  const stores: GuardedStore[] = [];
  const ask = (NextToken?: string) => send(elasticache, new DescribeServerlessCachesCommand({ NextToken }), "ServerlessCaches");
  for await (const page of pages(ask, "NextToken"))
    for (const { ServerlessCacheName = "", Engine, Endpoint, ReaderEndpoint, SecurityGroupIds = [] } of page.ServerlessCaches)
      stores.push({
        service: "elasticache",
        resource: ServerlessCacheName,
        groups: SecurityGroupIds,
        ...listening([Endpoint?.Port, ReaderEndpoint?.Port], usualPorts("serverlessCache", Engine)),
      });
  return stores;
}

async function clusters(send: Send): Promise<GuardedStore[]> {
  const stores: GuardedStore[] = [];
  const ask = (Marker?: string) => send(redshift, new DescribeClustersCommand({ Marker }), "Clusters");
  for await (const page of pages(ask, "Marker"))
    for (const { ClusterIdentifier = "", Endpoint, VpcSecurityGroups = [] } of page.Clusters) {
      const groups = texts(VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId));
      stores.push({ service: "redshift", resource: ClusterIdentifier, groups, ...listening([Endpoint?.Port], ports.redshift) });
    }
  return stores;
}

async function workgroups(send: Send): Promise<GuardedStore[]> {
  const stores: GuardedStore[] = [];
  const ask = (nextToken?: string) => send(redshiftServerless, new ListWorkgroupsCommand({ nextToken }), "workgroups");
  for await (const page of pages(ask, "nextToken"))
    for (const { workgroupName = "", port, endpoint, securityGroupIds = [] } of page.workgroups)
      stores.push({
        service: "redshift-serverless",
        resource: workgroupName,
        groups: securityGroupIds,
        ...listening([port, endpoint?.port], ports.redshift),
      });
  return stores;
}

function texts(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}
