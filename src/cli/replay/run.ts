import { events } from "#authorizations/index.ts";
import { AwsFailure } from "#aws/failure.ts";
import { member } from "#cloudtrail/fields.ts";
import { type Sample, samplesIn } from "#cloudtrail/files.ts";
import type { Mode } from "#domain/policy.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Handler, InvocationError, makeHandler, silent } from "#handler.ts";
import type { Outcome } from "#outcome/outcome.ts";
import type { PolicyFile } from "#policy/file.ts";
import { type Command, type Flags, textFlag } from "../command.ts";
import { policyOf, timeOf } from "../policy-flags.ts";
import { progress } from "../progress.ts";
import { traceOf } from "../trace.ts";
import { jsonReport, type Report, textReport } from "./report.ts";
import type { Sandbox } from "./sandbox.ts";
import { targetOf } from "./target.ts";

/** Replays the events in files, folders or standard input. Returns the exit code. Throws a UsageError. */
export const run: Command["run"] = async ({ flags, positionals }) => {
  const file = await policyOf(flags);
  const policy = inMode(file, flags);
  const at = flags["at"] === undefined ? undefined : timeOf(flags);
  const samples = samplesIn(positionals.length > 0 ? positionals : ["events"]);
  const target = await targetOf(flags, file);
  const { aws, home } = target;
  const handler = makeHandler({ policy, audit: false, watched: events, aws, home, logFor: () => silent, at, clock: Date.now });
  try {
    return await replayAll(samples, handler, target.sandbox, flags["json"] ? jsonReport : textReport);
  } finally {
    await target.close();
  }
};

/** Replays the samples one after the other and reports each. Returns the exit code. */
async function replayAll(samples: AsyncIterable<Sample>, handler: Handler, sandbox: Sandbox | undefined, report: Report): Promise<number> {
  const counts = new Map<string, number>();
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  const progressLine = progress("event");
  const reportProblem = (label: string, problem: string) => {
    count("unreadable");
    progressLine.clear();
    console.error(`${label}: ${problem}`);
  };
  const replayOne = async (sample: Sample) => {
    if ("problem" in sample) return reportProblem(sample.label, sample.problem);
    if (sample.fromTrail && isUnwatched(sample.event)) return count("not watched");
    const { event, refusal } = sandbox ? await prepared(sample.event, sandbox) : { event: sample.event, refusal: undefined };
    if (refusal !== undefined) reportProblem(sample.label, refusal);
    const before = await sandbox?.entries(event);
    const { outcomes, problem } = await handle(handler, event);
    const after = await sandbox?.entries(event);
    if (problem !== undefined) reportProblem(sample.label, problem);
    else if (outcomes.length === 0) count("granted nothing");
    for (const { result } of outcomes) count(result);
    progressLine.clear();
    if (problem === undefined || outcomes.length > 0) report.event(sample.label, outcomes, before, after);
  };
  try {
    for await (const sample of samples) {
      progressLine.step();
      await replayOne(sample).catch((error: unknown) => reportProblem(sample.label, traceOf(error)));
    }
  } finally {
    progressLine.end();
  }
  report.end(counts);
  if (counts.has("unreadable") || counts.has("failed")) return 1;
  return counts.has("reported") && !counts.has("revoked") ? 3 : 0;
}

/** Makes the event's grants in the emulator. Returns the event to handle, and why the emulator refused to make a grant, if it did. */
async function prepared(event: unknown, sandbox: Sandbox): Promise<{ readonly event: unknown; readonly refusal?: string }> {
  try {
    return { event: await sandbox.prepare(event) };
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    return { event, refusal: `the emulator refused to make this grant: ${error.message}` };
  }
}

/** True for a record of a call that is not watched. A trail's file has every call; EventBridge would deliver only the watched ones. */
function isUnwatched(event: unknown): boolean {
  const [eventSource, eventName] = ["eventSource", "eventName"].map((key) => member(member(event, "detail"), key));
  if (typeof eventSource !== "string" || typeof eventName !== "string") return false;
  return !events.some((entry) => entry.eventSource === eventSource && entry.eventName === eventName);
}

/** Handles an event. Returns its outcomes, and a problem when more failed than the revokes, which have outcomes. */
async function handle(handler: Handler, event: unknown): Promise<{ readonly outcomes: readonly Outcome[]; readonly problem?: string }> {
  try {
    return await handler(event);
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    const { cause, outcomes } = error;
    return cause === undefined ? { outcomes } : { outcomes, problem: printable(cause instanceof Error ? cause.message : String(cause)) };
  }
}

/** Returns the policy with the mode of `--mode` for everything, if that is given. Throws a UsageError. */
function inMode(file: PolicyFile, flags: Flags): PolicyFile {
  const mode = textFlag(flags, "mode");
  if (mode === undefined) return file;
  if (mode !== "enforce" && mode !== "audit") throw new UsageError(`--mode is ${shown(mode)}: write enforce or audit`);
  return { ...file, policy: { ...file.policy, mode: mode satisfies Mode, exceptions: [] } };
}
