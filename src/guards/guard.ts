import type { Grant } from "#domain/grant.ts";
import type { Home } from "#domain/place.ts";
import type { Mode } from "#domain/policy.ts";
import type { Ending } from "#outcome/outcome.ts";

/** What guards decide by. It comes from AWS for an event, and from an inventory for a sweep. */
export interface Facts {
  /** The mode that holds for the grant. */
  readonly mode: Mode;
  /** The only partition and account in which grants may be revoked; undefined: anywhere. */
  readonly home: Home | undefined;
  /** What the policy says about a group that also protects what is not a store: report unless it says revoke. */
  readonly sharedGroups: "report" | "revoke" | undefined;
  /** What else the grant's resource protects, by AWS's ids. Throws an AwsFailure. */
  sharedWith(grant: Grant): Promise<readonly string[]>;
}

/** One reason not to revoke a violation now: how the violation ends instead, or undefined when the reason does not hold. */
export type Guard = (grant: Grant, facts: Facts) => Ending | undefined | Promise<Ending | undefined>;
