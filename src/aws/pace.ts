import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "./deadline.ts";
import { asServiceError, codeOf } from "./failure.ts";

/** The pace of one action: how far apart its requests must be. */
export interface Pace {
  /** Waits for the next request's turn. Rejects when the signal aborts. */
  turn(signal: AbortSignal): Promise<void>;
  /** Slows all callers after a throttled request, and lets them be faster again after any other. */
  adapt(error?: unknown): void;
}

/** Milliseconds between two requests: after the first throttling, and at most. */
const [first, most] = [50, 2_000];

/**
 * Creates a pace without limit. AWS throttles an account's calls of an action together, so one throttled caller slows all of this
 * process, as the SDK's adaptive retry mode does; that one would begin with a request in two seconds.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function createPace(clock: Clock): Pace {
  let interval = 0;
  let next = 0;
  return {
    async turn(signal) {
      for (let wait = next - clock(); wait > 0; wait = next - clock()) await sleep(wait, undefined, { signal });
      next = clock() + interval;
    },
    adapt(error) {
      const isThrottled =
        error !== undefined && /Throttl|^(RequestLimitExceeded|TooManyRequests|SlowDown)/.test(codeOf(asServiceError(error)));
      if (isThrottled) interval = Math.min(Math.max(first, interval * 2), most);
      else if (interval > 0) interval = interval < first / 2 ? 0 : interval * 0.8;
    },
  };
}
