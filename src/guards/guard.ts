import type { DetachingCall } from "#authorizations/authorization.ts";
import type { Grant, Store } from "#domain/grant.ts";
import type { Home } from "#domain/place.ts";
import type { Mode } from "#domain/policy.ts";
import type { Ending } from "#outcome/outcome.ts";

/** The facts that guards decide by. Only `sharedWith` calls AWS. */
export interface Facts {
  /** The mode that applies to the grant. */
  readonly mode: Mode;
  /** The only partition and account in which grants may be revoked; undefined: anywhere. */
  readonly home: Home | undefined;
  /** The policy's setting for a group that also protects something other than a store. Undefined means report. */
  readonly sharedGroups: "report" | "revoke" | undefined;
  /** True when the recorded call itself added or changed the rule. */
  readonly isOwnRule: boolean;
  /** Why the event's violations are only reported, and what an operator can do instead. Absent: they may be revoked. */
  readonly reportOnly?: string | undefined;
  /** True when the policy does not permit the grant now. */
  violates(grant: Grant): boolean;
  /** True when a store that could not be listed may have the same group, and the policy may permit the grant for it. */
  mayBePermittedUnseen(grant: Grant): boolean;
  /** Returns the calls that detach the grant's resource from a store; none when that is not possible. */
  detach(store: Store): readonly DetachingCall[];
  /** Returns the AWS ids of what else the grant's resource protects. Throws an AwsFailure. */
  sharedWith(grant: Grant): Promise<readonly string[]>;
}

/** One reason not to revoke a violation now. Returns how the violation ends instead, or undefined when the reason does not apply. */
export type Guard = (grant: Grant, facts: Facts) => Ending | undefined | Promise<Ending | undefined>;
