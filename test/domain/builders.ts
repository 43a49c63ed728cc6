import type { AccountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import type { Policy, Statement } from "#domain/policy.ts";
import { rangeSet } from "#domain/range-set.ts";
import type { Source } from "#domain/source.ts";
import { grantTo, home, id, read } from "../support/grants.ts";

/** The account that holds the resource, and two others. */
export const own: AccountId = home.account;
export const other: AccountId = id("999988887777");
export const third: AccountId = id("111122223333");

const warehouse = { service: "redshift", eventName: "AuthorizeClusterSecurityGroupIngress" };

/** A grant on a warehouse. */
export function grant(source: Source, rest: Partial<Grant> = {}): Grant {
  return { ...grantTo(source, warehouse, { resource: "analytics" }), ...rest };
}

/** Sources of each kind. */
export const range = (text: string): Source => ({ kind: "range", range: text });
export const group = (owner: AccountId, securityGroup: string): Source => ({ kind: "securityGroup", owner, securityGroup });
export const list = (...entries: string[]): Source => ({ kind: "prefixList", prefixList: "pl-63a5400a", entries });

/** A statement with its ranges as texts. */
export interface Permit extends Omit<Partial<Statement>, "ranges" | "owners" | "prefixLists"> {
  readonly ranges?: readonly string[];
  readonly owners?: readonly (AccountId | "self" | "ADX" | "amazon-redshift-support")[];
  readonly prefixLists?: readonly string[];
}

/** A policy with these statements, by name. */
export function policy(permits: Record<string, Permit>): Policy {
  const permit = Object.entries(permits).map(([name, { ranges = [], owners = [], prefixLists = [], ...rest }]) => {
    const sources = { owners: new Set(owners), ranges: rangeSet(ranges.map(read)), prefixLists: new Set(prefixLists) };
    return { name, scope: {}, ...rest, ...sources };
  });
  return { mode: "enforce", exceptions: [], permit };
}
