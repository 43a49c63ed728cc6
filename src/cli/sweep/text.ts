import { printable } from "#domain/text.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { details } from "#outcome/summary.ts";
import type { JudgedPlace } from "#sweep/judge-lines.ts";
import { counted } from "../counted.ts";
import { colours, paint } from "../paint.ts";
import { isPlanned, type PlanTotals } from "./plan.ts";

/** Returns the lines of a place as text: its violations by resource, and what could not be read. Ends with a line break. */
export function placeText({ place, listedAt, complete, grants, problems }: JudgedPlace, violations: readonly Outcome[]): string {
  const sorted = violations.toSorted((a, b) => compare(a.grant.service, b.grant.service) || compare(a.grant.resource, b.grant.resource));
  const head = `${place.account} ${place.region}  ${counted(grants, "grant")}, listed ${listedAt}${complete ? "" : ", INCOMPLETE"}`;
  const lines = sorted.map((outcome) => [isPlanned(outcome) ? "revoke" : "report", details(outcome)] as const);
  const all = [...lines, ...problems.map((problem) => ["problem", printable(problem)] as const)];
  const styles = { revoke: colours.violation, report: colours.reported, problem: colours.failed };
  return `${[paint("bold", head), ...all.map(([name, text]) => `  ${paint(styles[name], name.padEnd(8))} ${text}`)].join("\n")}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns the totals of a plan as text, such as `120 grants: 2 would be revoked, 1 only reported`. */
export function totalsText({ grants, revoke, report }: PlanTotals): string {
  return `${counted(grants, "grant")}: ${revoke} would be revoked, ${report} only reported`;
}
