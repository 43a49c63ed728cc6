import { setTimeout as sleep } from "node:timers/promises";
import { type Deadline, timeLeft } from "./deadline.ts";
import { isAbsent } from "./failure.ts";
import type { Send } from "./send.ts";

/**
 * Every window, pause and count that AWS's eventual consistency needs. Times are in milliseconds, counts include the first try.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export const consistency = {
  /** After this time, what AWS lists is all that counts. Before, the list or the event may be ahead: reads lag by seconds, at times by minutes. */
  settled: 300_000,
  /** Lambda's first retry comes about a minute after the event: what is still not listed by then was removed. */
  retried: 60_000,
  /** Reads until a list shows what the event says: an immediate miss is common, one after 1.4 s of pauses is not. */
  readsUntilListed: 4,
  /** Reads of a resource that AWS says does not exist: it may have been made a moment ago. */
  readsOfAbsent: 3,
  /** Reads of a prefix list or of a group's owner, likewise. */
  readsOfSource: 3,
  /** Revokes of one event, all of its rules together, that are repeated because AWS finds no such rule yet. */
  revokesOfUnknownRule: 6,
  /** Between two revokes of the same entry. */
  pauseBetweenRevokes: 500,
  /** Before the second read; doubled before each read after it. */
  firstPauseBetweenReads: 200,
} as const;

/** True when the call that a record describes is at least so many milliseconds ago. False for a time that cannot be read. */
export function isOlderThan(
  ms: number,
  { event }: { readonly event: { readonly time: string } },
  { clock }: Pick<Deadline, "clock">,
): boolean {
  return clock() - Date.parse(event.time) > ms;
}

/** Waits before the read after the given one, longer for each. Gives false at once when the deadline comes before that. */
export async function catchUp(attempt: number, deadline: Deadline): Promise<boolean> {
  const pause = consistency.firstPauseBetweenReads * 2 ** (attempt - 1);
  if (pause > timeLeft(deadline)) return false;
  await sleep(pause);
  return true;
}

/** Reads again until the answer shows what it should. Gives the last answer, whatever it shows. Throws what `read` throws. */
export async function reread<Answer>(
  { deadline }: Pick<Send, "deadline">,
  read: () => Promise<Answer>,
  isCaughtUp: (answer: Answer) => boolean,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await read();
    if (isCaughtUp(answer) || attempt === consistency.readsUntilListed || !(await catchUp(attempt, deadline))) return answer;
  }
}

/** What is listed; nothing when AWS repeats that there is no such resource. Throws what `read` throws otherwise. */
export async function nothingIfAbsent<Item>(
  read: () => Promise<readonly Item[]>,
  { deadline }: Pick<Send, "deadline">,
): Promise<readonly Item[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (failure) {
      if (!isAbsent(failure)) throw failure;
      if (attempt === consistency.readsOfAbsent) return [];
      if (!(await catchUp(attempt, deadline))) throw failure;
    }
  }
}
