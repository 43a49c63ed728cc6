import type { SharingSend } from "#aws/reads.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import type { Grant, Store } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";

/** The kinds of store, and of endpoints that lead to one, which AWS lists and changes by different calls. */
export type StoreKind = "cache" | "serverlessCache" | "cluster" | "workgroup" | "clusterEndpoint" | "workgroupEndpoint";

/** A store as an event names it. */
export interface NamedStore extends Store {
  readonly kind: StoreKind;
  /** The name of the endpoint, when the groups are those of an endpoint that leads to the store. */
  readonly endpoint?: string;
}

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

/**
 * What a record alone shows: a grant was given or removed, security groups were attached to a store or detached from it, or entries were
 * added to a prefix list.
 */
export type Claim =
  | { readonly kind: "granted" | "closed"; readonly grant: Grant }
  | { readonly kind: "edited"; readonly place: Place; readonly prefixList: string; readonly added: readonly string[] }
  | { readonly kind: "attached" | "detached"; readonly place: Place; readonly store: NamedStore; readonly groups: readonly string[] };

/** The grants of a record. `problem` says what could not be read; it is thrown after the grants were handled. */
export interface FoundGrants {
  readonly grants: readonly Grant[];
  readonly problem: Error | undefined;
  /** The ids of the VPC rules that the recorded call itself added or changed. Absent: none. */
  readonly ownRules?: ReadonlySet<string>;
  /** The services whose stores could not all be listed, so that a grant may reach more of them than it says. Absent: none. */
  readonly unlisted?: readonly string[];
  /** The stores that AWS lists in the place, with the security groups that can be detached from them. Absent: nothing can be. */
  readonly stores?: readonly VpcStore[];
  /** Why there are no grants, as a printable clause for the log; it counts only if there are neither grants nor a problem. */
  readonly nothing?: string;
  /** Why violations are only reported, and what an operator can do instead. Absent: they are revoked. */
  readonly reportOnly?: string;
}

/** Returns a function that sends commands to a place. Throws an EventError for a place where nothing may be called. */
type SendTo = (place: Place) => SharingSend;

/** How one kind of CloudTrail event shows grants of an authorization. */
export interface EventReader {
  /** Returns what the record alone shows, in its request or its response. A rule that only the request shows has no id. */
  claims(record: CloudTrailRecord): readonly Claim[];
  /**
   * Returns the grants that the call gave. When the record does not show all of them, returns every grant on the resource.
   * Throws an EventError when the record names no resource, and an AwsFailure when AWS cannot be asked.
   */
  grants(record: CloudTrailRecord, sendTo: SendTo): Promise<FoundGrants>;
  /** What an operator must know before the undo of a grant that this event showed. */
  readonly undoNote?: string;
}
