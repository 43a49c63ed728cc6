import { setTimeout as sleep } from "node:timers/promises";
import { type ListedEntry, listResource, type Revocable } from "#authorizations/authorization.ts";
import { consistency } from "#aws/consistency.ts";
import { type Deadline, timeLeft } from "#aws/deadline.ts";
import { AwsFailure, isAbsent } from "#aws/failure.ts";
import type { Send } from "#aws/send.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { remainingOf, sourceKey } from "#domain/source.ts";
import type { Ending, OutcomeError } from "#outcome/outcome.ts";
import { undoCommand } from "#outcome/undo.ts";

/** How many retries remain for rules that AWS does not find. All grants of one event share it, so that their waits do not add up. */
export interface RetryBudget {
  retriesLeft: number;
}

/** What revoking one grant needs, besides the grant and its authorization. */
interface SingleContext {
  readonly send: Send;
  readonly unknownRules: RetryBudget;
  /** True when the policy does not permit the grant now. */
  readonly violates: (grant: Grant) => boolean;
  /** What an operator must know before the undo. */
  readonly undoNote: string | undefined;
}

/** The input of revoking grants, besides the grants and their authorization. */
export interface RevokeContext extends Omit<SingleContext, "send"> {
  /** Returns a function that sends to a place until a deadline. */
  readonly sendTo: (place: Place, deadline: Deadline) => Send;
  readonly deadline: Deadline;
}

/** Revokes one violation. The result is what AWS lists afterwards, not what the call returned. Never throws an AwsFailure. */
export async function revokeGrant(grant: Grant, authorization: Revocable, context: SingleContext): Promise<Ending> {
  const undoCommands: string[] = [];
  const revoke = grant.rule ? revokeRule : revokeSource;
  const error = await revoke(grant, authorization, context, undoCommands).catch((failure: unknown) => {
    if (failure instanceof AwsFailure) return failure.toOutcome();
    throw failure;
  });
  return ended(error, undoCommands.join(" && "), context.undoNote);
}

/** Returns how a revoke ended: with an error, with an undo of what was revoked, or with neither when there was nothing to revoke. */
export function ended(error: OutcomeError | undefined, undo: string, note: string | undefined): Ending {
  if (error) return { result: "failed", error, ...(undo && { undo }) };
  return undo ? { result: "revoked", undo, ...(note && { note }) } : { result: "alreadyGone" };
}

/** Revokes a rule by its id, whatever the rule contains by now. Returns an error when it is still listed. Adds to `undoCommands`. */
async function revokeRule(
  grant: Grant,
  authorization: Revocable,
  { send, unknownRules }: SingleContext,
  undoCommands: string[],
): Promise<OutcomeError | undefined> {
  for (let attempt = 1; ; attempt++) {
    const { undo, listed } = await revokeOnce(grant, authorization, send);
    const isListed = listed.some(({ rule }) => rule?.id === grant.rule?.id);
    if (undo) {
      undoCommands.push(undo);
      return isListed ? accepted(attempt) : undefined;
    }
    const isLast = !hasTime(send) || (!isListed && unknownRules.retriesLeft === 0);
    if (isLast) return isListed ? stillListed("AWS finds nothing to revoke but still lists the grant", attempt) : undefined;
    // AWS may not find a rule yet that was just created.
    if (!isListed) unknownRules.retriesLeft--;
    await sleep(consistency.pauseBetweenRevokes);
  }
}

/**
 * Revokes by a source's text. When AWS finds nothing, the same network may be stored under another text, or the list may lag
 * behind, so the revoke is repeated until no equivalent entry is listed. Returns an error when one still is. Adds to `undoCommands`.
 */
async function revokeSource(
  grant: Grant,
  authorization: Revocable,
  { send, violates }: SingleContext,
  undoCommands: string[],
): Promise<OutcomeError | undefined> {
  const tried = new Set<string>();
  let target = grant;
  for (let attempt = 1; ; attempt++) {
    const { undo, listed } = await revokeOnce(target, authorization, send);
    const isTimeLeft = hasTime(send);
    if (undo) undoCommands.push(undo);
    const sources = listed.flatMap((each) => ("source" in each ? each.source : []));
    const remaining = remainingOf(grant.source, sources, undo ? target.source : undefined).filter((source) =>
      violates({ ...grant, source }),
    );
    if (remaining.length === 0) {
      if (undoCommands.length > 0 || sources.length === listed.length) return undefined;
      return retryable("Unreadable", "AWS finds nothing to revoke but lists an entry that cannot be read and may be the grant", attempt);
    }
    const next = remaining.find((source) => sourceKey(source) !== sourceKey(target.source));
    if (undo && !next) return accepted(attempt);
    tried.add(sourceKey(target.source));
    if (!next || tried.has(sourceKey(next))) {
      if (!isTimeLeft) return stillListed("AWS finds nothing to revoke but still lists the grant", attempt);
      await sleep(consistency.pauseBetweenRevokes);
    }
    if (next) target = { ...grant, source: next };
  }
}

/** True when the deadline leaves time for a pause and another revoke, which could find more. */
export function hasTime({ deadline, isConsistent }: Send): boolean {
  return !isConsistent && timeLeft(deadline) > 2 * consistency.pauseBetweenRevokes;
}

/** The error of a grant that AWS still lists. */
export function accepted(attempts: number): OutcomeError {
  return stillListed("AWS accepted the revoke but still lists the grant as authorized", attempts);
}

function stillListed(message: string, attempts: number): OutcomeError {
  return retryable("StillAuthorized", message, attempts);
}

function retryable(name: string, message: string, attempts: number): OutcomeError {
  return { name, message, attempts, retryable: true };
}

interface Answer {
  /** The command that undoes the revoke; undefined when there was nothing to revoke. */
  readonly undo: string | undefined;
  readonly listed: readonly ListedEntry[];
}

/** Revokes once. Returns the entries listed afterwards, from the response, or from a list when there was nothing to revoke. */
async function revokeOnce(grant: Grant, authorization: Revocable, send: Send): Promise<Answer> {
  try {
    const listed = await authorization.revoke(grant, send);
    return { undo: undoCommand(authorization, grant), listed };
  } catch (failure) {
    if (!isAbsent(failure)) throw failure;
    return { undo: undefined, listed: await listResource(grant, authorization, send) };
  }
}
