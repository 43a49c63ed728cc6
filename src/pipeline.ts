import type { Authorization } from "#authorizations/authorization.ts";
import type { EventEntry } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import { consistency, isOlderThan } from "#aws/consistency.ts";
import { type Deadline, elapsedSince, shareFor, timeLeft, within } from "#aws/deadline.ts";
import type { Send } from "#aws/send.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import { decide } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import { elsewhere, type Home, type Place } from "#domain/place.ts";
import { modeFor } from "#domain/policy.ts";
import { oncePerRule } from "#domain/rule-forms.ts";
import type { Source } from "#domain/source.ts";
import { heldBack } from "#guards/index.ts";
import { oncePerResource, type SharedWith } from "#guards/shared-with.ts";
import type { Origin, Outcome } from "#outcome/outcome.ts";
import { permitWith } from "#outcome/permit-with.ts";
import type { PolicyFile } from "#policy/file.ts";
import { type RetryBudget, revokeGrant } from "#revoke.ts";

/** What one run of the pipeline works with. */
export interface Run {
  readonly policy: PolicyFile;
  /** Everything is audit, whatever the policy says. */
  readonly audit: boolean;
  readonly aws: Aws;
  /** Where the function runs; only grants there are revoked. Undefined outside Lambda, where the caller chooses the place. */
  readonly home: Home | undefined;
  /** When the policy is judged, in milliseconds since 1970. */
  readonly at: number;
  readonly deadline: Deadline;
}

/** A run's work on the grants of one record, which share their retries and what was asked for one of them. */
interface Work extends Run {
  readonly origin: Origin;
  readonly authorization: Authorization;
  readonly undoNote: string | undefined;
  readonly sharedWith: SharedWith;
  readonly unknownRules: RetryBudget;
}

/**
 * CloudTrail record → grants → decision → guards → revoke → outcome: one outcome for each grant, as each ends. Then throws
 * an EventError when something in the record or on its resource cannot be read, or an AwsFailure when it cannot be listed.
 */
export async function* outcomes(record: CloudTrailRecord, entry: EventEntry, run: Run): AsyncGenerator<Outcome> {
  const [{ event }, { authorization }] = await Promise.all([entry.load(), entry.authorization.load()]);
  // Half of the time is kept for the grants that are found, or that the record shows if nothing can be listed.
  const findDeadline = within(run.deadline, timeLeft(run.deadline) / 2);
  const { grants, problem } = await event.grants(record, (place) => senderAt(place, { ...run, deadline: findDeadline }));
  const left = isOlderThan(consistency.settled, record, run.deadline) ? 0 : consistency.revokesOfUnknownRule;
  const shared = { origin: { event: record.event }, undoNote: event.undoNote, unknownRules: { left } };
  const work: Work = { ...run, ...shared, authorization, sharedWith: oncePerResource(authorization) };
  const judged = oncePerRule(grants, run.policy.policy, run.at);
  for (const [index, grant] of judged.entries())
    yield await outcomeOf(grant, { ...work, deadline: shareFor(judged.length - index, run.deadline) });
  if (problem) throw problem;
}

/** Sends where the function runs, and nowhere else. */
function senderAt(place: Place, { aws, home, deadline }: Run): Send {
  const why = elsewhere(place, home);
  if (why) throw new EventError(`The event cannot be read in full, and ${why}`);
  return aws.sender(place, deadline);
}

/** Grant → decision → guards → revoke → outcome. */
async function outcomeOf(grant: Grant, work: Work): Promise<Outcome> {
  const { policy, sha256 } = work.policy;
  const decision = decide(grant, policy, work.at);
  const mode = work.audit ? "audit" : modeFor(grant, policy);
  const end = () => ({ ...work.origin, policy: { sha256, mode }, ...elapsedSince(work.origin.event.time, work.deadline) });
  if (decision.verdict === "permitted") return { result: "permitted", grant, decision, ...end() };
  if (decision.verdict === "outOfScope") return { result: "outOfScope", grant, decision, ...end() };
  const send = work.aws.sender(grant.place, work.deadline);
  const facts = { mode, home: work.home, sharedGroups: policy.sharedGroups, sharedWith: () => work.sharedWith(grant, send) };
  const isViolation = (source: Source) => decide({ ...grant, source }, policy, work.at).verdict === "violation";
  const ending = (await heldBack(grant, facts)) ?? (await revokeGrant(grant, work.authorization, { ...work, send, isViolation }));
  const statement = permitWith(grant);
  return { grant, decision, ...(statement && { permitWith: statement }), ...ending, ...end() };
}
