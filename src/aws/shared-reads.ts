import { setTimeout as sleep } from "node:timers/promises";
import type { Place } from "#domain/place.ts";
import { consistency } from "./consistency.ts";
import type { Deadline } from "./deadline.ts";
import { mostKeys, onceEach, type ReadsFor } from "./reads.ts";
import type { Send } from "./send.ts";

/** A read that has been begun. */
interface Look {
  readonly begunAt: number;
  readonly answer: Promise<unknown>;
}

/** How long keys of several events are gathered for one request, in milliseconds. */
const gathering = 20;

/**
 * Creates the reads that the events of a batch share. An event whose call was made a moment ago waits until a look that is begun then can
 * serve it. An answer from before an event's call is never used.
 */
export function sharedReads(senderAt: (place: Place) => Send, { clock }: Pick<Deadline, "clock">): ReadsFor {
  const looks = new Map<string, Look>();
  const gathered = new Map<string, { readonly keys: Set<string>; readonly answer: Promise<unknown> }>();

  function begin(key: string, read: () => Promise<unknown>): Promise<unknown> {
    const look = { begunAt: clock(), answer: read() };
    looks.set(key, look);
    look.answer.catch(() => looks.get(key) === look && looks.delete(key));
    return look.answer;
  }

  async function lookSince(calledAt: number, key: string, read: () => Promise<unknown>): Promise<unknown> {
    const early = calledAt + consistency.lookAfterCall - clock();
    // A time in the future, or none, says nothing about a look's age.
    const isDatable = early <= consistency.lookAfterCall;
    if (isDatable && early > 0) await sleep(early);
    const look = looks.get(key);
    const isRecent = look !== undefined && clock() - look.begunAt <= consistency.lookServes;
    if (isDatable && isRecent && look.begunAt >= calledAt + consistency.lookAfterCall) return look.answer;
    return begin(key, read);
  }

  return (calledAt, place) => {
    const at = `${place.partition} ${place.account} ${place.region}`;
    return {
      once: onceEach((name, read) => lookSince(calledAt, `${at} ${name}`, () => read(senderAt(place)))),
      together<Answer>(name: string, keys: readonly string[], read: (keys: readonly string[], send: Send) => Promise<Answer>) {
        const key = `${at} ${name}`;
        const known = gathered.get(key);
        if (known && known.keys.size + keys.length <= mostKeys) {
          for (const each of keys) known.keys.add(each);
          return known.answer as Promise<Answer>;
        }
        const all = new Set(keys);
        const answer = sleep(gathering).then(() => {
          if (gathered.get(key)?.keys === all) gathered.delete(key);
          return read([...all], senderAt(place));
        });
        gathered.set(key, { keys: all, answer });
        return answer;
      },
    };
  };
}
