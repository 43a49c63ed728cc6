import { styleText } from "node:util";
import type { Outcome } from "#outcome/outcome.ts";
import { details } from "#outcome/summary.ts";

/** Prints the result of a replay on standard output. */
export interface Report {
  /** Prints the outcomes of one event, and the entries of its resource before and after; undefined without an emulator. */
  event(label: string, outcomes: readonly Outcome[], before: readonly string[] | undefined, after: readonly string[] | undefined): void;
  /** Prints the totals, by result. */
  end(counts: ReadonlyMap<string, number>): void;
}

/** Prints each outcome as one line of JSON, and nothing else. */
export const jsonReport: Report = {
  event(_label, outcomes) {
    for (const outcome of outcomes) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  },
  end() {},
};

/** Prints text for people. */
export const textReport: Report = {
  event(label, outcomes, before, after) {
    const lines = [paint("bold", label)];
    if (before) lines.push(`  before      ${before.join(", ") || "nobody"}`);
    if (outcomes.length === 0)
      lines.push("  no grant    the call failed, the grant no longer exists, or the event shows too little to make it in the emulator");
    for (const outcome of outcomes) {
      lines.push(`  ${paint(colours[outcome.result], outcome.result.padEnd(11))} ${details(outcome)}`);
      if ("detach" in outcome) lines.push(`  detach      ${outcome.detach}`);
      if ("undo" in outcome) lines.push(`  undo        ${outcome.undo}`);
    }
    if (after) lines.push(`  after       ${after.join(", ") || "nobody"}`);
    process.stdout.write(`${lines.join("\n")}\n`);
  },
  end(counts) {
    const total = [...counts].map(([result, count]) => `${count} ${result}`).join(", ");
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

/**
 * Colours text, on a terminal only and never with NO_COLOR.
 * @see https://no-color.org
 */
function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY && !process.env["NO_COLOR"] ? styleText(style, text) : text;
}
