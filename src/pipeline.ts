import type { EventEntry } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import { consistency, isOlderThan } from "#aws/consistency.ts";
import { type Deadline, elapsedSince, shareFor, timeLeft, within } from "#aws/deadline.ts";
import { type ReadsFor, readingSender } from "#aws/reads.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import { type Decision, decide } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import { type Home, notHomeReason, type Place } from "#domain/place.ts";
import { oncePerRule } from "#domain/rule-forms.ts";
import { oncePerResource } from "#guards/shared-with.ts";
import type { Ending, Origin, Outcome } from "#outcome/outcome.ts";
import { permitWith } from "#outcome/permit-with.ts";
import type { PolicyFile } from "#policy/file.ts";
import { endViolations, modeOf, type Work } from "#violations.ts";

/** The input of one run of the pipeline, besides the record. */
export interface Run {
  readonly policy: PolicyFile;
  /** True: audit mode for everything, whatever the policy says. */
  readonly audit: boolean;
  readonly aws: Aws;
  /** The only partition and account in which grants are revoked. Undefined: anywhere, as for an emulator. */
  readonly home: Home | undefined;
  /** The time at which the policy is evaluated, in milliseconds since 1970. */
  readonly at: number;
  readonly deadline: Deadline;
  /** Returns the deadline for handling the grants, when they have been found. */
  readonly share: () => Deadline;
  readonly readsFor: ReadsFor;
}

/**
 * CloudTrail record → grants → decision → guards → revoke → outcome. Yields one outcome for each grant, as soon as it is handled, and
 * returns why there are no grants if there are none. Afterwards throws an EventError when the record or an entry of its resource cannot
 * be read, or an AwsFailure when AWS cannot be read.
 */
export async function* outcomes(record: CloudTrailRecord, entry: EventEntry, run: Run): AsyncGenerator<Outcome, string | undefined> {
  const [{ event }, { authorization }] = await Promise.all([entry.load(), entry.authorization.load()]);
  const sendTo = readingSender(run.aws, run.readsFor, Date.parse(record.event.time));
  // Half of the time is reserved for handling the grants, which the record shows even when nothing can be listed.
  const findDeadline = within(run.deadline, timeLeft(run.deadline) / 2);
  const found = await event.grants(record, (place) => sendTo(listable(place, run), findDeadline));
  const { grants, problem, nothing } = found;

  const { policy, sha256 } = run.policy;
  const judged = oncePerRule(grants, policy, run.at).map((grant) => ({ grant, decision: decide(grant, policy, run.at) }));
  const violations = judged.flatMap(({ grant, decision }) => (decision.verdict === "violation" ? grant : []));

  const isSettled = isOlderThan(consistency.settled, record, run.deadline);
  const retriesLeft = isSettled ? 0 : consistency.revokesOfUnknownRule;
  const context = { found, isSettled, undoNote: event.undoNote, unknownRules: { retriesLeft }, sharedWith: oncePerResource(authorization) };
  const work: Work = { ...run, policy, authorization, sendTo, ...context };
  const handleDeadline = run.share();
  const endings = new Map<Grant, Ending>();
  for (const [n, { grant, decision }] of judged.entries()) {
    if (decision.verdict === "violation" && !endings.has(grant)) {
      // The rules of one security group are revoked together.
      const together = grant.rule ? violations.filter((each) => each.rule && each.resource === grant.resource) : [grant];
      const deadline = shareFor((judged.length - n) / together.length, handleDeadline);
      for (const [each, ending] of await endViolations(together, work, deadline)) endings.set(each, ending);
    }
    const common = { event: record.event, policy: { sha256, mode: modeOf(grant, work) }, ...elapsedSince(record.event.time, run.deadline) };
    yield outcomeOf(grant, decision, endings.get(grant), common);
  }
  if (problem) throw problem;
  return grants.length === 0 ? (nothing ?? "AWS lists nothing that the call opened") : undefined;
}

/** Returns the place. Throws an EventError for a place where nothing may be called. */
function listable(place: Place, { home }: Run): Place {
  const reason = notHomeReason(place, home);
  if (reason) throw new EventError(`The event does not show all its grants, and they cannot be listed: ${reason}`);
  return place;
}

/** What every outcome has. */
export type Common = Origin & Pick<Outcome, "policy" | "elapsedMs">;

/** Returns the outcome of a decision. Throws a TypeError for a violation without an ending. */
export function outcomeOf(grant: Grant, decision: Decision, ending: Ending | undefined, common: Common): Outcome {
  if (decision.verdict === "permitted") return { result: "permitted", grant, decision, ...common };
  if (decision.verdict === "outOfScope") return { result: "outOfScope", grant, decision, ...common };
  if (!ending) throw new TypeError("Every violation has an ending");
  const statement = permitWith(grant);
  return { grant, decision, ...(statement && { permitWith: statement }), ...ending, ...common };
}
