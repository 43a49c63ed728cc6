import type { Revocable } from "#authorizations/authorization.ts";
import { shareFor } from "#aws/deadline.ts";
import type { Grant } from "#domain/grant.ts";
import type { Ending } from "#outcome/outcome.ts";
import { type RevokeContext, revokeGrant } from "./one.ts";
import { revokeTogether } from "./together.ts";

/**
 * Revokes violations on one resource: the rules of a security group in one call, if possible, and everything else one by one. Returns how
 * each ended, which is what AWS lists afterwards, not what the call returned. Never throws an AwsFailure.
 */
export async function revokeGrants(
  grants: readonly Grant[],
  authorization: Revocable,
  context: RevokeContext,
): Promise<ReadonlyMap<Grant, Ending>> {
  const endings = new Map<Grant, Ending>(authorization.revokeRules ? await revokeTogether(grants, authorization, context) : []);
  const left = grants.filter((grant) => !endings.has(grant));
  for (const [n, grant] of left.entries()) {
    const deadline = shareFor(left.length - n, context.deadline);
    endings.set(grant, await revokeGrant(grant, authorization, { ...context, send: context.sendTo(grant.place, deadline) }));
  }
  return endings;
}
