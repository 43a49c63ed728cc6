import { authorizations } from "#authorizations/index.ts";
import type { Grant } from "#domain/grant.ts";
import type { Mode } from "#domain/policy.ts";
import { parseRange } from "#domain/range.ts";
import { type Source, sourceText } from "#domain/source.ts";
import { printable, shown } from "#domain/text.ts";
import { colours, paint } from "../paint.ts";
import type { Explanation } from "./explanation.ts";

/** Formats an explanation for people. */
export function textOf({
  grant,
  mode,
  decision,
  permitting,
  sameFor,
  nearest: near,
  changes = [],
  permitWith: statement,
  note,
}: Explanation): string {
  const { service, resource, source, place } = grant;
  const where = `${service} ${printable(resource, 255)} (${place.account}, ${place.region})`;
  const isViolation = decision.verdict === "violation";
  const head = [
    `${paint(colours[decision.verdict], decision.verdict)}  ${where}  ${printable(sourceText(source), 512)}  by ${grant.authorization}`,
    ...(sameFor
      ? [`  same for  ${sameFor.map((name) => (isViolation && isReportOnly(name) ? `${name} (never revoked)` : name)).join(", ")}`]
      : []),
  ];
  const statementText = (value: object) => shown(value, 1024);
  if (decision.verdict === "permitted")
    return [...head, ...(permitting ?? []).map((each) => `  by        ${statementText(each)}`)].join("\n");
  const { uncovered = [], uncoveredCount = 0 } = decision.verdict === "violation" ? decision : {};
  const more = uncoveredCount > uncovered.length ? ` and ${uncoveredCount - uncovered.length} more` : "";
  return [
    ...head,
    `  because   ${decision.reason}`,
    ...(note ? [`  note      ${note}`] : []),
    // For everyone, the uncovered rest of the addresses means nothing to a reader.
    ...(uncovered.length > 0 && !isEveryone(source) ? [`  uncovered ${uncovered.join(" ")}${more}`] : []),
    `  would be  ${endOf(grant, mode)}`,
    `  nearest   ${near ? statementText(near) : "no statement permits this kind of source"}`,
    ...(near ? [`  to change ${changes.join(", ")}`] : []),
    `  permit by ${statement ? statementText(statement) : "no statement"}`,
  ].join("\n");
}

function endOf({ authorization }: Grant, mode: Mode): string {
  if (mode === "audit") return "reported (audit mode)";
  return isReportOnly(authorization) ? "reported (never revoked)" : "revoked";
}

function isReportOnly(authorization: string): boolean {
  return authorizations.some(({ name, reportOnly }) => name === authorization && reportOnly);
}

function isEveryone(source: Source): boolean {
  return source.kind === "range" && parseRange(source.range)?.prefix === 0;
}
