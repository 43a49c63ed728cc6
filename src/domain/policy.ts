import type { AccountId } from "./account.ts";
import { type Grant, onEachStore } from "./grant.ts";
import { matches } from "./pattern.ts";
import type { RangeSet } from "./range-set.ts";
import type { Owner } from "./source.ts";

/** `enforce` revokes violations; `audit` only reports them. */
export type Mode = "enforce" | "audit";

/** The keys of a scope. */
export const scopeKeys = ["services", "authorizations", "resources", "accounts", "regions"] as const;

/** The grants that a statement or an exception applies to. An absent key means any. `resources`, `accounts` and `regions` are patterns. */
export type Scope = { readonly [Key in (typeof scopeKeys)[number]]?: readonly string[] | undefined };

/** One named permission. Statements only permit: there is no deny, and their order has no meaning. */
export interface Statement {
  readonly name: string;
  readonly scope: Scope;
  readonly owners: ReadonlySet<Owner | "self">;
  /** Patterns on the source group's name; when given, the owners may let in such groups and never a whole account. */
  readonly securityGroups?: readonly string[] | undefined;
  readonly ranges: RangeSet;
  readonly prefixLists: ReadonlySet<string>;
  /** The first instant, in milliseconds since 1970, at which it no longer counts. */
  readonly expires?: number | undefined;
  /** The last day on which it counts, as YYYY-MM-DD. */
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
}

/** Who may be let in; everyone else is a violation. */
export interface Policy {
  readonly mode: Mode;
  /** Scopes in which the other mode holds. */
  readonly exceptions: readonly Scope[];
  /** What to do about a rule of a group that also stands before what is not watched: report it, unless told otherwise. */
  readonly sharedGroups?: "report" | "revoke" | undefined;
  readonly permit: readonly Statement[];
}

/** True when the grant lies in the scope. */
export function inScope(scope: Scope, { place, service, authorization, resource }: Grant): boolean {
  return (
    (scope.services?.includes(service) ?? true) &&
    (scope.authorizations?.includes(authorization) ?? true) &&
    fitsOne(scope.resources, resource) &&
    fitsOne(scope.accounts, place.account) &&
    fitsOne(scope.regions, place.region)
  );
}

/** True when the text fits one of the patterns, or there are none. */
export function fitsOne(patterns: readonly string[] | undefined, text: string): boolean {
  return patterns?.some((pattern) => matches(pattern, text)) ?? true;
}

/** The mode that the policy sets for a grant; of a rule that reaches several stores, the safer one, and of one that reaches none, the usual one. */
export function modeFor(grant: Grant, { mode, exceptions }: Policy): Mode {
  const judged = onEachStore(grant);
  if (judged.length === 0) return mode;
  const audited = judged.some((one) => (mode === "audit") !== exceptions.some((scope) => inScope(scope, one)));
  return audited ? "audit" : "enforce";
}

/** True when a statement names who is let in: by the owner's id or word, or as the resource's own account. */
export function namesOwner({ owners }: Statement, owner: Owner | "unknown", own: AccountId): boolean {
  return owner !== "unknown" && (owners.has(owner) || (owners.has("self") && owner === own));
}
