import { setTimeout as sleep } from "node:timers/promises";
import type { Authorization, Send, SendTo, Standing } from "./authorization.ts";
import type { Entry } from "./authorizations/index.ts";
import { type Aws, AwsFailure } from "./aws.ts";
import { type CloudTrailRecord, EventError } from "./cloudtrail.ts";
import { decide, type Violation } from "./domain/decide.ts";
import { type Grant, type Place, partOf, type Source, sameSource } from "./domain/grant.ts";
import { modeFor } from "./domain/policy.ts";
import { type Outcome, type OutcomeError, permitWith, sourceText, undoCommand } from "./outcome.ts";
import type { PolicyFile } from "./policy-file.ts";
import { standingOn } from "./reading.ts";

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
  for (const [index, grant] of grants.entries()) {
    const share = (run.deadline - Date.now()) / (grants.length - index);
    yield await carryOut(grant, record, authorization, { ...run, deadline: Date.now() + share });
  }
  if (problem) throw problem;
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
async function carryOut(grant: Grant, record: CloudTrailRecord, authorization: Authorization, run: Run): Promise<Outcome> {
  const decision = decide(grant, run.policy.policy, run.now());
  const mode = run.audit ? "audit" : modeFor(grant, run.policy.policy);
  const end = () => {
    const elapsedMs = Date.now() - Date.parse(record.event.time);
    return { event: record.event, policy: { sha256: run.policy.sha256, mode }, ...(Number.isFinite(elapsedMs) && { elapsedMs }) };
  };
  if (decision.verdict === "permitted") return { result: "permitted", grant, decision, ...end() };
  if (decision.verdict === "outOfScope") return { result: "outOfScope", grant, decision, ...end() };
  const violation = { grant, decision, permitWith: permitWith(grant) };
  if (mode === "audit") return { result: "reported", ...violation, ...end() };
  const elsewhere = notHome(grant.place, run);
  if (elsewhere) {
    const error = { name: "NotHome", message: `Nothing was called: ${elsewhere}`, attempts: 0, retryable: false };
    return { result: "failed", ...violation, error, ...end() };
  }
  const taken = await takeBack(violation, authorization, run);
  return { ...violation, ...taken, ...end() };
}

type Taken =
  | { result: "revoked"; undo: string; note?: string }
  | { result: "alreadyGone" }
  | { result: "reported"; note: string }
  | { result: "failed"; error: OutcomeError };

/** How often, in all, a rule that is not found is asked for before it counts as gone, and how far apart in milliseconds. */
const ruleAttempts = 3;
const rulePause = 500;

/**
 * Takes one violating grant back and believes only what AWS then says. Not found is not yet gone: the same network may
 * be stored under another text, and a list may lag behind, so it is asked again until nothing equivalent stands.
 */
async function takeBack({ grant }: { grant: Grant; decision: Violation }, authorization: Authorization, run: Run): Promise<Taken> {
  const { policy } = run.policy;
  const send = run.aws.sender(grant.place, run.deadline);
  const undone: string[] = [];
  const tried = new Set<string>();
  const { note } = authorization;
  let asked = grant;
  const stands = (each: Standing): each is Standing & { source: Source } =>
    "source" in each &&
    sameSource(each.source, grant.source) &&
    decide({ ...grant, source: each.source }, policy, run.now()).verdict === "violation";
  for (let attempt = 1; ; attempt++) {
    tried.add(sourceText(asked.source));
    try {
      const spared = policy.sharedGroups === "revoke" ? undefined : await authorization.spared?.(grant, send);
      if (spared) return { result: "reported", note: spared };
      const answer = await revoke(asked, authorization, send);
      if (answer.revoked) undone.push(undoCommand(authorization, asked));
      // A rule's id is exact: whatever the rule says by now, it stands.
      const left = grant.rule
        ? answer.standing.flatMap(({ rule }) => (rule?.id === grant.rule?.id ? asked.source : []))
        : answer.standing.filter(stands).map(({ source }) => partOf(source, grant.source));
      const next = left.find((source) => sourceText(source) !== sourceText(asked.source));
      if (left.length === 0) {
        if (undone.length > 0) return { result: "revoked", undo: undone.join(" && "), ...(note && { note }) };
        if (!grant.rule && answer.standing.some((each) => "unreadable" in each))
          return failed("Unreadable", "AWS finds nothing to revoke and lists what cannot be read, which may be it", attempt, true);
        // A rule that was just made may be known nowhere yet.
        if (!grant.rule || attempt === ruleAttempts || Date.now() + rulePause >= run.deadline) return { result: "alreadyGone" };
        await sleep(rulePause);
        continue;
      }
      if (answer.revoked && !next)
        return failed("StillAuthorized", "AWS took the revoke and still lists the grant as authorized", attempt, true);
      const pause = next && !tried.has(sourceText(next)) ? 0 : 500;
      if (Date.now() + pause >= run.deadline)
        return failed("StillAuthorized", "AWS finds nothing to revoke and still lists the grant", attempt, true);
      await sleep(pause);
      asked = next ? { ...grant, source: next } : asked;
    } catch (failure) {
      if (!(failure instanceof AwsFailure)) throw failure;
      return { result: "failed", error: failure.toOutcome() };
    }
  }
}

/** One revoke: what stands after it, by its own answer, or by a list when there was nothing to revoke. */
async function revoke(
  grant: Grant,
  authorization: Authorization,
  send: Send,
): Promise<{ revoked: boolean; standing: readonly Standing[] }> {
  try {
    return { revoked: true, standing: await authorization.revoke(grant, send) };
  } catch (failure) {
    if (!(failure instanceof AwsFailure) || failure.meaning !== "notFound") throw failure;
    return { revoked: false, standing: await standingOn(grant, authorization, send) };
  }
}

function failed(name: string, message: string, attempts: number, retryable: boolean): Taken {
  return { result: "failed", error: { name, message, attempts, retryable } };
}
