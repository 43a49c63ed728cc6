import type { Send } from "#aws/send.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import type { Grant, Store } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";

/** What a record says by itself: a grant was given or removed, or security groups were attached to a store or detached from it. */
export type Claim =
  | { readonly kind: "granted" | "closed"; readonly grant: Grant }
  | { readonly kind: "attached" | "detached"; readonly place: Place; readonly store: Store; readonly groups: readonly string[] };

/** The grants of a record. `problem` is what could not be read: it is thrown after the grants have been handled. */
export interface Found {
  readonly grants: readonly Grant[];
  readonly problem: Error | undefined;
}

/** Gives a function that sends to a place. Throws an EventError for a place where nothing may be called. */
type SendTo = (place: Place) => Send;

/** How one kind of CloudTrail event shows grants of an authorization. */
export interface EventReader {
  /** What the record says by itself, by its request or its response. A rule that its response does not show has no id. */
  claims(record: CloudTrailRecord): readonly Claim[];
  /**
   * The grants that the call gave, complete; every grant on its resource when the record does not say all. Throws an
   * EventError for a record that names no resource, and an AwsFailure.
   */
  grants(record: CloudTrailRecord, sendTo: SendTo): Promise<Found>;
  /** What an operator must know about the undo of a grant that this event showed. */
  readonly undoNote?: string;
}
