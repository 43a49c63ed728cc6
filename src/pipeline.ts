import type { Authorization } from "#authorizations/authorization.ts";
import type { EventEntry } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import { consistency, isOlderThan } from "#aws/consistency.ts";
import { type Deadline, elapsedSince, shareFor, timeLeft, within } from "#aws/deadline.ts";
import type { Send } from "#aws/send.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import { decide } from "#domain/decide.ts";
import type { Grant, Store } from "#domain/grant.ts";
import { type Home, notHomeReason, type Place } from "#domain/place.ts";
import { modeFor } from "#domain/policy.ts";
import { oncePerRule } from "#domain/rule-forms.ts";
import type { Source } from "#domain/source.ts";
import { applyGuards } from "#guards/index.ts";
import { oncePerResource, type SharedWith } from "#guards/shared-with.ts";
import type { Origin, Outcome } from "#outcome/outcome.ts";
import { permitWith } from "#outcome/permit-with.ts";
import type { PolicyFile } from "#policy/file.ts";
import { type RetryBudget, revokeGrant } from "#revoke.ts";

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
}

/** What the grants of one record share: a retry budget, and the answers of AWS about a resource. */
interface Work extends Run {
  readonly origin: Origin;
  readonly authorization: Authorization;
  readonly undoNote: string | undefined;
  readonly ownRules: ReadonlySet<string> | undefined;
  readonly sharedWith: SharedWith;
  readonly unknownRules: RetryBudget;
}

/**
 * CloudTrail record → grants → decision → guards → revoke → outcome. Yields one outcome for each grant, as soon as it is handled.
 * Afterwards throws an EventError when the record or an entry of its resource cannot be read, or an AwsFailure when AWS cannot be read.
 */
export async function* outcomes(record: CloudTrailRecord, entry: EventEntry, run: Run): AsyncGenerator<Outcome> {
  const [{ event }, { authorization }] = await Promise.all([entry.load(), entry.authorization.load()]);
  // Half of the time is reserved for handling the grants, which the record shows even when nothing can be listed.
  const findDeadline = within(run.deadline, timeLeft(run.deadline) / 2);
  const { grants, problem, ownRules } = await event.grants(record, (place) => senderAt(place, { ...run, deadline: findDeadline }));
  const retriesLeft = isOlderThan(consistency.settled, record, run.deadline) ? 0 : consistency.revokesOfUnknownRule;
  const context = { origin: { event: record.event }, undoNote: event.undoNote, unknownRules: { retriesLeft } };
  const work: Work = { ...run, ...context, authorization, ownRules, sharedWith: oncePerResource(authorization) };
  const judged = oncePerRule(grants, run.policy.policy, run.at);
  for (const [index, grant] of judged.entries())
    yield await outcomeOf(grant, { ...work, deadline: shareFor(judged.length - index, run.deadline) });
  if (problem) throw problem;
}

/** Returns a function that sends to a place. Throws an EventError for a place where nothing may be called. */
function senderAt(place: Place, { aws, home, deadline }: Run): Send {
  const reason = notHomeReason(place, home);
  if (reason) throw new EventError(`The event does not show all its grants, and they cannot be listed: ${reason}`);
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
  const violates = (each: Grant) => decide(each, policy, work.at).verdict === "violation";
  const { home, authorization } = work;
  const isOwnRule = work.ownRules?.has(grant.rule?.id ?? "") === true;
  const detach = async (store: Store) => (await authorization.detach?.(grant, store, send)) ?? [];
  const asking = { sharedWith: () => work.sharedWith(grant, send), detach };
  const facts = { mode, home, sharedGroups: policy.sharedGroups, isOwnRule, violates, ...asking };
  const isViolation = (source: Source) => violates({ ...grant, source });
  const ending = (await applyGuards(grant, facts)) ?? (await revokeGrant(grant, authorization, { ...work, send, isViolation }));
  const statement = permitWith(grant);
  return { grant, decision, ...(statement && { permitWith: statement }), ...ending, ...end() };
}
