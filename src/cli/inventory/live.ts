import type { AuthorizationEntry } from "#authorizations/index.ts";
import { AwsFailure } from "#aws/failure.ts";
import type { Place } from "#domain/place.ts";
import { printable } from "#domain/text.ts";
import type { PlaceLine } from "#inventory/line.ts";
import { placeLines } from "#inventory/list.ts";
import type { FoundPlace } from "../places/find.ts";
import { inParallel } from "../places/in-parallel.ts";
import type { Reach } from "../places/reach.ts";

/** Called with each line of each place. The lines of one place come in order, and the next one after the call has ended. */
export type OnLine = (line: PlaceLine) => Promise<void>;

/** Lists places, several at the same time. What cannot be reached or read is that place's problem: the others are still listed. */
export async function listPlaces(
  places: readonly FoundPlace[],
  reach: Reach,
  registry: readonly AuthorizationEntry[],
  concurrency: number,
  onLine: OnLine,
): Promise<void> {
  await inParallel(places, concurrency, async ({ place, problem }) => {
    if (problem !== undefined) await failed(place, problem, onLine);
    else await listPlace(place, reach, registry, onLine);
  });
}

async function listPlace(place: Place, reach: Reach, registry: readonly AuthorizationEntry[], onLine: OnLine): Promise<void> {
  const reached = await reach.to(place).catch((failure: unknown) => {
    if (failure instanceof AwsFailure) return failure;
    throw failure;
  });
  if (reached instanceof AwsFailure) return failed(place, reached.message, onLine);
  try {
    for await (const line of placeLines(place, reached.send, registry, Date.now)) await onLine(line);
  } finally {
    reached.close();
  }
}

/** Writes the lines of a place of which nothing is known. */
export async function failed(place: Place, problem: string, onLine: OnLine): Promise<void> {
  await onLine({ line: "problem", place, problem: printable(problem) });
  await onLine({ line: "end", place, listedAt: new Date().toISOString(), complete: false, grants: 0 });
}
