import { isAbsent } from "#aws/failure.ts";
import { everyOf } from "#aws/pages.ts";
import type { Send } from "#aws/send.ts";
import type { Grant, Rule, Store } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";

/** One entry of a resource as AWS lists it: its source, or printable text when the source cannot be read. */
export type ListedEntry = { readonly resource: string; readonly rule?: Rule } & (
  | { readonly source: Source }
  | { readonly unreadable: string }
);

/** An AWS operation and its input, with AWS's names. */
export interface Call {
  readonly operation: string;
  /** The parameters: strings, lists of strings, or structures as the API defines them. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** A call that detaches a resource, and the service that it belongs to. */
export interface DetachingCall extends Call {
  readonly service: string;
}

/** One AWS call that grants access: how its grants are revoked, listed and granted again. */
export interface Authorization {
  /** Revokes the grant, exactly as AWS stores it. Returns the entries that AWS lists on the resource afterwards. Throws an AwsFailure. */
  revoke(grant: Grant, send: Send): Promise<readonly ListedEntry[]>;
  /** Lists the entries of one resource, or of every resource in the place that `send` sends to. Throws an AwsFailure. */
  list(send: Send, resource: string | undefined, place: Place): AsyncGenerator<ListedEntry>;
  /** Returns the call that grants the same access again. */
  undo(grant: Grant): Call;
  /**
   * Returns the AWS ids of what else the resource protects, which a revoke would affect too. Absent: nothing else can be. Throws
   * an AwsFailure.
   */
  sharedWith?(grant: Grant, send: Send): Promise<readonly string[]>;
  /** Returns the calls that detach the grant's resource from a store. Absent: nothing can be detached. Throws an AwsFailure. */
  detach?(grant: Grant, store: Store, send: Send): Promise<readonly DetachingCall[]>;
}

/** Returns the entries of one resource; none when it does not exist. Throws an AwsFailure. */
export async function listResource(
  { resource, place }: Pick<Grant, "resource" | "place">,
  { list }: Pick<Authorization, "list">,
  send: Send,
): Promise<readonly ListedEntry[]> {
  try {
    return await everyOf(list(send, resource, place));
  } catch (failure) {
    if (isAbsent(failure)) return [];
    throw failure;
  }
}
