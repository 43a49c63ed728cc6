import type { EventSummary } from "#cloudtrail/record.ts";
import type { Decision, Violation } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import type { Mode } from "#domain/policy.ts";
import type { StatementDocument } from "#policy/schema.ts";

/** What showed a grant. Its one member is a member of the outcome: an event today; a sweep, which knows no event, has its own. */
export interface Origin {
  readonly event: EventSummary;
}

/** How one grant ended. `--json` prints it, the log has it under the key `outcome`, and outcome.schema.json describes it. */
export type Outcome = Origin & {
  readonly grant: Grant;
  /** Which policy judged, by the SHA-256 of its file, and the mode that held for this grant. */
  readonly policy: { readonly sha256: string; readonly mode: Mode };
  /** Milliseconds from eventTime to the end; absent when the event has no readable time. */
  readonly elapsedMs?: number;
  /** What else an operator must know of how it ended. */
  readonly note?: string;
} & (
    | { readonly result: "permitted"; readonly decision: Extract<Decision, { verdict: "permitted" }> }
    | { readonly result: "outOfScope"; readonly decision: Extract<Decision, { verdict: "outOfScope" }> }
    | ({ readonly decision: Violation; readonly permitWith?: StatementDocument } & Ending)
  );

/** How a violation ended, whether it was revoked or held back. */
export type Ending = { readonly note?: string } & (
  | { readonly result: "reported" | "alreadyGone" }
  | { readonly result: "revoked"; readonly undo: string }
  | { readonly result: "failed"; readonly error: OutcomeError /** Of the part that was revoked. */; readonly undo?: string }
);

/** Why a grant could not be revoked. */
export interface OutcomeError {
  readonly name: string;
  readonly message: string;
  readonly requestId?: string;
  readonly attempts: number;
  readonly retryable: boolean;
}
