import type { AccountId } from "./account.ts";
import { type Grant, onEachStore } from "./grant.ts";
import { matches } from "./pattern.ts";
import type { RangeSet } from "./range-set.ts";
import type { Owner } from "./source.ts";

/** `enforce` revokes violations; `audit` only reports them. */
export type Mode = "enforce" | "audit";

/** The keys of a scope. */
export const scopeKeys = ["services", "authorizations", "resources", "accounts", "regions"] as const;

/** The grants to which a statement or an exception applies. An absent key means any. `resources`, `accounts` and `regions` are patterns. */
export type Scope = { readonly [Key in (typeof scopeKeys)[number]]?: readonly string[] | undefined };

/** One named permission. Statements only permit: there is no deny, and their order has no meaning. */
export interface Statement {
  readonly name: string;
  readonly scope: Scope;
  readonly owners: ReadonlySet<Owner | "self">;
  /** Patterns on the source group's name. When present, the statement permits only such groups of its owners, never a whole account. */
  readonly securityGroups?: readonly string[] | undefined;
  readonly ranges: RangeSet;
  readonly prefixLists: ReadonlySet<string>;
  /** When the statement ends, in milliseconds since 1970: the first instant at which it no longer counts. */
  readonly expires?: number | undefined;
  /** The last day (UTC) on which the statement counts, as YYYY-MM-DD. */
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
}

/** Who may have access. Every other grant is a violation. */
export interface Policy {
  readonly mode: Mode;
  /** Scopes in which the other mode applies. */
  readonly exceptions: readonly Scope[];
  /** What to do about a violating rule of a group that is also attached to something other than a store. Absent: report. */
  readonly sharedGroups?: "report" | "revoke" | undefined;
  readonly permit: readonly Statement[];
}

/** True when the grant matches every key of the scope. */
export function inScope(scope: Scope, { place, service, authorization, resource }: Grant): boolean {
  return (
    (scope.services?.includes(service) ?? true) &&
    (scope.authorizations?.includes(authorization) ?? true) &&
    fitsOne(scope.resources, resource) &&
    fitsOne(scope.accounts, place.account) &&
    fitsOne(scope.regions, place.region)
  );
}

/** True when the text matches one of the patterns, or when patterns is undefined. */
export function fitsOne(patterns: readonly string[] | undefined, text: string): boolean {
  return patterns?.some((pattern) => matches(pattern, text)) ?? true;
}

/** Returns the mode that the policy sets for a grant. For a rule that reaches several stores, audit for one store means audit for all. */
export function modeFor(grant: Grant, { mode, exceptions }: Policy): Mode {
  const judged = onEachStore(grant);
  if (judged.length === 0) return mode;
  const audited = judged.some((one) => (mode === "audit") !== exceptions.some((scope) => inScope(scope, one)));
  return audited ? "audit" : "enforce";
}

/** True when a statement names the owner: by its account id or word, or by `self` when it is the account that holds the resource. */
export function namesOwner({ owners }: Statement, owner: Owner | "unknown" | "*", resourceAccount: AccountId): boolean {
  return owner !== "unknown" && owner !== "*" && (owners.has(owner) || (owners.has("self") && owner === resourceAccount));
}
