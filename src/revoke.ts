import { setTimeout as sleep } from "node:timers/promises";
import { type Authorization, type ListedEntry, listResource } from "#authorizations/authorization.ts";
import { consistency } from "#aws/consistency.ts";
import { timeLeft } from "#aws/deadline.ts";
import { AwsFailure, isAbsent } from "#aws/failure.ts";
import type { Send } from "#aws/send.ts";
import type { Grant } from "#domain/grant.ts";
import { remainingOf, type Source, sourceKey } from "#domain/source.ts";
import type { Ending, OutcomeError } from "#outcome/outcome.ts";
import { undoCommand } from "#outcome/undo.ts";

/** What one grant is revoked with. */
export interface RevokeContext {
  readonly send: Send;
  readonly unknownRules: RetryBudget;
  /** Whether the grant would be a violation with this source. */
  readonly isViolation: (source: Source) => boolean;
  /** What an operator must know about the undo. */
  readonly undoNote: string | undefined;
}

/** How many more times revokes of rules that AWS does not find are repeated. All grants of one event share it, so they wait together. */
export interface RetryBudget {
  left: number;
}

/** Revokes a violation and believes only what AWS then lists. */
export async function revokeGrant(grant: Grant, authorization: Authorization, context: RevokeContext): Promise<Ending> {
  const { undoNote } = context;
  const undone: string[] = [];
  const revoke = grant.rule ? revokeRule : revokeSource;
  const error = await revoke(grant, authorization, context, undone).catch((failure: unknown) => {
    if (failure instanceof AwsFailure) return failure.toOutcome();
    throw failure;
  });
  const undo = undone.join(" && ");
  if (error) return { result: "failed", error, ...(undo && { undo }) };
  return undo ? { result: "revoked", undo, ...(undoNote && { note: undoNote }) } : { result: "alreadyGone" };
}

/** Revokes by a rule's id, which is exact: whatever the rule says by now, it goes. Gives why it is still listed, if it is. */
async function revokeRule(
  grant: Grant,
  authorization: Authorization,
  { send, unknownRules }: RevokeContext,
  undone: string[],
): Promise<OutcomeError | undefined> {
  for (let attempt = 1; ; attempt++) {
    const { undo, listed } = await revokeOnce(grant, authorization, send);
    const isListed = listed.some(({ rule }) => rule?.id === grant.rule?.id);
    if (undo) {
      undone.push(undo);
      return isListed ? stillListed("AWS accepted the revoke and still lists the grant as authorized", attempt) : undefined;
    }
    const isLast = !hasTime(send) || (!isListed && unknownRules.left === 0);
    if (isLast) return isListed ? stillListed("AWS finds nothing to revoke and still lists the grant", attempt) : undefined;
    // A rule that was just made may not be found yet.
    if (!isListed) unknownRules.left--;
    await sleep(consistency.pauseBetweenRevokes);
  }
}

/**
 * Revokes by a source's text. "Not found" is not yet gone: the same network may be stored under another text, and a list may
 * lag behind, so the revoke is repeated until nothing equivalent is listed. Gives why something still is, if it is.
 */
async function revokeSource(
  grant: Grant,
  authorization: Authorization,
  { send, isViolation }: RevokeContext,
  undone: string[],
): Promise<OutcomeError | undefined> {
  const tried = new Set<string>();
  let target = grant;
  for (let attempt = 1; ; attempt++) {
    const { undo, listed } = await revokeOnce(target, authorization, send);
    const isTimeLeft = hasTime(send);
    if (undo) undone.push(undo);
    const sources = listed.flatMap((each) => ("source" in each ? each.source : []));
    const remaining = remainingOf(grant.source, sources, undo ? target.source : undefined).filter(isViolation);
    if (remaining.length === 0) {
      if (undone.length > 0 || sources.length === listed.length) return undefined;
      return retryable("Unreadable", "AWS finds nothing to revoke and lists an entry that cannot be read, which may be the grant", attempt);
    }
    const next = remaining.find((source) => sourceKey(source) !== sourceKey(target.source));
    if (undo && !next) return stillListed("AWS accepted the revoke and still lists the grant as authorized", attempt);
    tried.add(sourceKey(target.source));
    if (!next || tried.has(sourceKey(next))) {
      if (!isTimeLeft) return stillListed("AWS finds nothing to revoke and still lists the grant", attempt);
      await sleep(consistency.pauseBetweenRevokes);
    }
    if (next) target = { ...grant, source: next };
  }
}

/** Time for the pause, and for another revoke after it. */
function hasTime({ deadline }: Send): boolean {
  return timeLeft(deadline) > 2 * consistency.pauseBetweenRevokes;
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

/** One revoke, and what is listed after it: by its own answer, or by a list when there was nothing to revoke. */
async function revokeOnce(grant: Grant, authorization: Authorization, send: Send): Promise<Answer> {
  try {
    const listed = await authorization.revoke(grant, send);
    return { undo: undoCommand(authorization, grant), listed };
  } catch (failure) {
    if (!isAbsent(failure)) throw failure;
    return { undo: undefined, listed: await listResource(grant, authorization, send) };
  }
}
