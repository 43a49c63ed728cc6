import { type AwsFailure, isAbsent } from "#aws/failure.ts";
import { everyOf } from "#aws/pages.ts";
import type { SharingSend } from "#aws/reads.ts";
import type { Send } from "#aws/send.ts";
import type { Call } from "#domain/aws-command.ts";
import type { Grant, Rule, Store } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";
import type { VpcStore } from "./event.ts";

/** One entry of a resource as AWS lists it: its source, or printable text when the source cannot be read. */
export type ListedEntry = { readonly resource: string; readonly rule?: Rule } & (
  | { readonly source: Source }
  | { readonly unreadable: string }
);

/** A call that detaches a resource, and the service that it belongs to. */
export interface DetachingCall extends Call {
  readonly service: string;
}

/** The ids of the rules that AWS says it revoked, and the entries that it lists on the resource afterwards. */
export interface RevokedRules {
  readonly revoked: ReadonlySet<string>;
  readonly listed: readonly ListedEntry[];
  /** Why nothing could be listed afterwards. */
  readonly unverified?: AwsFailure;
}

/** Lists the entries of one resource, or of every resource in the place that `send` sends to. Throws an AwsFailure. */
export type ListEntries = (send: Send, resource: string | undefined, place: Place) => AsyncGenerator<ListedEntry>;

/** What an authorization has in a place: a grant, or what is needed to judge the grants that follow, each complete. */
export type PlaceItem =
  | { readonly kind: "grant"; readonly grant: Grant }
  | { readonly kind: "store"; readonly store: VpcStore }
  /** What else a group protects, as AWS ids, or why that is not known. */
  | { readonly kind: "sharedGroup"; readonly group: string; readonly interfaces: readonly string[] | AwsFailure }
  /** Something that could not be read, as a printable text. `unlisted`: the services whose stores a grant may reach as well. */
  | { readonly kind: "problem"; readonly problem: string; readonly unlisted?: readonly string[] };

/** Lists everything that the authorization has given in a place. Throws an AwsFailure. */
type GrantsAt = (send: SharingSend, place: Place) => AsyncGenerator<PlaceItem>;

/** One AWS call that grants access. */
export type Authorization = Revocable | ReportOnly;

/** A call whose grants are revoked: how they are revoked, listed and granted again. */
export interface Revocable {
  /** Revokes the grant, exactly as AWS stores it. Returns the entries that AWS lists on the resource afterwards. Throws an AwsFailure. */
  revoke(grant: Grant, send: Send): Promise<readonly ListedEntry[]>;
  /**
   * Revokes several VPC rules of one group in one call, by their ids. Throws an AwsFailure with the meaning notFound, and revokes none,
   * when AWS does not know one of them. Absent: the grants of this authorization are revoked one by one.
   */
  revokeRules?(grants: readonly Grant[], send: Send): Promise<RevokedRules>;
  readonly list: ListEntries;
  /** Absent: every listed entry is a grant. */
  readonly grantsAt?: GrantsAt;
  /** Returns the call that grants the same access again. */
  undo(grant: Grant): Call;
  /**
   * Returns the AWS ids of what else the resource protects, which a revoke would affect too. Absent: nothing else can be. Throws
   * an AwsFailure.
   */
  sharedWith?(grant: Grant, send: SharingSend): Promise<readonly string[]>;
  /** Returns the calls that detach the grant's resource from one of the listed stores. Absent: nothing can be detached. */
  detach?(grant: Grant, store: Store, stores: readonly VpcStore[]): readonly DetachingCall[];
}

/** A call whose grants are only reported, because a revoke could do harm or could not be verified. */
export interface ReportOnly {
  readonly revoke?: undefined;
  readonly grantsAt?: undefined;
  readonly sharedWith?: undefined;
  readonly detach?: undefined;
  /** Undefined: AWS has no list, so a grant is known from its event only. */
  readonly list: ListEntries | undefined;
  /** Why a violation is not revoked. */
  readonly reason: string;
  /** Returns the call that gives these grants, which are all on one resource. */
  give(grants: readonly Grant[]): Call;
  /** Returns the call with which a person removes the grant, and what it does besides. */
  remove(grant: Grant): Call & { readonly effect?: string };
}

/** Returns the entries of one resource; none when it does not exist. Throws an AwsFailure. */
export async function listResource(
  { resource, place }: Pick<Grant, "resource" | "place">,
  { list }: { readonly list: ListEntries },
  send: Send,
): Promise<readonly ListedEntry[]> {
  try {
    return await everyOf(list(send, resource, place));
  } catch (failure) {
    if (isAbsent(failure)) return [];
    throw failure;
  }
}
