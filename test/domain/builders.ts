import { type AccountId, accountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import type { Policy, Statement } from "#domain/policy.ts";
import { parseRange, type Range } from "#domain/range.ts";
import { rangeSet } from "#domain/range-set.ts";
import type { Source } from "#domain/source.ts";

function account(text: string): AccountId {
  const id = accountId(text);
  if (!id) throw new Error(`${text} is no account id`);
  return id;
}

function read(text: string): Range {
  const range = parseRange(text);
  if (!range) throw new Error(`${text} cannot be read`);
  return range;
}

/** The account that grants are in, and others. */
export const own: AccountId = account("123456789012");
export const other: AccountId = account("999988887777");
export const third: AccountId = account("111122223333");

/** A grant to a source, on a warehouse. */
export function grant(source: Source, rest: Partial<Grant> = {}): Grant {
  const place = { partition: "aws", account: own, region: "eu-west-1" };
  return { place, service: "redshift", authorization: "AuthorizeClusterSecurityGroupIngress", resource: "analytics", source, ...rest };
}

/** Sources of each kind. */
export const range = (text: string): Source => ({ kind: "range", range: text });
export const group = (owner: AccountId, securityGroup: string): Source => ({ kind: "securityGroup", owner, securityGroup });
export const list = (...entries: string[]): Source => ({ kind: "prefixList", prefixList: "pl-63a5400a", entries });

/** What a statement says, in texts. */
export interface Permit extends Omit<Partial<Statement>, "ranges" | "owners" | "prefixLists"> {
  readonly ranges?: readonly string[];
  readonly owners?: readonly (AccountId | "self" | "ADX" | "amazon-redshift-support")[];
  readonly prefixLists?: readonly string[];
}

/** A policy of statements by their names. */
export function policy(permits: Record<string, Permit>): Policy {
  const permit = Object.entries(permits).map(([name, { ranges = [], owners = [], prefixLists = [], ...rest }]) => {
    const sources = { owners: new Set(owners), ranges: rangeSet(ranges.map(read)), prefixLists: new Set(prefixLists) };
    return { name, scope: {}, ...rest, ...sources };
  });
  return { mode: "enforce", exceptions: [], permit };
}
