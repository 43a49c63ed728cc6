import { authorizations, entryOf } from "#authorizations/index.ts";
import { AwsFailure } from "#aws/failure.ts";
import { decide } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { grantContent, grantKey } from "#inventory/grant-key.ts";
import { placeLines } from "#inventory/list.ts";
import type { Ending, Outcome } from "#outcome/outcome.ts";
import { undoCommand } from "#outcome/undo.ts";
import { outcomeOf } from "#pipeline.ts";
import type { PolicyFile } from "#policy/file.ts";
import { revokeGrants } from "#revoke/index.ts";
import { judgeLines } from "#sweep/judge-lines.ts";
import type { Reach, Reached } from "../places/reach.ts";
import type { Applied } from "./applied.ts";
import { isPlanned } from "./plan.ts";

/** What applying a plan at a place needs, besides what is planned there. */
export interface Applying {
  readonly reach: Reach;
  readonly policy: PolicyFile;
  /** The id of the sweep that made the plan. */
  readonly id: string;
  readonly applied: Applied;
  /** Aborted: nothing else is begun. */
  readonly interruption: AbortSignal;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** How long the revokes of one resource are tried, in milliseconds. */
const revokeTime = 60_000;

/**
 * Lists one place, judges it again, and revokes what was planned there and still is the same violation. Every planned grant has an outcome,
 * unless the work is interrupted.
 */
export async function applyPlace(planned: readonly Outcome[], applying: Applying): Promise<void> {
  const [first] = planned;
  if (!first) return;
  const { place } = first.grant;
  try {
    const reached = await applying.reach.to(place);
    try {
      await applyAt(place, planned, reached, applying);
    } finally {
      reached.close();
    }
  } catch (failure) {
    if (!(failure instanceof AwsFailure)) throw failure;
    await finish(
      planned.map((each) => ended(each, { result: "failed", error: failure.toOutcome() })),
      applying,
    );
  }
}

async function applyAt(place: Place, planned: readonly Outcome[], reached: Reached, applying: Applying): Promise<void> {
  const { found, complete } = await listAgain(place, planned, reached, applying);
  if (applying.interruption.aborted) return;
  const left: Outcome[] = [];
  const notRevoked: Outcome[] = [];
  for (const each of planned) {
    const now = found.get(grantKey(each.grant));
    if (now && isPlanned(now) && grantContent(now.grant) === grantContent(each.grant)) left.push(now);
    else notRevoked.push(now ? changed(now) : gone(each, complete, applying.applied));
  }
  await finish(notRevoked, applying);
  for (const resource of new Set(left.map(({ grant }) => resourceKey(grant)))) {
    if (applying.interruption.aborted) return;
    await revokeAll(
      left.filter(({ grant }) => resourceKey(grant) === resource),
      reached,
      applying,
    );
  }
}

/** Judges the place as it is now. Returns the outcomes of the planned grants by their keys, and whether everything could be read. */
async function listAgain(place: Place, planned: readonly Outcome[], { send }: Reached, { policy, id, interruption }: Applying) {
  const wanted = new Set(planned.map(({ grant }) => grantKey(grant)));
  const found = new Map<string, Outcome>();
  let complete = false;
  const judge = judgeLines(
    { policy, audit: false, at: Date.now(), id },
    {
      async outcome(outcome) {
        const key = grantKey(outcome.grant);
        if (wanted.has(key)) found.set(key, outcome);
      },
      async place(end) {
        complete = end.complete;
      },
    },
  );
  for await (const line of placeLines(place, send, authorizations, Date.now)) {
    if (interruption.aborted) break;
    await judge(line);
  }
  return { found, complete };
}

/** Revokes grants on one resource, and records before that they are begun. */
async function revokeAll(outcomes: readonly Outcome[], { send, sendUntil }: Reached, applying: Applying): Promise<void> {
  const grants = outcomes.map(({ grant }) => grant);
  const [first] = grants;
  const entry = first && entryOf(first);
  const { authorization } = (await entry?.load()) ?? {};
  if (!authorization?.revoke) throw new TypeError("Only grants of one authorization with a revoke are revoked together");
  await applying.applied.record(grants.map((grant) => ({ line: "begun", grant, undo: undoCommand(authorization, grant) })));
  const { policy } = applying.policy;
  const endings = await revokeGrants(grants, authorization, {
    sendTo: (_, deadline) => sendUntil(deadline),
    deadline: { clock: send.deadline.clock, time: send.deadline.clock() + revokeTime },
    unknownRules: { retriesLeft: 0 },
    violates: (grant) => decide(grant, policy, Date.now()).verdict === "violation",
    undoNote: undefined,
  });
  await finish(
    outcomes.map((outcome) => ended(outcome, endings.get(outcome.grant) ?? { result: "alreadyGone" })),
    applying,
  );
}

/** Records outcomes, then prints them. */
async function finish(outcomes: readonly Outcome[], { applied, onOutcome }: Applying): Promise<void> {
  if (outcomes.length > 0) await applied.record(outcomes.map((outcome) => ({ line: "outcome", outcome })));
  for (const outcome of outcomes) onOutcome(outcome);
}

/** Returns the outcome of a planned grant that is still listed but is not to be revoked. */
function changed(now: Outcome): Outcome {
  if (!isPlanned(now)) return now;
  return ended(now, {
    result: "reported",
    note: "not revoked: it is no longer what the plan has, in its source, ports or stores; make a new plan",
  });
}

/** Returns the outcome of a planned grant that is not listed. */
function gone(planned: Outcome, complete: boolean, { begun }: Applied): Outcome {
  const undo = begun.get(grantKey(planned.grant));
  if (!complete) {
    const message = "Not revoked: not every grant of the place can be listed now, and this one is not listed";
    return ended(planned, { result: "failed", error: { name: "NotListed", message, attempts: 0, retryable: true } });
  }
  if (undo === undefined) return ended(planned, { result: "alreadyGone" });
  return ended(planned, {
    result: "revoked",
    undo,
    note: "its revoke was begun by a run that was interrupted, and AWS no longer lists it",
  });
}

/** Returns an outcome of the plan with another ending. */
function ended({ grant, decision, policy, sweep }: Outcome, ending: Ending): Outcome {
  if (!sweep) throw new TypeError("A plan has outcomes of a sweep only");
  return outcomeOf(grant, decision, ending, { sweep, policy });
}

/** Returns a text that is equal for grants that are revoked together. */
function resourceKey({ service, authorization, resource }: Grant): string {
  return JSON.stringify([service, authorization, resource]);
}
