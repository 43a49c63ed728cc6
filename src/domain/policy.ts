import type { AccountId } from "./account.ts";
import { type Grant, onEachStore } from "./grant.ts";
import { matches } from "./pattern.ts";
import type { RangeSet } from "./range-set.ts";
import type { Owner, Source } from "./source.ts";

/** `enforce` revokes violations; `audit` only reports them. */
export type Mode = "enforce" | "audit";

/** The keys of a scope. */
export const scopeKeys = ["services", "authorizations", "resources", "accounts", "regions"] as const;

/** A key of a scope. */
export type ScopeKey = (typeof scopeKeys)[number];

/** The grants to which a statement or an exception applies. An absent key means any. `resources`, `accounts` and `regions` are patterns. */
export type Scope = { readonly [Key in ScopeKey]?: readonly string[] | undefined };

/** The kinds of source to which an exception can be limited. */
export const exposures = ["everyone", "foreign"] as const;

/** The grants to which the other mode applies: a scope, and with `sources` only these kinds of source in it. */
export interface Exception extends Scope {
  readonly sources?: readonly (typeof exposures)[number][] | undefined;
}

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
  /** Where the other mode applies. */
  readonly exceptions: readonly Exception[];
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

/** Returns the keys of the scope that the grant does not match. */
export function mismatches(scope: Scope, grant: Grant): readonly ScopeKey[] {
  return scopeKeys.filter((key) => !inScope({ [key]: scope[key] }, grant));
}

/** True when the statement counts at a time in milliseconds since 1970: until the end of its last day. */
export function isInForce({ expires }: Statement, at: number): boolean {
  return expires === undefined || at < expires;
}

/** True when the text matches one of the patterns, or when patterns is undefined. */
export function fitsOne(patterns: readonly string[] | undefined, text: string): boolean {
  if (!patterns) return true;
  const answers = known.get(patterns) ?? new Map<string, boolean>();
  known.set(patterns, answers);
  if (answers.size >= mostKnown) answers.clear();
  const answer = answers.get(text) ?? patterns.some((pattern) => matches(pattern, text));
  answers.set(text, answer);
  return answer;
}

/** Answers for the last texts: the grants of one event are on few resources, and matching many patterns takes longer than the rest. */
const known = new WeakMap<readonly string[], Map<string, boolean>>();
const mostKnown = 64;

/**
 * Returns the mode that the policy sets for a grant. For a rule that reaches several stores, audit for one store means audit for all.
 * Whether an unknown owner is foreign is a guess, which counts only if it leads to audit.
 */
export function modeFor(grant: Grant, { mode, exceptions }: Policy): Mode {
  const judged = onEachStore(grant);
  if (judged.length === 0) return mode;
  const audited = judged.some((one) => (mode === "audit") !== exceptions.some((each) => inException(each, one, mode === "enforce")));
  return audited ? "audit" : "enforce";
}

function inException({ sources, ...scope }: Exception, grant: Grant, isUnknownForeign: boolean): boolean {
  const isOne = { everyone: letsEveryoneIn(grant.source), foreign: isForeign(grant, isUnknownForeign) };
  return inScope(scope, grant) && (sources?.some((kind) => isOne[kind]) ?? true);
}

/** True for a /0, for a prefix list that has one among its entries, and for every account (`*`). */
function letsEveryoneIn(source: Source): boolean {
  if ("owner" in source) return source.owner === "*";
  return (source.kind === "range" ? [source.range] : source.entries).some((range) => range.endsWith("/0"));
}

/** True for an owner other than the account that holds the resource. A range and a prefix list have no owner, so they are not foreign. */
function isForeign({ source, place }: Grant, isUnknownForeign: boolean): boolean {
  return "owner" in source && (source.owner === "unknown" ? isUnknownForeign : source.owner !== place.account);
}

/** True when a statement names the owner: by its account id or word, or by `self` when it is the account that holds the resource. */
export function namesOwner({ owners }: Pick<Statement, "owners">, owner: Owner | "unknown" | "*", resourceAccount: AccountId): boolean {
  return owner !== "unknown" && owner !== "*" && (owners.has(owner) || (owners.has("self") && owner === resourceAccount));
}
