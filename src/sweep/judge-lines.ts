import { entryOf } from "#authorizations/index.ts";
import type { EndLine, PlaceLine } from "#inventory/line.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { type Judging, judgeListed } from "./judge.ts";
import { createPlaceViews } from "./place-view.ts";

/** The end of a place: how many grants it had, and what could not be read there. */
export interface JudgedPlace extends Omit<EndLine, "line"> {
  readonly problems: readonly string[];
}

/** What becomes of the lines. The outcomes of a place are passed on before the place. */
export interface OnJudged {
  outcome(outcome: Outcome): Promise<void>;
  place(place: JudgedPlace): Promise<void>;
}

/** Returns a function that judges the grants in the lines of an inventory, of any number of places, as they come. */
export function judgeLines(judging: Omit<Judging, "sweep"> & { readonly id: string }, on: OnJudged): (line: PlaceLine) => Promise<void> {
  const viewOf = createPlaceViews();
  const { id, ...rest } = judging;
  return async (line) => {
    const { grant, view, problems } = viewOf(line);
    if (line.line === "grant" && grant) {
      const entry = entryOf(grant);
      if (!entry) throw new TypeError(`No authorization ${grant.authorization} of ${grant.service}`);
      await on.outcome(await judgeListed(grant, entry, view, { ...rest, sweep: { id, listedAt: line.listedAt } }));
    }
    if (line.line !== "end") return;
    const { line: _, ...ended } = line;
    await on.place({ ...ended, problems });
  };
}
