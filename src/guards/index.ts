import { AwsFailure } from "#aws/failure.ts";
import type { Grant } from "#domain/grant.ts";
import type { Ending } from "#outcome/outcome.ts";
import { auditMode } from "./audit-mode.ts";
import type { Facts, Guard } from "./guard.ts";
import { otherAccount } from "./other-account.ts";
import { permittedForAnotherStore } from "./permitted-for-another-store.ts";
import { reportOnly } from "./report-only.ts";
import { sharedGroup } from "./shared-group.ts";
import { unknownPort } from "./unknown-port.ts";

/**
 * Every guard, in the order in which they are applied. What is only guessed comes first: it is not even reported as a violation. Guards
 * that call AWS come last.
 */
const guards: readonly Guard[] = [unknownPort, auditMode, otherAccount, reportOnly, permittedForAnotherStore, sharedGroup];

/** Returns how a violation ends, by the first guard that applies; undefined when none does and the violation is to be revoked. */
export async function applyGuards(grant: Grant, facts: Facts): Promise<Ending | undefined> {
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
