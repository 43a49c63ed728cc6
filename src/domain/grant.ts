import type { AccountId } from "./account.ts";
import { parseRange, sameNetwork } from "./range.ts";

/** Where a resource lives. */
export interface Place {
  readonly partition: string;
  readonly account: AccountId;
  readonly region: string;
}

/**
 * Who is let in. The text of a range, as AWS stored it or the event said it, is one that `parseRange` can read. Nobody
 * can permit a security group whose owner is unknown.
 */
export type Source =
  | { readonly kind: "range"; readonly range: string }
  | { readonly kind: "securityGroup"; readonly owner: AccountId | "unknown"; readonly securityGroup: string }
  | AccountSource
  | { readonly kind: "prefixList"; readonly prefixList: string; readonly entries: readonly string[] };

/** An account as a whole, as far as the call that lets it in does not narrow that. */
interface AccountSource {
  readonly kind: "account";
  readonly owner: Owner;
  /** Only these VPCs of the account, in order; absent: all of them. */
  readonly vpcs?: readonly string[];
  /** What AWS calls the consumer of a datashare, where that is not the owner itself: `DataCatalog/<account>`. */
  readonly consumerIdentifier?: string;
  /** The consumer of a datashare may write, too. */
  readonly allowWrites?: true;
}

/** An account, or one of the words that AWS takes where an account is named. */
export type Owner = AccountId | OwnerWord;

/** AWS's own words for who is let in: its support team, and the data exchange's subscribers. */
export const ownerWords = ["amazon-redshift-support", "ADX"] as const;
export type OwnerWord = (typeof ownerWords)[number];

/** One thing that one authorization gave: at a place, on a resource, to one source. */
export interface Grant {
  readonly place: Place;
  readonly service: string;
  readonly authorization: string;
  readonly resource: string;
  readonly source: Source;
  /** The rule of a VPC security group that lets the source in; the group is the resource. */
  readonly rule?: Rule;
  /** The stores that the rule reaches. The grant is judged as one on each of them, and is permitted only on all. */
  readonly stores?: readonly Store[];
}

/** A rule of a VPC security group. Ports are absent when it is for all of them. */
export interface Rule {
  readonly id: string;
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
}

/** A cache or a warehouse, as policies name it. */
export interface Store {
  readonly service: string;
  readonly resource: string;
}

/** The grant as one on each store that it reaches; the grant itself when it is on a resource of its own. */
export function onEachStore({ stores, ...grant }: Grant): readonly Grant[] {
  return stores?.map((store) => ({ ...grant, ...store })) ?? [grant];
}

/** True when both let in the same: the same network however written, the same group in any case, as EC2 compares names. */
export function sameSource(a: Source, b: Source): boolean {
  switch (a.kind) {
    case "range": {
      const [x, y] = [parseRange(a.range), b.kind === "range" ? parseRange(b.range) : undefined];
      return x !== undefined && y !== undefined && sameNetwork(x, y);
    }
    case "securityGroup":
      return b.kind === "securityGroup" && a.owner === b.owner && a.securityGroup.toLowerCase() === b.securityGroup.toLowerCase();
    case "account":
      return b.kind === "account" && a.owner === b.owner && a.consumerIdentifier === b.consumerIdentifier && haveCommonVpc(a, b);
    case "prefixList":
      return b.kind === "prefixList" && a.prefixList === b.prefixList;
  }
}

function haveCommonVpc(a: AccountSource, b: AccountSource): boolean {
  return a.vpcs === undefined || b.vpcs === undefined || a.vpcs.some((vpc) => b.vpcs?.includes(vpc));
}

/** What of a standing source is the named one, which is the same source: the VPCs that both have, else all of it as it stands. */
export function partOf(standing: Source, named: Source): Source {
  if (standing.kind !== "account" || named.kind !== "account" || !standing.vpcs || !named.vpcs) return standing;
  return { ...standing, vpcs: standing.vpcs.filter((vpc) => named.vpcs?.includes(vpc)) };
}
