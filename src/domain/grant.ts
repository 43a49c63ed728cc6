import type { Place } from "./place.ts";
import type { Source } from "./source.ts";
import { printable } from "./text.ts";

/** Access that one authorization gave at a place, on a resource, to one source. */
export interface Grant {
  readonly place: Place;
  /** The service of the call, in the AWS CLI's spelling, such as `redshift`. */
  readonly service: string;
  /** The event name of the call, such as `AuthorizeDataShare`. */
  readonly authorization: string;
  readonly resource: string;
  readonly source: Source;
  /** Only for a rule of a VPC security group: the rule. The grant's resource is the group. */
  readonly rule?: Rule;
  /** The stores that the rule reaches. The grant is judged for each store, and is permitted only if it is permitted for all. */
  readonly stores?: readonly Store[];
}

/**
 * A rule of a VPC security group. Absent ports mean all ports. The id is absent when only the request is known. Description and tags
 * do not matter to the decision: the undo gives them back.
 */
export interface Rule {
  readonly id?: string;
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly description?: string;
  readonly tags?: readonly Tag[];
}

/** A tag of a rule. Its value can be empty. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** A cache or a warehouse, by the service and resource that policies match. */
export interface Store {
  readonly service: string;
  readonly resource: string;
  /** The store's account, if it is another one: an endpoint can lead to another account's cluster, which that account names. */
  readonly account?: string;
  /** AWS does not show the port of the store yet, so the rule may or may not reach it. */
  readonly portUnknown?: true;
}

/** Returns the grant once for each store that it reaches, or the grant itself when it is not a VPC rule. */
export function onEachStore({ stores, ...grant }: Grant): readonly Grant[] {
  return stores?.map(({ service, resource }) => ({ ...grant, service, resource })) ?? [grant];
}

/** Returns the stores as printable text, such as `redshift sales, elasticache sessions and 2 more`: at most three. */
export function storeNames(stores: readonly Store[]): string {
  const names = stores.slice(0, 3).map(({ service, resource }) => `${service} ${printable(resource)}`);
  return `${names.join(", ")}${stores.length > 3 ? ` and ${stores.length - 3} more` : ""}`;
}
