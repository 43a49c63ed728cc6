import type { Grant } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import { printable } from "#domain/text.ts";
import { portsText } from "#outcome/summary.ts";
import { counted } from "../counted.ts";
import { colours, paint } from "../paint.ts";
import type { Change, ChangedGrant, Judgement } from "./grants.ts";
import type { ChangedStatement } from "./statements.ts";

/** What the comparison of two policies found. */
export interface Compared {
  /** How many grants were judged by both. */
  readonly grants: number;
  readonly changed: readonly ChangedGrant[];
  readonly statements: readonly ChangedStatement[];
}

/** What each change means, in the order in which they are printed. */
const headings: Readonly<Record<Change, string>> = {
  violation: "would become a violation",
  permitted: "would be permitted",
  enforced: "would be revoked, not only reported",
  audited: "would only be reported, not revoked",
  statements: "would be permitted by other statements",
};

/** Returns the comparison as text that ends with a line break. */
export function textOf(compared: Compared, format: "text" | "json" | "markdown"): string {
  if (format === "json") return [...compared.changed, ...statementsOf(compared)].map((each) => `${JSON.stringify(each)}\n`).join("");
  return format === "markdown" ? markdown(compared) : plain(compared);
}

/** Returns the changed statements, each with whether a changed grant shows it. */
function statementsOf({ changed, statements }: Compared): readonly (ChangedStatement & { readonly shown: boolean })[] {
  const shown = new Set(changed.flatMap((each) => [...each.old.statements, ...each.new.statements]));
  return statements.map((each) => ({ ...each, shown: each.statement === undefined ? changed.length > 0 : shown.has(each.statement) }));
}

function plain(compared: Compared): string {
  const blocks = groupsOf(compared).map(([change, grants]) => {
    const style = change === "violation" ? colours.violation : "bold";
    return [
      paint(style, `${headings[change]} (${grants.length})`),
      ...grants.map((each) => `  ${grantText(each.grant)}: ${turn(each)}`),
      "",
    ];
  });
  const statements = statementsOf(compared).map((each) => `  ${printable(nameOf(each))}: ${meaning(each)}`);
  const changes = statements.length > 0 ? [paint("bold", "statements and settings"), ...statements, ""] : [];
  return `${[...blocks.flat(), ...changes, totals(compared)].join("\n")}\n`;
}

function markdown(compared: Compared): string {
  const blocks = groupsOf(compared).map(([change, grants]) => {
    const rows = grants.map((each) => `| ${cell(grantText(each.grant))} | ${cell(judged(each.old))} | ${cell(judged(each.new))} |`);
    const head = [`### ${grants.length} ${headings[change]}`, "", "| grant | before | after |", "|---|---|---|"];
    return [...head, ...rows.slice(0, mostRows), ...(rows.length > mostRows ? ["", `and ${rows.length - mostRows} more`] : []), ""];
  });
  const rows = statementsOf(compared).map((each) => `| ${cell(nameOf(each))} | ${cell(meaning(each))} |`);
  const changes = rows.length > 0 ? ["### Statements and settings", "", "| statement or setting | change |", "|---|---|", ...rows, ""] : [];
  return `${[`**${totals(compared)}**`, "", ...blocks.flat(), ...changes].join("\n").trimEnd()}\n`;
}

/** A comment on GitHub has at most 65,536 characters. */
const mostRows = 100;

/** Returns text as a cell: as code, in which nothing but a backtick and a pipe has a meaning. */
function cell(text: string): string {
  return `\`${printable(text, 300).replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}

function groupsOf({ changed }: Compared): readonly (readonly [Change, readonly ChangedGrant[]])[] {
  const changes = Object.keys(headings) as Change[];
  return changes
    .map((change) => [change, changed.filter((each) => each.change === change)] as const)
    .filter(([, grants]) => grants.length > 0);
}

function grantText({ place, service, resource, source, rule }: Grant): string {
  const ports = rule ? ` ${portsText(rule)}` : "";
  return printable(`${place.account} ${place.region} ${service} ${resource} ${sourceText(source)}${ports}`, 300);
}

function turn(each: ChangedGrant): string {
  return `${judged(each.old)} → ${judged(each.new)}`;
}

function judged({ verdict, statements, reason, mode }: Judgement): string {
  return verdict === "permitted" ? `permitted by ${printable(statements.join(", "), 300)}` : `violation (${mode}): ${reason}`;
}

function nameOf({ statement, setting }: ChangedStatement): string {
  return statement ?? setting ?? "";
}

function meaning({ change, keys, shown }: ChangedStatement & { readonly shown: boolean }): string {
  const what = keys ? `${change} in ${keys.join(", ")}` : change;
  return shown ? what : `${what}; no grant shows it`;
}

function totals({ grants, changed }: Compared): string {
  const parts = Object.entries(headings).flatMap(([change, heading]) => {
    const count = changed.filter((each) => each.change === change).length;
    return count > 0 ? `${count} ${heading}` : [];
  });
  return `${counted(grants, "grant")} compared: ${parts.join(", ") || "none changes"}`;
}
