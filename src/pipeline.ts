import type { Authorization, SendTo } from "#authorizations/authorization.ts";
import type { Entry } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import { type CloudTrailRecord, EventError, isSettled } from "#cloudtrail/record.ts";
import { decide } from "#domain/decide.ts";
import type { Grant, Place } from "#domain/grant.ts";
import { modeFor } from "#domain/policy.ts";
import { type Outcome, permitWith } from "#outcome/outcome.ts";
import type { PolicyFile } from "#policy/file.ts";
import { type Patience, takeBack } from "#revoke.ts";

/** What one run of the pipeline works with. */
export interface Run {
  readonly policy: PolicyFile;
  /** Everything is audit, whatever the policy says. */
  readonly audit: boolean;
  readonly aws: Aws;
  /** Where the function runs; only grants there are taken back. Unknown outside Lambda, where the caller chose the place. */
  readonly home: Pick<Place, "partition" | "account"> | undefined;
  /** When everything has to have ended, in milliseconds since 1970. */
  readonly deadline: number;
  /** The time that policies are judged at, in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Milliseconds for one grant of several: an equal share, but of much time enough to succeed, and never next to nothing.
 * In equal shares of very many, none would be taken back.
 */
function shareOf(left: number, grants: number): number {
  return Math.max(left / grants, Math.min(left / 8, 3_000), 250);
}

/**
 * CloudTrail event → grants → decision → revoke → outcome: one outcome for each grant that the record's call gave, as
 * each ends. Throws an EventError, after the outcomes that there are, when something in the record or on its resource
 * cannot be read, and an AwsFailure when the resource had to be listed and could not be.
 */
export async function* outcomes(record: CloudTrailRecord, entry: Entry, run: Run): AsyncGenerator<Outcome> {
  const { authorization } = await entry.load();
  // Half of the time is left for what is found, and for what the record itself says if nothing can be.
  const half = Date.now() + (run.deadline - Date.now()) / 2;
  const { grants: found, problem } = await authorization.find(record, sendTo(run, half));
  const grants = oncePerRule(found, run);
  const patience = { left: isSettled(record) ? 0 : rereads };
  const each = { ...authorization, ...(authorization.spared && { spared: oncePerResource(authorization.spared) }) };
  for (const [index, grant] of grants.entries()) {
    const share = shareOf(run.deadline - Date.now(), grants.length - index);
    yield await carryOut(grant, record, each, patience, { ...run, deadline: Math.min(run.deadline, Date.now() + share) });
  }
  if (problem) throw problem;
}

/** How often a run asks again for rules that are not found soon after the call that made them, all of them together. */
const rereads = 6;

/** What spares one grant on a resource spares the others, too: asked once, unless the asking failed. */
function oncePerResource(spared: NonNullable<Authorization["spared"]>): typeof spared {
  const known = new Map<string, Promise<string | undefined>>();
  return (grant, send) => {
    const answer = known.get(grant.resource) ?? spared(grant, send);
    known.set(grant.resource, answer);
    answer.catch(() => known.delete(grant.resource));
    return answer;
  };
}

/** Of a rule that was found in two forms, the one that is a violation: what is one by either is one. */
function oncePerRule(grants: readonly Grant[], { policy, now }: Run): Grant[] {
  const isViolation = (grant: Grant) => decide(grant, policy.policy, now()).verdict === "violation";
  const chosen = new Map<unknown, Grant>();
  for (const grant of grants) {
    const form = grant.rule?.id ?? grant;
    const other = chosen.get(form);
    if (!other || (!isViolation(other) && isViolation(grant))) chosen.set(form, grant);
  }
  return [...chosen.values()];
}

/** Sends where the function is at home until a deadline, and nowhere else. */
function sendTo(run: Run, deadline: number): SendTo {
  return (place) => {
    const elsewhere = notHome(place, run);
    if (elsewhere) throw new EventError(`The event cannot be read in full, and ${elsewhere}`);
    return run.aws.sender(place, deadline);
  };
}

/** Why nothing may be called for a place; undefined where the function is at home. */
function notHome({ partition, account }: Place, { home }: Run): string | undefined {
  if (!home || (home.partition === partition && home.account === account)) return undefined;
  return `it is in ${partition}, account ${account}; this function acts in ${home.partition}, account ${home.account}, only`;
}

/** Judges one grant and does what the decision asks for. */
async function carryOut(
  grant: Grant,
  record: CloudTrailRecord,
  authorization: Authorization,
  patience: Patience,
  run: Run,
): Promise<Outcome> {
  const decision = decide(grant, run.policy.policy, run.now());
  const mode = run.audit ? "audit" : modeFor(grant, run.policy.policy);
  const end = () => {
    const elapsedMs = Date.now() - Date.parse(record.event.time);
    return { event: record.event, policy: { sha256: run.policy.sha256, mode }, ...(Number.isFinite(elapsedMs) && { elapsedMs }) };
  };
  if (decision.verdict === "permitted") return { result: "permitted", grant, decision, ...end() };
  if (decision.verdict === "outOfScope") return { result: "outOfScope", grant, decision, ...end() };
  const statement = permitWith(grant);
  const violation = { grant, decision, ...(statement && { permitWith: statement }) };
  if (mode === "audit") return { result: "reported", ...violation, ...end() };
  const elsewhere = notHome(grant.place, run);
  if (elsewhere) {
    const error = { name: "NotHome", message: `Nothing was called: ${elsewhere}`, attempts: 0, retryable: false };
    return { result: "failed", ...violation, error, ...end() };
  }
  const taken = await takeBack(grant, authorization, {
    send: run.aws.sender(grant.place, run.deadline),
    deadline: run.deadline,
    patience,
    isViolation: (source) => decide({ ...grant, source }, run.policy.policy, run.now()).verdict === "violation",
    cutsShared: run.policy.policy.sharedGroups === "revoke",
  });
  return { ...violation, ...taken, ...end() };
}
