import type { Place } from "#domain/place.ts";
import type { Aws } from "./connect.ts";
import type { Deadline } from "./deadline.ts";
import type { Send } from "./send.ts";

/** The most keys of one `together` request: EC2 takes 200 values of a filter. */
export const mostKeys = 200;

/** Reads AWS for one event. Events of the same invocation share answers where that is safe. */
interface Reads {
  /** Reads once for the event. Another event's answer serves too, if it was begun long enough after the call of this event. */
  once<Answer>(name: string, read: (send: Send) => Promise<Answer>): Promise<Answer>;
  /** Reads now what several keys name, such as the rules of groups, in one request with the keys of other events. */
  together<Answer>(name: string, keys: readonly string[], read: (keys: readonly string[], send: Send) => Promise<Answer>): Promise<Answer>;
}

/** Sends to a place, and reads it once for all. */
export type SharingSend = Send & Reads;

/** Returns the reads of one event, by the time of its call in milliseconds since 1970 and its place. */
export type ReadsFor = (calledAt: number, place: Place) => Reads;

/** Creates the reads of the only event of an invocation: each is begun at once, and its answer serves the event as often as it asks. */
export function ownReads(senderAt: (place: Place) => Send): ReadsFor {
  return (_, place) => {
    return {
      once: onceEach((_name, read) => read(senderAt(place))),
      together: (_name, keys, read) => read(keys, senderAt(place)),
    };
  };
}

/** Returns a read that is begun once for each name, and again after a failure. */
export function onceEach(
  begin: (name: string, read: (send: Send) => Promise<unknown>) => Promise<unknown>,
): <Answer>(name: string, read: (send: Send) => Promise<Answer>) => Promise<Answer> {
  const answers = new Map<string, Promise<unknown>>();
  return <Answer>(name: string, read: (send: Send) => Promise<Answer>) => {
    const answer = answers.get(name) ?? begin(name, read);
    answers.set(name, answer);
    answer.catch(() => answers.delete(name));
    return answer as Promise<Answer>;
  };
}

/** Returns a function that sends to a place until a deadline, and reads for an event by the time of its call. */
export function readingSender(aws: Aws, readsFor: ReadsFor, calledAt: number): (place: Place, deadline: Deadline) => SharingSend {
  const readsOf = new Map<string, Reads>();
  return (place, deadline) => {
    const key = `${place.account} ${place.region}`;
    const reads = readsOf.get(key) ?? readsFor(calledAt, place);
    readsOf.set(key, reads);
    return Object.assign(aws.sender(place, deadline), reads);
  };
}
