import { toStoredName } from "#cloudtrail/fields.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { judgeLines } from "#sweep/judge-lines.ts";
import type { Command } from "../command.ts";
import { counted } from "../counted.ts";
import { sourceOf } from "../inventory/source.ts";
import { colours, paint } from "../paint.ts";
import { policyOf } from "../policy-flags.ts";
import { csvOf, headings, type Row, rowsOf } from "./rows.ts";

/**
 * Prints who is let in to the resource. Returns the exit code: 1 when a place is incomplete, so that someone may be missing, or when nothing
 * has the name; 3 when someone is let in whom the policy does not permit; else 0. Throws a UsageError.
 */
export const run: Command["run"] = async ({ flags, positionals: [name, ...others] }) => {
  if (name === undefined || others.length > 0)
    throw new UsageError("who takes one resource: the name of a store, or another name in an inventory");
  const policy = await policyOf(flags);
  const source = await sourceOf(flags);
  const rows: Row[] = [];
  let [isKnown, isViolated, incomplete] = [false, false, 0];
  const judge = judgeLines(
    { policy, audit: false, at: Date.now(), id: "" },
    {
      async outcome(outcome) {
        const about = narrowed(outcome, name);
        if (!about) return;
        isKnown = true;
        if (outcome.decision.verdict === "violation") isViolated = true;
        rows.push(...rowsOf(about, policy.document));
      },
      async place({ place, problems, complete }) {
        if (!complete) incomplete++;
        source.clear();
        for (const problem of problems) console.error(`${place.account} ${place.region}: ${printable(problem)}`);
      },
    },
  );
  await source.read(async (line) => {
    if (line.line === "store" && isNamed(line.resource, name)) isKnown = true;
    await judge(line);
  });
  if (flags["csv"]) process.stdout.write(csvOf([headings, ...rows]));
  else if (isKnown) process.stdout.write(`${tableOf(rows)}${rows.length > 0 ? "\n" : ""}${counted(rows.length, "source")}\n`);
  if (incomplete > 0) console.error(`${counted(incomplete, "place")} could not be listed completely: someone may be missing here`);
  if (!isKnown) console.error(`nothing is named ${shown(name)} in ${counted(source.places.length, "place")}`);
  if (incomplete > 0 || !isKnown) return 1;
  return isViolated ? 3 : 0;
};

/** Returns the outcome if its grant is on the resource, with only the stores that have the name. */
function narrowed(outcome: Outcome, name: string): Outcome | undefined {
  const { grant } = outcome;
  if (isNamed(grant.resource, name)) return outcome;
  const stores = grant.stores?.filter(({ resource }) => isNamed(resource, name)) ?? [];
  return stores.length > 0 ? { ...outcome, grant: { ...grant, stores } } : undefined;
}

/** True for the name itself, and for what belongs to it, such as the snapshots of a cluster: `cluster/snapshot`. */
function isNamed(resource: string, name: string): boolean {
  const stored = toStoredName(resource);
  return stored === toStoredName(name) || stored.startsWith(`${toStoredName(name)}/`);
}

/** Returns rows as aligned columns of printable text. */
function tableOf(rows: readonly Row[]): string {
  const lines = [headings, ...rows].map((row) => row.map((cell) => printable(cell, 200)));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => (headings[column] === "verdict" ? painted(cell, widths[column]) : cell.padEnd(widths[column] ?? 0)))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** A verdict in its colour; the heading as it is. */
function painted(cell: string, width = 0): string {
  return cell === "permitted" || cell === "violation" ? paint(colours[cell], cell.padEnd(width)) : cell.padEnd(width);
}
