import { styleText } from "node:util";
import type { Outcome } from "#outcome/outcome.ts";
import { details } from "#outcome/summary.ts";

/** How what happened is shown on standard output. */
export interface Show {
  event(label: string, outcomes: readonly Outcome[], before: readonly string[] | undefined, after: readonly string[] | undefined): void;
  end(counts: ReadonlyMap<string, number>): void;
}

/** One JSON text an outcome. */
export const json: Show = {
  event(_label, outcomes) {
    for (const outcome of outcomes) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  },
  end() {},
};

/** What happened, for people. */
export const words: Show = {
  event(label, outcomes, before, after) {
    const lines = [paint("bold", label)];
    if (before) lines.push(`  before      ${before.join(", ") || "nobody"}`);
    if (outcomes.length === 0)
      lines.push("  no grant    the call failed, what it gave is gone, or the event tells too little to make it here");
    for (const outcome of outcomes) {
      lines.push(`  ${paint(colours[outcome.result], outcome.result.padEnd(11))} ${details(outcome)}`);
      if ("undo" in outcome) lines.push(`  undo        ${outcome.undo}`);
    }
    if (after) lines.push(`  after       ${after.join(", ") || "nobody"}`);
    process.stdout.write(`${lines.join("\n")}\n`);
  },
  end(counts) {
    const total = [...counts].map(([what, number]) => `${number} ${what}`).join(", ");
    process.stdout.write(`\n${total || "no events"}\n`);
  },
};

const colours = {
  permitted: "green",
  outOfScope: "dim",
  reported: "yellow",
  revoked: "yellow",
  alreadyGone: "green",
  failed: "red",
} as const;

/** Colour on a terminal only, and never with NO_COLOR. */
function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY && !process.env["NO_COLOR"] ? styleText(style, text) : text;
}
