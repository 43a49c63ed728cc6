import { type PlanPlace, readPlan } from "./plan.ts";
import { placeText, totalsText, violationText } from "./text.ts";

/** Prints a plan, also one that is too old to be applied. Returns the exit code. Throws a UsageError. */
export async function show(file: string): Promise<number> {
  // Read twice, so that nothing of a plan that was edited is printed.
  const { header, totals, sha256 } = await readPlan(file);
  process.stdout.write(`sweep ${header.id}, begun ${header.startedAt}\n\n`);
  const violations = new Map<string, string[]>();
  const keyOf = ({ account, region }: PlanPlace["place"]) => `${account} ${region}`;
  await readPlan(file, (line) => {
    if (line.line === "outcome") {
      const key = keyOf(line.outcome.grant.place);
      const ofPlace = violations.get(key) ?? [];
      violations.set(key, ofPlace);
      ofPlace.push(violationText(line.outcome));
    } else {
      process.stdout.write(`${placeText(line, violations.get(keyOf(line.place)) ?? [])}\n`);
      violations.delete(keyOf(line.place));
    }
  });
  process.stdout.write(`${totalsText(totals)}\npolicy  SHA-256 ${header.policy.sha256}\nplan    SHA-256 ${sha256}\n`);
  return 0;
}
