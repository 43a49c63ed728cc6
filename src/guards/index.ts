import { AwsFailure } from "#aws/failure.ts";
import type { Grant } from "#domain/grant.ts";
import type { Ending } from "#outcome/outcome.ts";
import { auditMode } from "./audit-mode.ts";
import type { Facts, Guard } from "./guard.ts";
import { otherAccount } from "./other-account.ts";
import { sharedGroup } from "./shared-group.ts";

/** Every guard, in the order in which they are asked: those that call nothing come first. */
const guards: readonly Guard[] = [auditMode, otherAccount, sharedGroup];

/** How a violation ends that is not revoked, by the first guard whose reason holds; undefined when none does. */
export async function heldBack(grant: Grant, facts: Facts): Promise<Ending | undefined> {
  try {
    for (const guard of guards) {
      const ending = await guard(grant, facts);
      if (ending) return ending;
    }
    return undefined;
  } catch (failure) {
    if (!(failure instanceof AwsFailure)) throw failure;
    return { result: "failed", error: failure.toOutcome() };
  }
}
