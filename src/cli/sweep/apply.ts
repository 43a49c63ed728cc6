import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { grantKey } from "#inventory/grant-key.ts";
import { placeKey } from "#inventory/line.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { details } from "#outcome/summary.ts";
import { type Flags, textFlag } from "../command.ts";
import { counted } from "../counted.ts";
import { colours, paint } from "../paint.ts";
import { environmentRegion, roleOf } from "../places/choice.ts";
import { createReach } from "../places/reach.ts";
import { policyOf } from "../policy-flags.ts";
import { openApplied } from "./applied.ts";
import { applyPlace } from "./apply-place.ts";
import { lock } from "./lock.ts";
import { isPlanned, type PlanSummary, readPlan } from "./plan.ts";

/** The age in milliseconds at which a plan is refused: what it was reviewed for may have changed. */
const oldest = 24 * 60 * 60_000;
/** How far the clock of the machine that made a plan may be ahead. */
const newest = 60 * 60_000;

/**
 * Revokes what a plan has, place by place, and prints the outcomes. Ctrl-C ends it after the current resource. Returns the exit code: 1 when
 * something failed or was not done, 3 when a violation of the plan was left because it is no longer what was planned, else 0. Throws a
 * UsageError, with nothing revoked, for a plan that must not be applied.
 */
export async function apply(file: string, flags: Flags): Promise<number> {
  const policy = await policyOf(flags);
  const plan = await readPlan(file);
  refuse(file, plan, policy.sha256, flags);
  const planned = await plannedBy(file, plan.sha256);
  const unlock = await lock(`${file}.lock`);
  const applied = await openApplied(file, plan.sha256);
  const interruption = new AbortController();
  const interrupt = () => {
    console.error("ending after the current resource; once more to end at once");
    interruption.abort();
  };
  try {
    const left = planned.filter(({ grant }) => !isDone(applied.outcomes.get(grantKey(grant))));
    if (left.length === 0) throw new UsageError(`${printable(file)} is applied already: see ${printable(file)}.applied.ndjson`);
    const regions = left.map(({ grant }) => grant.place.region);
    const reach = await createReach(roleOf(flags), await environmentRegion(regions), Date.now);
    const other = left.find(({ grant }) => grant.place.account !== reach.own.account);
    if (other && !roleOf(flags))
      throw new UsageError(`the plan has ${other.grant.place.account}, and the credentials are for ${reach.own.account}: give --role NAME`);
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    const results = new Map<string, number>();
    const print = (outcome: Outcome) => {
      results.set(outcome.result, (results.get(outcome.result) ?? 0) + 1);
      const undo = "undo" in outcome ? `\n  undo: ${outcome.undo}` : "";
      process.stdout.write(
        flags["json"] ? `${JSON.stringify(outcome)}\n` : `${paint(colours[outcome.result], outcome.result)} ${details(outcome)}${undo}\n`,
      );
    };
    for (const key of new Set(left.map(({ grant }) => placeKey(grant.place)))) {
      if (interruption.signal.aborted) break;
      const ofPlace = left.filter(({ grant }) => placeKey(grant.place) === key);
      await applyPlace(ofPlace, { reach, policy, id: plan.header.id, applied, interruption: interruption.signal, onOutcome: print });
    }
    return end(left.length, results, flags["json"] === true);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await applied.close();
    await unlock();
  }
}

/** True for the outcome of a grant that applying again would not change. */
function isDone(outcome: Outcome | undefined): boolean {
  return outcome?.result === "revoked" || outcome?.result === "alreadyGone";
}

/** Throws a UsageError for a plan that must not be applied. */
function refuse(file: string, { header, totals, sha256 }: PlanSummary, policy: string, flags: Flags): void {
  const name = printable(file);
  const approved = textFlag(flags, "approve");
  if (approved !== undefined && approved.toLowerCase() !== sha256)
    throw new UsageError(`${name} is not the plan that was approved: its SHA-256 is ${sha256}, and --approve is ${shown(approved)}`);
  if (header.policy.sha256 !== policy)
    throw new UsageError(`${name} was made by another policy: make a new plan, or give its policy with --policy`);
  const age = Date.now() - Date.parse(header.startedAt);
  if (age < -newest) throw new UsageError(`${name} was made in the future (${header.startedAt}): check the clocks, then make a new one`);
  if (!(age <= oldest)) throw new UsageError(`${name} was made more than 24 hours ago (${header.startedAt}): make a new one`);
  const text = textFlag(flags, "max") ?? "20";
  const [, number = "", percent] = /^([0-9]{1,9})(%)?$/.exec(text) ?? [];
  if (number === "") throw new UsageError(`--max is ${shown(text)}: write a number such as 20, or a share of the listed grants such as 5%`);
  const max = percent ? Math.floor((totals.grants * Number(number)) / 100) : Number(number);
  if (totals.revoke === 0) throw new UsageError(`${name} revokes nothing`);
  if (totals.revoke > max)
    throw new UsageError(
      `${name} revokes ${counted(totals.revoke, "grant")} of ${totals.grants}, and --max ${text} allows ${max}: read it with sweep --show, then give --max ${totals.revoke}`,
    );
}

/** Returns what a plan revokes, each grant once. Reads it again, after it was checked and found small enough. Throws a UsageError when it has changed since. */
async function plannedBy(file: string, sha256: string): Promise<readonly Outcome[]> {
  const planned = new Map<string, Outcome>();
  const { sha256: now } = await readPlan(file, (line) => {
    if (line.line === "outcome" && isPlanned(line.outcome)) planned.set(grantKey(line.outcome.grant), line.outcome);
  });
  if (now !== sha256) throw new UsageError(`${printable(file)} changed while it was read: nothing was revoked`);
  return [...planned.values()];
}

/** Prints the totals, and returns the exit code. */
function end(planned: number, results: ReadonlyMap<string, number>, isJson: boolean): number {
  const done = [...results.values()].reduce((sum, number) => sum + number, 0);
  const parts = [...results].map(([result, number]) => `${number} ${result}`);
  if (done < planned) parts.push(`${planned - done} not begun: apply the plan again to go on`);
  const text = parts.join(", ");
  if (isJson) console.error(text);
  else process.stdout.write(`\n${text}\n`);
  if (results.has("failed") || done < planned) return 1;
  return results.has("reported") ? 3 : 0;
}
