import type { PlaceLine } from "#inventory/line.ts";
import { counted } from "../counted.ts";
import type { Counts } from "../places/reach.ts";
import { progressLine } from "../progress.ts";

/** Shows how far the listing of places is: places done, grants, requests, throttled ones, and the time that is left at this speed. */
export function placeProgress(total: number, counts: Counts): { add(line: PlaceLine): void; clear(): void; end(): void } {
  let [places, grants] = [0, 0];
  const line = progressLine((elapsed) => {
    const left = places > 0 && places < total ? `, about ${Math.ceil(((elapsed / places) * (total - places)) / 1000)} s left` : "";
    const requests = `${counted(counts.requests, "request")}, ${counts.throttled} throttled`;
    return `${places} of ${counted(total, "place")}, ${counted(grants, "grant")}, ${requests}${left}`;
  });
  return {
    add({ line: kind }) {
      if (kind === "grant") grants++;
      if (kind === "end") places++;
    },
    clear: line.clear,
    end: line.end,
  };
}
