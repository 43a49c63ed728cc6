/** Gives milliseconds since 1970. Windows and deadlines are measured by one clock, which entrances and tests inject. */
export type Clock = () => number;

/** When work has to have ended: `time` in milliseconds since 1970, by `clock`. */
export interface Deadline {
  readonly clock: Clock;
  readonly time: number;
}

/** Milliseconds until the deadline; negative after it. */
export function timeLeft({ clock, time }: Deadline): number {
  return time - clock();
}

/** The deadline that comes so many milliseconds from now, or the given one if that is earlier. */
export function within(deadline: Deadline, ms: number): Deadline {
  const { clock, time } = deadline;
  return { clock, time: Math.min(time, clock() + ms) };
}

/**
 * The deadline for the next of several grants: an equal share of the time left, but of much time enough to succeed, and
 * never next to nothing. Equal shares of a short time would be too short for any of very many grants.
 */
export function shareFor(grants: number, deadline: Deadline): Deadline {
  const left = timeLeft(deadline);
  return within(deadline, Math.max(left / grants, Math.min(left / 8, 3_000), 250));
}

/** Milliseconds since a time of day in text form, under their key in outcomes; nothing when the text cannot be read as a time. */
export function elapsedSince(time: string, { clock }: Pick<Deadline, "clock">): { readonly elapsedMs?: number } {
  const elapsedMs = clock() - Date.parse(time);
  return Number.isFinite(elapsedMs) ? { elapsedMs } : {};
}
