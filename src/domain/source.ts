import type { AccountId } from "./account.ts";
import { parseRange, sameNetwork } from "./range.ts";

/**
 * Who is granted access. A range is the text that AWS stored or the event shows, and `parseRange` can read it. No
 * statement permits a security group whose owner is unknown.
 */
export type Source =
  | { readonly kind: "range"; readonly range: string }
  | { readonly kind: "securityGroup"; readonly owner: AccountId | "unknown"; readonly securityGroup: string }
  | AccountSource
  | { readonly kind: "prefixList"; readonly prefixList: string; readonly entries: readonly string[] };

/** An account as a whole, unless the call narrows it. */
interface AccountSource {
  readonly kind: "account";
  readonly owner: Owner;
  /** Only these VPCs of the account, in order; absent: all of them. */
  readonly vpcs?: readonly string[];
  /** AWS's name for the consumer of a datashare, when it is not the owner itself: `DataCatalog/<account>`. */
  readonly consumerIdentifier?: string;
  /** The consumer of a datashare may write, too. */
  readonly allowWrites?: true;
}

/** An account, or one of the words that AWS accepts in place of one. */
export type Owner = AccountId | OwnerWord;

/** AWS's own words for an owner: its support team, and the subscribers of AWS Data Exchange. */
export const ownerWords = ["amazon-redshift-support", "ADX"] as const;
export type OwnerWord = (typeof ownerWords)[number];

/** True when both mean the same: the same network however it is written, the same group in any letter case, as EC2 compares names. */
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

/** The part of a listed source that a grant to the same source gave: the VPCs that both name, or else all of it as listed. */
export function partOf(listed: Source, named: Source): Source {
  if (listed.kind !== "account" || named.kind !== "account" || !listed.vpcs || !named.vpcs) return listed;
  return { ...listed, vpcs: listed.vpcs.filter((vpc) => named.vpcs?.includes(vpc)) };
}

/**
 * The parts of the listed sources that a grant to `granted` still gives. Once a group was revoked by its name, another group
 * whose name differs only in letter case is another grant.
 */
export function remainingOf(granted: Source, listed: readonly Source[], revoked: Source | undefined): readonly Source[] {
  const same = listed.filter((each) => sameSource(each, granted));
  const remaining = revoked?.kind === "securityGroup" ? same.filter((each) => sourceKey(each) === sourceKey(revoked)) : same;
  return remaining.map((each) => partOf(each, granted));
}

/**
 * Identifies a source by its text: equal for what AWS stores as one entry. `allowWrites` and a prefix list's entries are
 * properties of an entry, not a part of its identity.
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

/** A source in a few words, for display only. */
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

/** True for a text that has the form of a VPC security group's id. */
export function isGroupId(text: unknown): text is string {
  return typeof text === "string" && /^sg-[0-9a-f]+$/.test(text);
}
