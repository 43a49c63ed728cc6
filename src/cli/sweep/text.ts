import { printable } from "#domain/text.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { details } from "#outcome/summary.ts";
import type { JudgedPlace } from "#sweep/judge-lines.ts";
import { counted } from "../counted.ts";
import { colours, paint } from "../paint.ts";
import { isPlanned, type PlanTotals } from "./plan.ts";

/** Returns a violation as text. Texts are kept until the end of a place, and outcomes take ten times their memory. */
export function violationText(outcome: Outcome): string {
  return `${isPlanned(outcome) ? "revoke" : "report"}   ${details(outcome)}`;
}

/** Returns the lines of a place as text: its violations by resource, and what could not be read. Ends with a line break. */
export function placeText({ place, listedAt, complete, grants, problems }: JudgedPlace, violations: readonly string[]): string {
  const sorted = violations.toSorted((a, b) => compare(a.slice(9), b.slice(9)));
  const head = `${place.account} ${place.region}  ${counted(grants, "grant")}, listed ${listedAt}${complete ? "" : ", INCOMPLETE"}`;
  const all = [...sorted, ...problems.map((problem) => `problem  ${printable(problem)}`)];
  const painted = all.map((text) => `  ${paint(styleOf(text), text.slice(0, 8))}${text.slice(8)}`);
  return `${[paint("bold", head), ...painted].join("\n")}\n`;
}

function styleOf(text: string) {
  return text.startsWith("problem") ? colours.failed : text.startsWith("revoke") ? colours.violation : colours.reported;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns the totals of a plan as text, such as `120 grants: 2 would be revoked, 1 only reported`. */
export function totalsText({ grants, revoke, report }: PlanTotals): string {
  return `${counted(grants, "grant")}: ${revoke} would be revoked, ${report} only reported`;
}
