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
import type { Sandbox } from "./sandbox.ts";
import { json, type Show, words } from "./show.ts";
import { targetOf } from "./target.ts";

/** Replays the events of the paths. Gives the exit code; throws a UsageError. */
export const run: Command["run"] = async ({ flags, positionals }) => {
  const file = await policyOf(flags);
  const policy = inMode(file, flags);
  const at = flags["at"] === undefined ? undefined : timeOf(flags);
  const samples = samplesIn(positionals.length > 0 ? positionals : ["events"]);
  const target = await targetOf(flags, file);
  const { aws, home } = target;
  const handler = makeHandler({ policy, audit: false, watched: events, aws, home, logFor: () => silent, at, clock: Date.now });
  try {
    return await play(samples, handler, target.sandbox, flags["json"] ? json : words);
  } finally {
    await target.close();
  }
};

async function play(samples: AsyncIterable<Sample>, handler: Handler, sandbox: Sandbox | undefined, show: Show): Promise<number> {
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const meter = progress("event");
  const complain = (label: string, problem: string) => {
    count("unreadable");
    meter.clear();
    console.error(`${label}: ${problem}`);
  };
  const playOne = async (sample: Sample) => {
    if ("problem" in sample) return complain(sample.label, sample.problem);
    if (sample.fromTrail && isOfAnother(sample.event)) return count("not watched");
    const { event, refusal } = sandbox ? await prepared(sample.event, sandbox) : { event: sample.event, refusal: undefined };
    if (refusal !== undefined) complain(sample.label, refusal);
    const before = await sandbox?.entries(event);
    const { outcomes, problem } = await handle(handler, event);
    const after = await sandbox?.entries(event);
    if (problem !== undefined) complain(sample.label, problem);
    else if (outcomes.length === 0) count("granted nothing");
    for (const { result } of outcomes) count(result);
    meter.clear();
    if (problem === undefined || outcomes.length > 0) show.event(sample.label, outcomes, before, after);
  };
  try {
    for await (const sample of samples) {
      meter.step();
      await playOne(sample).catch((surprise: unknown) => complain(sample.label, traceOf(surprise)));
    }
  } finally {
    meter.end();
  }
  show.end(counts);
  if (counts.has("unreadable") || counts.has("failed")) return 1;
  return counts.has("reported") && !counts.has("revoked") ? 3 : 0;
}

/** The event to judge, once the grants that it claims have been made; a refusal says why the emulator did not make them. */
async function prepared(event: unknown, sandbox: Sandbox): Promise<{ readonly event: unknown; readonly refusal?: string }> {
  try {
    return { event: await sandbox.prepare(event) };
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    return { event, refusal: `the emulator refuses to make this grant first: ${error.message}` };
  }
}

/** A trail's file holds every call of an account; EventBridge would deliver only those that are watched. */
function isOfAnother(event: unknown): boolean {
  const [eventSource, eventName] = ["eventSource", "eventName"].map((key) => member(member(event, "detail"), key));
  if (typeof eventSource !== "string" || typeof eventName !== "string") return false;
  return !events.some((entry) => entry.eventSource === eventSource && entry.eventName === eventName);
}

/** The outcomes of an event; `problem` when more failed than revoking grants. */
async function handle(handler: Handler, event: unknown): Promise<{ readonly outcomes: readonly Outcome[]; readonly problem?: string }> {
  try {
    return await handler(event);
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    const { cause, outcomes } = error;
    return cause === undefined ? { outcomes } : { outcomes, problem: printable(cause instanceof Error ? cause.message : String(cause)) };
  }
}

/** The policy with the mode that the flags ask for, everywhere. */
function inMode(file: PolicyFile, flags: Flags): PolicyFile {
  const mode = textFlag(flags, "mode");
  if (mode === undefined) return file;
  if (mode !== "enforce" && mode !== "audit") throw new UsageError(`--mode is ${shown(mode)}: write enforce or audit`);
  return { ...file, policy: { ...file.policy, mode: mode satisfies Mode, exceptions: [] } };
}
