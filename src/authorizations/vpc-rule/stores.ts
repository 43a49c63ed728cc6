import { AwsFailure, isUnresolved } from "#aws/failure.ts";
import type { SharingSend } from "#aws/reads.ts";
import type { Send } from "#aws/send.ts";
import { isUnsupported } from "#aws/unsupported.ts";
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

/**
 * Lists the caches and warehouses in the place, with their VPC security groups. When one list fails, the others are still returned. A
 * Region without a service has no stores of it: AWS says so, or the name of its endpoint does not resolve although others do.
 */
async function listStores(send: Send): Promise<Stores> {
  const answers = await Promise.all(lists.map(async ([kind, service, list]) => ({ kind, service, listed: await listedOr(list(send)) })));
  const isOnline = answers.some(({ listed }) => !(listed instanceof AwsFailure));
  const stores: VpcStore[] = [];
  const failedLists: string[] = [];
  const unlisted = new Set<string>();
  for (const { kind, service, listed } of answers) {
    if (!(listed instanceof AwsFailure)) stores.push(...listed);
    else if (!isUnsupported(listed) && !(isOnline && isUnresolved(listed))) {
      failedLists.push(`${kind} (${listed.message})`);
      unlisted.add(service);
    }
  }
  if (failedLists.length === 0) return { stores, problem: undefined, unlisted: [] };
  const problem = new EventError(`Rules may reach stores that cannot be listed: ${failedLists.join(", ")}`);
  return { stores, problem, unlisted: [...unlisted] };
}

function listedOr(listing: Promise<VpcStore[]>): Promise<VpcStore[] | AwsFailure> {
  return listing.catch((failure: unknown) => {
    if (failure instanceof AwsFailure) return failure;
    throw failure;
  });
}
