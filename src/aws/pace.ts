import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "./deadline.ts";
import { isThrottling } from "./failure.ts";

/** The pace of one action: how far apart its requests must be. */
export interface Pace {
  /** Waits for the next request's turn, and returns the time of it. Rejects when the signal aborts. */
  turn(signal: AbortSignal): Promise<number>;
  /** Slows all callers after a throttled request, and lets them be faster again after any other. `turn` is the time of its turn. */
  adapt(turn: number, error?: unknown): void;
}

/** Milliseconds between two requests: after the first throttling, and at most. */
const [first, most] = [50, 2_000];
/** Milliseconds without requests in which the pace doubles: AWS refills an account's limits meanwhile. */
const recovery = 1_000;

/**
 * Creates a pace whose requests are at least `least` milliseconds apart, by default without limit. AWS throttles an account's calls of an action together, so one throttled caller slows all of this
 * process, as the SDK's adaptive retry mode does; that one would begin with a request in two seconds.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function createPace(clock: Clock, least = 0): Pace {
  let interval = least;
  let next = 0;
  let slowedAt = 0;
  return {
    async turn(signal) {
      for (let wait = next - clock(); wait > 0; wait = next - clock()) await sleep(wait, undefined, { signal });
      const now = clock();
      interval *= 0.5 ** ((now - next) / recovery);
      if (interval < Math.max(least, first / 2)) interval = least;
      next = now + interval;
      return now;
    },
    adapt(turn, error) {
      if (error === undefined || !isThrottling(error)) interval = Math.max(least, interval * 0.9);
      // Requests that were sent at the former pace say nothing about this one.
      else if (turn >= slowedAt) {
        interval = Math.min(Math.max(first, interval * 2), most);
        slowedAt = clock();
        next = Math.max(next, slowedAt + interval);
      }
    },
  };
}
