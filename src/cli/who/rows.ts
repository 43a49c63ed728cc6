import { onEachStore } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { portsText } from "#outcome/summary.ts";
import type { PolicyDocument } from "#policy/schema.ts";

/** The names of the columns. */
export const headings = ["account", "region", "service", "resource", "source", "ports", "call", "verdict", "by", "until", "why"] as const;

/** One who is let in to one store or resource: a text for each heading. */
export type Row = readonly string[];

/** Returns a row for each store that the grant of an outcome reaches, or one if it is not a VPC rule. A rule that reaches none has no row. */
export function rowsOf({ grant, decision }: Outcome, { permit }: PolicyDocument): Row[] {
  const { place, authorization, source, rule } = grant;
  const by = decision.verdict === "permitted" ? decision.statements : [];
  const ends = permit.flatMap(({ name, until }) => (by.includes(name) && until !== undefined ? until : []));
  // Several statements may be needed together, so the access ends with the first of them.
  const until = ends.toSorted()[0] ?? "";
  const ports = rule ? portsText(rule) : "";
  return onEachStore(grant).map(({ service, resource }) => [
    place.account,
    place.region,
    service,
    resource,
    sourceText(source),
    ports,
    authorization,
    decision.verdict,
    by.join(" + "),
    until,
    decision.reason ?? "",
  ]);
}

/**
 * Returns rows as CSV. A text that a spreadsheet would take for a formula begins with an apostrophe.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvOf(rows: readonly Row[]): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
