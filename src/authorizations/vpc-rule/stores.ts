import { AwsFailure } from "#aws/failure.ts";
import type { SharingSend } from "#aws/reads.ts";
import type { Send } from "#aws/send.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { VpcStore } from "../event.ts";
import { cacheClusters, serverlessCaches } from "./elasticache-stores.ts";
import { clusterEndpoints, workgroupEndpoints } from "./redshift-endpoints.ts";
import { clusters, workgroups } from "./redshift-stores.ts";

/** The stores that could be listed. `problem` says why others could not, and `unlisted` has their services. */
export interface Stores {
  readonly stores: readonly VpcStore[];
  readonly problem: Error | undefined;
  readonly unlisted: readonly string[];
}

/** The kinds of store as messages name them, each with its service and its list. */
const lists: readonly (readonly [kind: string, service: string, list: (send: Send) => Promise<VpcStore[]>])[] = [
  ["caches", "elasticache", cacheClusters],
  ["serverless caches", "elasticache", serverlessCaches],
  ["clusters", "redshift", clusters],
  ["workgroups", "redshift-serverless", workgroups],
  ["cluster endpoints", "redshift", clusterEndpoints],
  ["workgroup endpoints", "redshift-serverless", workgroupEndpoints],
];

/** Returns the stores of the place. Events share the lists. */
export function storesAt({ once }: SharingSend): Promise<Stores> {
  return once("stores", listStores);
}

/** True when a group is attached to a store, or may be: not every store could be listed. */
export function isAttached(group: string, { stores, problem }: Stores): boolean {
  return problem !== undefined || stores.some(({ groups }) => groups.includes(group));
}

/** Lists the caches and warehouses in the place, with their VPC security groups. When one list fails, the others are still returned. */
async function listStores(send: Send): Promise<Stores> {
  const stores: VpcStore[] = [];
  const failedLists: string[] = [];
  const unlisted = new Set<string>();
  const read = async ([kind, service, list]: (typeof lists)[number]) => {
    try {
      stores.push(...(await list(send)));
    } catch (failure) {
      if (!(failure instanceof AwsFailure)) throw failure;
      failedLists.push(`${kind} (${failure.message})`);
      unlisted.add(service);
    }
  };
  await Promise.all(lists.map(read));
  if (failedLists.length === 0) return { stores, problem: undefined, unlisted: [] };
  const problem = new EventError(`Rules may reach stores that cannot be listed: ${failedLists.join(", ")}`);
  return { stores, problem, unlisted: [...unlisted] };
}
