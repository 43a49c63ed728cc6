import { setTimeout as sleep } from "node:timers/promises";
import { listResource, type Revocable } from "#authorizations/authorization.ts";
import { consistency } from "#aws/consistency.ts";
import { AwsFailure, isAbsent } from "#aws/failure.ts";
import type { Send } from "#aws/send.ts";
import type { Grant } from "#domain/grant.ts";
import type { Ending } from "#outcome/outcome.ts";
import { undoCommand } from "#outcome/undo.ts";
import { accepted, ended, hasTime, type RevokeContext } from "./one.ts";

type Endings = ReadonlyMap<Grant, Ending>;

/**
 * Revokes rules of one group in one call. If AWS does not know one of them, those that it lists are revoked in one call, and the others are
 * gone, once the list can no longer lag behind. Returns no ending for a rule that has to be revoked by itself, because AWS refuses the call
 * or contradicts itself. Never throws an AwsFailure.
 */
export async function revokeTogether(grants: readonly Grant[], authorization: Revocable, context: RevokeContext): Promise<Endings> {
  const [first] = grants;
  if (!first || !authorization.revokeRules) return new Map();
  const send = context.sendTo(first.place, context.deadline);
  for (;;) {
    try {
      return endingsOf(grants, await authorization.revokeRules(grants, send), authorization, context);
    } catch (failure) {
      if (!(failure instanceof AwsFailure)) throw failure;
      const isFinal = failure.meaning === "retry" || (grants.length === 1 && !isAbsent(failure));
      if (isFinal) return failed(grants, failure);
      const known = await listed(grants, authorization, send);
      if (known instanceof AwsFailure) return failed(grants, known);
      const unknown = grants.filter((grant) => !known.includes(grant));
      if (known.length > 0 && unknown.length > 0)
        return new Map([
          ...(await revokeTogether(known, authorization, context)),
          ...(await revokeTogether(unknown, authorization, context)),
        ]);
      if (known.length > 0 || !isAbsent(failure)) return new Map();
      const { unknownRules } = context;
      if (unknownRules.retriesLeft === 0 || !hasTime(send)) return new Map(grants.map((grant) => [grant, { result: "alreadyGone" }]));
      // AWS may not find rules yet that were just created.
      unknownRules.retriesLeft--;
      await sleep(consistency.pauseBetweenRevokes);
    }
  }
}

/** Returns how the rules ended that AWS says it revoked. */
function endingsOf(
  grants: readonly Grant[],
  { revoked, listed: still, unverified }: Awaited<ReturnType<NonNullable<Revocable["revokeRules"]>>>,
  authorization: Revocable,
  { undoNote }: RevokeContext,
): Endings {
  const isListed = (grant: Grant) => still.some(({ rule }) => rule?.id === grant.rule?.id);
  const errorOf = (grant: Grant) => unverified?.toOutcome() ?? (isListed(grant) ? accepted(1) : undefined);
  const done = grants.filter((grant) => revoked.has(grant.rule?.id ?? ""));
  return new Map(done.map((grant) => [grant, ended(errorOf(grant), undoCommand(authorization, grant), undoNote)]));
}

function failed(grants: readonly Grant[], failure: AwsFailure): Endings {
  return new Map(grants.map((grant) => [grant, { result: "failed", error: failure.toOutcome() }]));
}

/** Returns the rules that AWS lists, or why it cannot be asked. */
async function listed(grants: readonly Grant[], authorization: Revocable, send: Send): Promise<readonly Grant[] | AwsFailure> {
  const [first] = grants;
  if (!first) return [];
  try {
    const ids = new Set((await listResource(first, authorization, send)).map(({ rule }) => rule?.id));
    return grants.filter(({ rule }) => ids.has(rule?.id));
  } catch (failure) {
    if (failure instanceof AwsFailure) return failure;
    throw failure;
  }
}
