import type { EventSummary } from "#cloudtrail/record.ts";
import type { Decision } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import type { Violation } from "#domain/judge.ts";
import type { Mode } from "#domain/policy.ts";
import type { StatementDocument } from "#policy/schema.ts";

/** What showed a grant: an event, or the inventory of a sweep, which does not show who granted it. Its members are members of the outcome. */
export type Origin =
  | {
      readonly event: EventSummary;
      /** Only in a replay: the file of the event, with its line or its index in it. */
      readonly file?: string;
      readonly sweep?: undefined;
    }
  | { readonly sweep: SweepSummary; readonly event?: undefined; readonly file?: undefined };

/** A sweep as outcomes name it: its id, and the time in ISO 8601 at which the listing of the place began. */
export interface SweepSummary {
  readonly id: string;
  readonly listedAt: string;
}

/** The outcome of one grant. `--json` prints it, the log has it under the key `outcome`, and outcome.schema.json describes it. */
export type Outcome = Origin & {
  readonly grant: Grant;
  /** The policy, by the SHA-256 of its file in hexadecimal, and the mode that applied to this grant. */
  readonly policy: { readonly sha256: string; readonly mode: Mode };
  /** Milliseconds from eventTime to the end of handling the grant; absent when there is no readable time of an event. */
  readonly elapsedMs?: number;
  /** What else an operator must know about the result. */
  readonly note?: string;
} & (
    | { readonly result: "permitted"; readonly decision: Extract<Decision, { verdict: "permitted" }> }
    | { readonly result: "outOfScope"; readonly decision: Extract<Decision, { verdict: "outOfScope" }> }
    | ({ readonly decision: Violation; readonly permitWith?: StatementDocument } & Ending)
  );

/** How a violation ended, whether it was revoked or a guard applied. */
export type Ending = { readonly note?: string } & (
  | {
      readonly result: "reported";
      /** The commands that detach the group from the stores for which the rule is not permitted. */
      readonly detach?: string;
      /** Only in a sweep: applying its plan revokes the grant. */
      readonly wouldRevoke?: true;
    }
  | { readonly result: "alreadyGone" }
  | { readonly result: "revoked"; readonly undo: string }
  | {
      readonly result: "failed";
      readonly error: OutcomeError;
      /** The undo of the part that was revoked. */
      readonly undo?: string;
    }
);

/** Why a grant could not be revoked: AWS's error or our own, how often AWS was called, and whether a retry may succeed. */
export interface OutcomeError {
  readonly name: string;
  readonly message: string;
  readonly requestId?: string;
  readonly attempts: number;
  readonly retryable: boolean;
}
