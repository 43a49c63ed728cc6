import { randomUUID } from "node:crypto";
import { printable } from "#domain/text.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { judgeLines } from "#sweep/judge-lines.ts";
import { type Flags, textFlag } from "../command.ts";
import { counted } from "../counted.ts";
import { type Source, sourceOf } from "../inventory/source.ts";
import { outputTo } from "../ndjson.ts";
import { policyOf } from "../policy-flags.ts";
import { isPlanned, type PlanWriter, planWriter } from "./plan.ts";
import { placeText, violationText } from "./text.ts";

/** What a sweep found. */
interface Found {
  readonly places: number;
  readonly incomplete: number;
  readonly grants: number;
  /** Violations that applying the plan revokes, and others. */
  readonly revoke: number;
  readonly report: number;
  readonly permitted: number;
  readonly outOfScope: number;
}

/**
 * Judges every grant of the places or of the inventory that the flags choose, prints the violations, and writes the plan. Returns the exit
 * code: 1 when a place is incomplete, 3 when there are violations, else 0. Throws a UsageError.
 */
export async function judgeAll(flags: Flags): Promise<number> {
  const policy = await policyOf(flags);
  const file = textFlag(flags, "out");
  const output = file === undefined ? undefined : await outputTo(file);
  try {
    const source = await sourceOf(flags);
    const plan = output && planWriter(output);
    const id = randomUUID();
    await plan?.write({ line: "plan", version: 1, id, startedAt: source.startedAt, policy: { sha256: policy.sha256 } });
    const isJson = flags["json"] === true;
    const found = await judgeSource(source, { policy, audit: false, at: Date.now(), id }, plan, isJson);
    const { places, incomplete, grants, revoke, report, permitted, outOfScope } = found;
    const lacking = incomplete > 0 ? `, ${incomplete} of them INCOMPLETE` : "";
    const verdicts = `${revoke} would be revoked, ${report} only reported, ${permitted} permitted, ${outOfScope} out of scope`;
    const lines = [`${counted(places, "place")}${lacking}, ${counted(grants, "grant")}: ${verdicts}${source.requests()}`];
    if (plan) lines.push(`plan: ${printable(file ?? "")}, SHA-256 ${await plan.end({ grants, revoke, report })}`);
    if (isJson) console.error(lines.join("\n"));
    else process.stdout.write(`${lines.join("\n")}\n`);
    if (incomplete > 0) return 1;
    return revoke + report > 0 ? 3 : 0;
  } finally {
    await output?.discard();
  }
}

/** Judges every line, prints the outcomes or the violations of each place, and writes them to the plan. */
async function judgeSource(
  source: Source,
  judging: Parameters<typeof judgeLines>[0],
  plan: PlanWriter | undefined,
  isJson: boolean,
): Promise<Found> {
  const found = { places: 0, incomplete: 0, grants: 0, revoke: 0, report: 0, permitted: 0, outOfScope: 0 };
  const printed = await outputTo(undefined);
  const violations = new Map<string, string[]>();
  const keyOf = ({ account, region }: Outcome["grant"]["place"]) => `${account} ${region}`;
  const onLine = judgeLines(judging, {
    async outcome(outcome) {
      found.grants++;
      if (isJson) await printed.write(`${JSON.stringify(outcome)}\n`);
      if (outcome.result === "permitted" || outcome.result === "outOfScope") {
        found[outcome.result]++;
        return;
      }
      found[isPlanned(outcome) ? "revoke" : "report"]++;
      await plan?.write({ line: "outcome", outcome });
      if (isJson) return;
      const key = keyOf(outcome.grant.place);
      const ofPlace = violations.get(key) ?? [];
      violations.set(key, ofPlace);
      ofPlace.push(violationText(outcome));
    },
    async place(place) {
      found.places++;
      if (!place.complete) found.incomplete++;
      await plan?.write({ line: "place", ...place, problems: [...place.problems] });
      source.clear();
      const key = keyOf(place.place);
      if (isJson) for (const problem of place.problems) console.error(`${key}: ${printable(problem)}`);
      else await printed.write(`${placeText(place, violations.get(key) ?? [])}\n`);
      violations.delete(key);
    },
  });
  await source.read(onLine);
  return found;
}
