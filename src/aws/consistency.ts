import { setTimeout as sleep } from "node:timers/promises";
import { type Deadline, timeLeft } from "./deadline.ts";
import { isAbsent } from "./failure.ts";
import type { Send } from "./send.ts";

/**
 * Every window, pause and count that AWS's eventual consistency requires. Times are in milliseconds; counts include the first try.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export const consistency = {
  /**
   * After this time only the list counts. Before, either the list or the event may be newer: reads lag by seconds, sometimes by
   * minutes.
   */
  settled: 300_000,
  /** The first retry is a minute after the event, or two minutes from the queue. A rule that is not listed by then counts as removed. */
  retried: 60_000,
  /**
   * A list of stores that was begun this long after a call shows what the call changed, as far as any list does: eventTime has whole
   * seconds, and is of another clock.
   */
  lookAfterCall: 2_000,
  /** A list of stores that was begun longer ago is read again: what it does not show may decide against a revoke. */
  lookServes: 10_000,
  /** Reads until a list shows what the event shows. A miss at once is common; a miss after 1.4 s of pauses is not. */
  readsUntilListed: 4,
  /** Reads of a resource that AWS does not find, because it may have been created a moment ago. */
  readsOfAbsent: 3,
  /** Reads of a prefix list's entries or of a group's owner that AWS does not find, for the same reason. */
  readsOfSource: 3,
  /** Retries of revokes for rules that AWS does not find yet, in total for one event. */
  revokesOfUnknownRule: 6,
  /** The pause between two revokes of the same entry. */
  pauseBetweenRevokes: 500,
  /** The pause before the second read. It doubles before each further read. */
  firstPauseBetweenReads: 200,
} as const;

/** True when the recorded call was made more than `ms` milliseconds ago. False when its time cannot be read. */
export function isOlderThan(
  ms: number,
  { event }: { readonly event: { readonly time: string } },
  { clock }: Pick<Deadline, "clock">,
): boolean {
  return clock() - Date.parse(event.time) > ms;
}

/** How often to try something that eventual consistency may hide: once where reads show every change at once. */
export function tries(count: number, { isConsistent }: Pick<Send, "isConsistent">): number {
  return isConsistent ? 1 : count;
}

/** Waits before the next read; `attempt` counts the reads so far. Returns false at once when the pause would pass the deadline. */
export async function catchUp(attempt: number, deadline: Deadline): Promise<boolean> {
  const pause = consistency.firstPauseBetweenReads * 2 ** (attempt - 1);
  if (pause > timeLeft(deadline)) return false;
  await sleep(pause);
  return true;
}

/** Reads until `isCaughtUp` accepts the answer, and returns the last answer, accepted or not. Throws what `read` throws. */
export async function reread<Answer>(
  send: Pick<Send, "deadline" | "isConsistent">,
  read: () => Promise<Answer>,
  isCaughtUp: (answer: Answer) => boolean,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await read();
    const isLast = isCaughtUp(answer) || attempt === tries(consistency.readsUntilListed, send);
    if (isLast || !(await catchUp(attempt, send.deadline))) return answer;
  }
}

/** Returns what `read` lists, or an empty list when AWS repeatedly does not find the resource. Throws any other error of `read`. */
export async function nothingIfAbsent<Item>(
  read: () => Promise<readonly Item[]>,
  send: Pick<Send, "deadline" | "isConsistent">,
): Promise<readonly Item[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (failure) {
      if (!isAbsent(failure)) throw failure;
      if (attempt === tries(consistency.readsOfAbsent, send)) return [];
      if (!(await catchUp(attempt, send.deadline))) throw failure;
    }
  }
}
