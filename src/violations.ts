import type { Authorization } from "#authorizations/authorization.ts";
import type { FoundGrants } from "#authorizations/event.ts";
import type { Deadline } from "#aws/deadline.ts";
import type { SharingSend } from "#aws/reads.ts";
import { decide, mayPermitOn } from "#domain/decide.ts";
import type { Grant, Store } from "#domain/grant.ts";
import type { Home, Place } from "#domain/place.ts";
import { type Mode, modeFor, type Policy } from "#domain/policy.ts";
import { applyGuards } from "#guards/index.ts";
import { notRevocable } from "#guards/not-revocable.ts";
import type { SharedWith } from "#guards/shared-with.ts";
import type { Ending } from "#outcome/outcome.ts";
import { revokeGrants } from "#revoke/index.ts";
import type { RetryBudget } from "#revoke/one.ts";

/** What ending a violation needs, besides the grant. */
export interface Work {
  readonly authorization: Authorization;
  readonly policy: Policy;
  /** True: audit mode for everything, whatever the policy says. */
  readonly audit: boolean;
  /** The time at which the policy is evaluated, in milliseconds since 1970. */
  readonly at: number;
  /** The only partition and account in which grants are revoked. Undefined: anywhere. */
  readonly home: Home | undefined;
  readonly sendTo: (place: Place, deadline: Deadline) => SharingSend;
  readonly sharedWith: SharedWith;
  readonly found: Pick<FoundGrants, "ownRules" | "reportOnly" | "unlisted" | "stores">;
  /** True when the call was made so long ago that its rules count as any others. */
  readonly isSettled: boolean;
  /** What an operator must know before the undo. */
  readonly undoNote: string | undefined;
  readonly unknownRules: RetryBudget;
}

/** Returns the mode that applies to a grant. */
export function modeOf(grant: Grant, { audit, policy }: Pick<Work, "audit" | "policy">): Mode {
  return audit ? "audit" : modeFor(grant, policy);
}

/** Guards → revoke, for violations on one resource, until a deadline. Returns how each ended. */
export async function endViolations(grants: readonly Grant[], work: Work, deadline: Deadline): Promise<ReadonlyMap<Grant, Ending>> {
  const { authorization, policy, home, found, at, sendTo, undoNote, unknownRules } = work;
  const mayBePermittedUnseen = (each: Grant) => (found.unlisted ?? []).some((service) => mayPermitOn(service, each, policy, at));
  const violates = (each: Grant) => decide(each, policy, at).verdict === "violation";
  const endings = new Map<Grant, Ending>();
  for (const grant of grants) {
    const send = sendTo(grant.place, deadline);
    const detach = (store: Store) => authorization.detach?.(grant, store, found.stores ?? []) ?? [];
    const isOwnRule = !work.isSettled && found.ownRules?.has(grant.rule?.id ?? "") === true;
    const facts = {
      mode: modeOf(grant, work),
      home,
      sharedGroups: policy.sharedGroups,
      isOwnRule,
      reportOnly: found.reportOnly,
      violates,
      mayBePermittedUnseen,
      detach,
    };
    const ending = await applyGuards(grant, { ...facts, sharedWith: () => work.sharedWith(grant, send) });
    if (ending) endings.set(grant, ending);
  }
  const left = grants.filter((grant) => !endings.has(grant));
  if (!authorization.revoke) return new Map([...endings, ...left.map((grant) => [grant, notRevocable(grant, authorization)] as const)]);
  const context = { sendTo, deadline, unknownRules, violates, undoNote };
  return new Map([...endings, ...(await revokeGrants(left, authorization, context))]);
}
