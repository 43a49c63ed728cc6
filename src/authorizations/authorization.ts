import { isAbsent } from "#aws/failure.ts";
import { everyOf } from "#aws/pages.ts";
import type { Send } from "#aws/send.ts";
import type { Grant, Rule } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";

/** One entry of a resource as AWS lists it: its source, or the printable text of what cannot be read as a source. */
export type ListedEntry = { readonly resource: string; readonly rule?: Rule } & (
  | { readonly source: Source }
  | { readonly unreadable: string }
);

/** An AWS operation and its input, by AWS's names. */
export interface Call {
  readonly operation: string;
  /** Texts, lists of texts, or structures as the API defines them. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** One AWS call that grants access: how its grants are revoked, listed and given again. */
export interface Authorization {
  /** Revokes the grant exactly as AWS stores it. Gives the entries that AWS then still lists on the resource. Throws an AwsFailure. */
  revoke(grant: Grant, send: Send): Promise<readonly ListedEntry[]>;
  /** Lists the entries of one resource, or of all in the place that `send` reaches, page by page. Throws an AwsFailure. */
  list(send: Send, resource: string | undefined, place: Place): AsyncGenerator<ListedEntry>;
  /** The call that gives the grant again. */
  undo(grant: Grant): Call;
  /** What else the grant's resource protects and a revoke would cut off, by AWS's ids. Absent: nothing can. Throws an AwsFailure. */
  sharedWith?(grant: Grant, send: Send): Promise<readonly string[]>;
}

/** The entries of one resource; none when it does not exist. Throws an AwsFailure. */
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
