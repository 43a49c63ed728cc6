import { decide } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import { type Mode, modeFor } from "#domain/policy.ts";
import type { PolicyFile } from "#policy/file.ts";

/** How one policy judges a grant. */
export interface Judgement {
  readonly verdict: "permitted" | "violation";
  /** The statements that permit the grant. */
  readonly statements: readonly string[];
  readonly reason?: string;
  /** The mode that applies to a violation. */
  readonly mode?: Mode;
}

/** What changes for a grant: it becomes a violation or permitted, a violation is revoked or reported from now on, or other statements permit it. */
export type Change = "violation" | "permitted" | "enforced" | "audited" | "statements";

/** A grant that two policies judge differently. */
export interface ChangedGrant {
  readonly change: Change;
  readonly grant: Grant;
  readonly old: Judgement;
  readonly new: Judgement;
}

/** Returns what changes for a grant between two policies at a time; undefined when nothing does, or when it reaches no store. */
export function changeOf(grant: Grant, oldPolicy: PolicyFile, newPolicy: PolicyFile, at: number): ChangedGrant | undefined {
  const [before, after] = [judgementOf(grant, oldPolicy, at), judgementOf(grant, newPolicy, at)];
  if (!before || !after) return undefined;
  const change = changeBetween(before, after);
  return change && { change, grant, old: before, new: after };
}

function judgementOf(grant: Grant, { policy }: PolicyFile, at: number): Judgement | undefined {
  const decision = decide(grant, policy, at);
  if (decision.verdict === "outOfScope") return undefined;
  if (decision.verdict === "permitted") return { verdict: "permitted", statements: decision.statements };
  return { verdict: "violation", statements: [], reason: decision.reason, mode: modeFor(grant, policy) };
}

function changeBetween(before: Judgement, after: Judgement): Change | undefined {
  if (before.verdict !== after.verdict) return after.verdict;
  if (before.mode !== after.mode) return after.mode === "enforce" ? "enforced" : "audited";
  return before.statements.join("\n") === after.statements.join("\n") ? undefined : "statements";
}
