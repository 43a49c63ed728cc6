/** Returns the time in milliseconds since 1970. One clock measures all windows and deadlines; entry points and tests inject it. */
export type Clock = () => number;

/** When work must end: `time` in milliseconds since 1970, as measured by `clock`. */
export interface Deadline {
  readonly clock: Clock;
  readonly time: number;
}

/** Returns the milliseconds until the deadline; negative after it. */
export function timeLeft({ clock, time }: Deadline): number {
  return time - clock();
}

/** Returns a deadline `ms` milliseconds from now, or the given one if it is earlier. */
export function within(deadline: Deadline, ms: number): Deadline {
  const { clock, time } = deadline;
  return { clock, time: Math.min(time, clock() + ms) };
}

/**
 * Returns the deadline for the next of several grants: an equal share of the time left, but at least the smaller of 3 s and an
 * eighth of the time left, and at least 250 ms. With very many grants, equal shares would be too short for any of them.
 */
export function shareFor(grants: number, deadline: Deadline): Deadline {
  const left = timeLeft(deadline);
  return within(deadline, Math.max(left / grants, Math.min(left / 8, 3_000), 250));
}

/** Returns the milliseconds since a time in ISO 8601, as a member of an outcome; an empty object when the time cannot be read. */
export function elapsedSince(time: string, { clock }: Pick<Deadline, "clock">): { readonly elapsedMs?: number } {
  const elapsedMs = clock() - Date.parse(time);
  return Number.isFinite(elapsedMs) ? { elapsedMs } : {};
}
