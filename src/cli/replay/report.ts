import { printable } from "#domain/text.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { details } from "#outcome/summary.ts";
import { colours, paint } from "../paint.ts";
import { assumedText, listed } from "./assumed-stores.ts";
import type { Judged } from "./judge.ts";

/** Prints what came of events. */
export interface Report {
  /** Prints one event, if it is to be shown. `file` says where it is, as printable text. */
  event(file: string, judged: Judged): void;
  /** Prints the totals, by result, and in what the emulator can differ from AWS unless each event says so. */
  end(counts: ReadonlyMap<string, number>, notes: readonly string[]): void;
}

/** What is printed of the events. */
export interface Shown {
  readonly json: boolean;
  /** Only totals. */
  readonly quiet: boolean;
  /** True for the outcomes that are printed, and the events with them; undefined: all. */
  readonly isWanted: ((outcome: Outcome) => boolean) | undefined;
}

/** Creates a report: text, or the outcomes as one line of JSON each and the totals on standard error. */
export function createReport({ json, quiet, isWanted }: Shown): Report {
  let isFirst = true;
  return {
    event(file, judged) {
      const outcomes = isWanted ? judged.outcomes.filter(isWanted) : judged.outcomes;
      if (quiet || (outcomes.length === 0 && (json || isWanted !== undefined))) return;
      isFirst = false;
      const text = json ? outcomes.map((outcome) => JSON.stringify({ ...outcome, file })) : block(file, judged, outcomes);
      process.stdout.write(`${text.join("\n")}\n`);
    },
    end(counts, notes) {
      if (json || quiet || isWanted) for (const note of notes) console.error(note);
      const total = [...counts].map(([result, count]) => totalOf(result, count)).join(", ") || "no events";
      if (json) console.error(total);
      else process.stdout.write(`${isFirst ? "" : "\n"}${total}\n`);
    },
  };
}

/** Returns one total, such as "1 call failed" or "2 calls failed". The other results have no plural. */
function totalOf(result: string, count: number): string {
  return `${count} ${result === "call failed" && count > 1 ? "calls failed" : result}`;
}

/** Returns the lines of text about an event. */
function block(file: string, { record, reason, assumed = [], known = [], before, after, ...judged }: Judged, outcomes: readonly Outcome[]) {
  const lines: [name: string, text: string, colour?: Parameters<typeof paint>[0]][] = [];
  if (record) {
    const { event, place } = record;
    lines.push(["call", `${event.name} of ${printable(record.eventSource, 128)}`]);
    lines.push(["made", `${event.time}, in ${place.account} ${place.region}, by ${event.actor}`]);
  }
  if (assumed.length > 0) lines.push(["assumed", `${assumedText} behind ${listed(assumed)}; see --store`]);
  if (known.length > 0) lines.push(["rules", `those of ${listed(known)} that earlier events show`]);
  if (judged.outcomes.length === 0) lines.push(["no grant", reason ?? ""]);
  if (judged.outcomes.length > 0 && before) lines.push(["before", before.join(", ") || "nobody"]);
  for (const outcome of outcomes) {
    lines.push([outcome.result, details(outcome), colours[outcome.result]]);
    if ("detach" in outcome) lines.push(["detach", outcome.detach]);
    if ("undo" in outcome) lines.push(["undo", outcome.undo]);
  }
  if (judged.outcomes.length > 0 && after) lines.push(["after", after.join(", ") || "nobody"]);
  return [
    paint("bold", file),
    ...lines.map(([name, text, colour]) => `  ${colour ? paint(colour, name.padEnd(11)) : name.padEnd(11)} ${text}`),
  ];
}
