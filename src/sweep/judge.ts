import type { AuthorizationEntry } from "#authorizations/index.ts";
import { decide, mayPermitOn } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import { applyGuards } from "#guards/index.ts";
import { notRevocable } from "#guards/not-revocable.ts";
import type { Ending, Outcome, SweepSummary } from "#outcome/outcome.ts";
import { outcomeOf } from "#pipeline.ts";
import type { PolicyFile } from "#policy/file.ts";
import { modeOf } from "#violations.ts";
import type { PlaceView } from "./place-view.ts";

/** What the grants of a sweep are judged by. */
export interface Judging {
  readonly policy: PolicyFile;
  /** True: audit mode for everything, whatever the policy says. */
  readonly audit: boolean;
  /** The time at which the policy is evaluated, in milliseconds since 1970. */
  readonly at: number;
  readonly sweep: SweepSummary;
}

/**
 * Judges a listed grant and applies the guards, without AWS: what a guard asks is in the view of the grant's place. A violation is
 * `reported`, with `wouldRevoke` if no guard applies. `entry` is that of the grant's authorization.
 */
export async function judgeListed(grant: Grant, entry: AuthorizationEntry, view: PlaceView, judging: Judging): Promise<Outcome> {
  const { policy, audit, at, sweep } = judging;
  const decision = decide(grant, policy.policy, at);
  const mode = modeOf(grant, { audit, policy: policy.policy });
  const ending = decision.verdict === "violation" ? await endingOf(grant, entry, view, judging) : undefined;
  return outcomeOf(grant, decision, ending, { sweep, policy: { sha256: policy.sha256, mode } });
}

async function endingOf(grant: Grant, entry: AuthorizationEntry, view: PlaceView, { policy, audit, at }: Judging): Promise<Ending> {
  const { authorization } = await entry.load();
  const document = policy.policy;
  const ending = await applyGuards(grant, {
    mode: modeOf(grant, { audit, policy: document }),
    home: undefined,
    sharedGroups: document.sharedGroups,
    isOwnRule: false,
    violates: (each) => decide(each, document, at).verdict === "violation",
    mayBePermittedUnseen: (each) => view.unlisted.some((service) => mayPermitOn(service, each, document, at)),
    detach: (store) => authorization.detach?.(grant, store, view.stores) ?? [],
    sharedWith: (each) => view.sharedWith(each),
  });
  // For an event, this is a reason to try again. A sweep says it, and judges the grant again next time.
  if (ending?.result === "failed") return { result: "reported", note: ending.error.message.replace(/^(Not revoked: )?/, "not revoked: ") };
  if (ending) return ending;
  return authorization.revoke ? { result: "reported", wouldRevoke: true } : notRevocable(grant, authorization);
}
