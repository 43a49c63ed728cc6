import type { AccountId } from "./account.ts";
import { parseRange, sameNetwork } from "./range.ts";

/** Where a resource lives. */
export interface Place {
  readonly partition: string;
  readonly account: AccountId;
  readonly region: string;
}

/** Who is let in. The text of a range, as AWS stored it or the event said it, is one that `parseRange` can read. */
export type Source =
  | { readonly kind: "range"; readonly range: string }
  | { readonly kind: "securityGroup"; readonly owner: AccountId; readonly securityGroup: string }
  | { readonly kind: "account"; readonly owner: Owner }
  | { readonly kind: "prefixList"; readonly prefixList: string; readonly entries: readonly string[] };

/** An account, or one of the words that AWS takes where an account is named. */
export type Owner = AccountId | OwnerWord;

/** AWS's own words for who is let in: its support team, and the data exchange's subscribers. */
export const ownerWords = ["amazon-redshift-support", "ADX"] as const;
type OwnerWord = (typeof ownerWords)[number];

/** One thing that one authorization gave: at a place, on a resource, to one source. */
export interface Grant {
  readonly place: Place;
  readonly service: string;
  readonly authorization: string;
  readonly resource: string;
  readonly source: Source;
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
      return b.kind === "account" && a.owner === b.owner;
    case "prefixList":
      return b.kind === "prefixList" && a.prefixList === b.prefixList;
  }
}
