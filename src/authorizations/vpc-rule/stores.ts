import { AwsFailure } from "#aws/failure.ts";
import type { SharingSend } from "#aws/reads.ts";
import type { Send } from "#aws/send.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { Store } from "#domain/grant.ts";
import type { StoreKind } from "../event.ts";
import { cacheClusters, serverlessCaches } from "./elasticache-stores.ts";
import { clusterEndpoints, workgroupEndpoints } from "./redshift-endpoints.ts";
import { clusters, workgroups } from "./redshift-stores.ts";

/**
 * A store in a VPC, or an endpoint through which clients reach one: the security groups that are attached to it, and the TCP ports that
 * it listens on. The service and resource of an endpoint are those of the store that it leads to.
 */
export interface VpcStore extends Pick<Store, "service" | "resource"> {
  readonly kind: StoreKind;
  /** The name in its own calls. Policies name a member of a replication group by its group, and an endpoint by its store. */
  readonly id: string;
  /** The account that the store belongs to, where its list shows it: an endpoint can lead to another account's cluster. */
  readonly owner?: string | undefined;
  readonly groups: readonly string[];
  /** Empty while AWS shows no port, as of a cache that is being created or deleted. */
  readonly ports: readonly number[];
  /** The ids of the network interfaces of the VPC endpoints through which clients reach the store, as far as its list shows them. */
  readonly interfaces: readonly string[];
}

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
