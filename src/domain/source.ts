import type { AccountId } from "./account.ts";
import { parseRange, sameNetwork } from "./range.ts";

/**
 * Who is granted access. A range is the text that AWS stores or that the event shows; `parseRange` can read it. No
 * statement permits a security group whose owner is unknown.
 */
export type Source =
  | { readonly kind: "range"; readonly range: string }
  | { readonly kind: "securityGroup"; readonly owner: AccountId | "unknown"; readonly securityGroup: string }
  | AccountSource
  | { readonly kind: "prefixList"; readonly prefixList: string; readonly entries: readonly string[] };

/** A whole account, unless `vpcs` limits it, or every account. */
interface AccountSource {
  readonly kind: "account";
  /** `*` in a resource policy: every account. No statement permits it. */
  readonly owner: Owner | "*";
  /** Only these VPCs of the account, sorted; absent: all of its VPCs. */
  readonly vpcs?: readonly string[];
  /** The consumer identifier of a datashare or a registered namespace when it is not the owner's id: `DataCatalog/<account>`. */
  readonly consumerIdentifier?: string;
  /** True when the consumer of a datashare may also write. */
  readonly allowWrites?: true;
}

/** An account, or one of the words that AWS accepts in place of an account id. */
export type Owner = AccountId | OwnerWord;

/** AWS's own words for an owner: AWS Support for Redshift, and AWS Data Exchange. */
export const ownerWords = ["amazon-redshift-support", "ADX"] as const;
/** One of `ownerWords`. */
export type OwnerWord = (typeof ownerWords)[number];

/**
 * True when both sources may be one entry: the same network however it is written, the same group in any letter case, the same
 * account with at least one VPC in common, or the same prefix list.
 */
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

/** Returns the part of a listed source that a grant gave: the VPCs that both name, or all of the listed source if one names none. */
export function partOf(listed: Source, granted: Source): Source {
  if (listed.kind !== "account" || granted.kind !== "account" || !listed.vpcs || !granted.vpcs) return listed;
  return { ...listed, vpcs: listed.vpcs.filter((vpc) => granted.vpcs?.includes(vpc)) };
}

/**
 * Returns the parts of the listed sources that a grant to `granted` still gives. After a group was revoked by its exact name,
 * a group whose name differs in letter case is another grant.
 */
export function remainingOf(granted: Source, listed: readonly Source[], revoked: Source | undefined): readonly Source[] {
  const same = listed.filter((each) => sameSource(each, granted));
  const remaining = revoked?.kind === "securityGroup" ? same.filter((each) => sourceKey(each) === sourceKey(revoked)) : same;
  return remaining.map((each) => partOf(each, granted));
}

/**
 * Returns a key that is equal for two sources that AWS stores as one entry. `allowWrites` and the entries of a
 * prefix list are properties of an entry, not part of its identity.
 */
export function sourceKey(source: Source): string {
  switch (source.kind) {
    case "range":
      return `range ${source.range}`;
    case "securityGroup":
      return `securityGroup ${source.owner} ${source.securityGroup}`;
    case "account":
      return `account ${source.consumerIdentifier ?? source.owner} ${source.vpcs?.join() ?? ""}`;
    case "prefixList":
      return `prefixList ${source.prefixList}`;
  }
}

/** Returns a short text for a source, for display only: it does not identify the source. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case "range":
      return source.range;
    case "securityGroup":
      return `${source.owner}/${source.securityGroup}`;
    case "account": {
      const { owner, vpcs, consumerIdentifier = owner } = source;
      return vpcs ? `${consumerIdentifier} in ${vpcs.join(",")}` : consumerIdentifier;
    }
    case "prefixList":
      return source.prefixList;
  }
}

/** True for a text in the form of a VPC security group id, such as sg-903004f8. */
export function isGroupId(text: unknown): text is string {
  return typeof text === "string" && /^sg-[0-9a-f]+$/.test(text);
}
