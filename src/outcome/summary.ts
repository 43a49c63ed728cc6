import type { Rule } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import { printable } from "#domain/text.ts";
import type { Outcome } from "./outcome.ts";

/** Returns an outcome as one line of printable text: the result, the grant and the reason. */
export function summary(outcome: Outcome): string {
  return `${outcome.result} ${details(outcome)}`;
}

/** Returns the same line without the result. */
export function details(outcome: Outcome): string {
  const { result, grant } = outcome;
  const ports = grant.rule ? ` ${portsText(grant.rule)}` : "";
  const head = `${grant.service} ${grant.resource} ${sourceText(grant.source)}${ports}`;
  switch (result) {
    case "permitted":
      return `${head}: by ${outcome.decision.statements.join(", ")}`;
    case "failed":
      return `${head}: ${outcome.error.name}: ${outcome.error.message}`;
    default:
      return `${head}: ${outcome.decision.reason}${outcome.note ? ` (${outcome.note})` : ""}`;
  }
}

/** Returns the protocol and ports of a rule as short text, such as `tcp 6379` or `all traffic`. */
export function portsText({ protocol, fromPort, toPort }: Rule): string {
  const ports =
    fromPort === undefined || toPort === undefined ? "all ports" : fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
  return protocol === "-1" ? "all traffic" : `${printable(protocol, 16)} ${ports}`;
}
