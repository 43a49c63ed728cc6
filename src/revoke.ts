import { listResource, type Revocable } from "#authorizations/authorization.ts";
import { type Deadline, shareFor } from "#aws/deadline.ts";
import { AwsFailure } from "#aws/failure.ts";
import type { Send } from "#aws/send.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { Ending } from "#outcome/outcome.ts";
import { undoCommand } from "#outcome/undo.ts";
import { accepted, ended, revokeGrant, type SingleContext } from "#revoke-one.ts";

/** The input of revoking grants, besides the grants and their authorization. */
export interface RevokeContext extends Omit<SingleContext, "send"> {
  /** Returns a function that sends to a place until a deadline. */
  readonly sendTo: (place: Place, deadline: Deadline) => Send;
  readonly deadline: Deadline;
}

/**
 * Revokes violations on one resource. Rules of a security group are revoked in one call; if AWS does not know one of them, those that it
 * lists are revoked in one call, and the others one by one. Returns how each ended, which is what AWS lists afterwards, not what the call
 * returned. Never throws an AwsFailure.
 */
export async function revokeGrants(
  grants: readonly Grant[],
  authorization: Revocable,
  context: RevokeContext,
): Promise<ReadonlyMap<Grant, Ending>> {
  const endings = new Map<Grant, Ending>();
  if (grants.length > 1 && authorization.revokeRules)
    for (const [grant, ending] of await revokeTogether(grants, authorization, context)) endings.set(grant, ending);
  const left = grants.filter((grant) => !endings.has(grant));
  for (const [n, grant] of left.entries()) {
    const deadline = shareFor(left.length - n, context.deadline);
    endings.set(grant, await revokeGrant(grant, authorization, { ...context, send: context.sendTo(grant.place, deadline) }));
  }
  return endings;
}

/** Revokes rules in one call. Returns no ending for a rule that has to be revoked by itself. */
async function revokeTogether(
  grants: readonly Grant[],
  authorization: Revocable,
  context: RevokeContext,
): Promise<ReadonlyMap<Grant, Ending>> {
  const [first] = grants;
  if (!first) return new Map();
  const send = context.sendTo(first.place, context.deadline);
  const { undoNote: note } = context;
  try {
    const { revoked = new Set(), listed = [] } = (await authorization.revokeRules?.(grants, send)) ?? {};
    const isListed = (grant: Grant) => listed.some(({ rule }) => rule?.id === grant.rule?.id);
    const done = grants.filter((grant) => revoked.has(grant.rule?.id ?? ""));
    return new Map(done.map((grant) => [grant, ended(isListed(grant) ? accepted(1) : undefined, undoCommand(authorization, grant), note)]));
  } catch (failure) {
    if (!(failure instanceof AwsFailure)) throw failure;
    if (failure.meaning === "retry") return new Map(grants.map((grant) => [grant, ended(failure.toOutcome(), "", note)]));
    const known = await listedRules(first, grants, authorization, send);
    return known.length > 1 && known.length < grants.length ? revokeTogether(known, authorization, context) : new Map();
  }
}

/** Returns the rules that AWS lists; none when it cannot be asked. */
async function listedRules(first: Grant, grants: readonly Grant[], authorization: Revocable, send: Send): Promise<readonly Grant[]> {
  try {
    const ids = new Set((await listResource(first, authorization, send)).map(({ rule }) => rule?.id));
    return grants.filter(({ rule }) => ids.has(rule?.id));
  } catch (failure) {
    if (failure instanceof AwsFailure) return [];
    throw failure;
  }
}
