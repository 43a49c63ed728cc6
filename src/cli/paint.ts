import { styleText } from "node:util";
import type { Outcome } from "#outcome/outcome.ts";

type Style = Parameters<typeof styleText>[0];

/**
 * Colours text for standard output. Node.js decides whether: on a terminal that has colours, not with NO_COLOR, and always with FORCE_COLOR.
 * @see https://nodejs.org/api/util.html#utilstyletextformat-text-options
 */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** The colours of results and of verdicts. */
export const colours: Readonly<Record<Outcome["result"] | "violation", Style>> = {
  permitted: "green",
  outOfScope: "dim",
  violation: "yellow",
  reported: "yellow",
  revoked: "yellow",
  alreadyGone: "green",
  failed: "red",
};
