import type { StoreKind } from "../event.ts";

/**
 * Returns the ports of a store that is created without one. A serverless cache has its reader endpoint on the next port. An endpoint
 * has no default: it listens on the port of the store that it leads to.
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/set-up.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
 */
export function defaultPorts(kind: StoreKind, engine?: string): readonly number[] {
  if (kind === "clusterEndpoint" || kind === "workgroupEndpoint") return [];
  if (kind === "cluster" || kind === "workgroup") return [5439];
  const port = engine === "memcached" ? 11211 : 6379;
  return kind === "cache" ? [port] : [port, port + 1];
}

/**
 * Returns the lowest and the highest port that a store can have.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
 */
export function portLimits(kind: StoreKind): readonly [lowest: number, highest: number] {
  return kind === "cache" || kind === "serverlessCache" ? [1, 65_535] : [1_150, 65_535];
}
