import { nothingIfAbsent } from "#aws/consistency.ts";
import { everyOf } from "#aws/pages.ts";
import type { Send } from "#aws/send.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { type Source, sameSource, sourceKey } from "#domain/source.ts";
import type { Authorization, ListedEntry } from "./authorization.ts";
import type { EventReader, Found } from "./event.ts";

/** What a record says of its grants. `complete` is false when something in it could not be read, or was not expected. */
interface Reading {
  readonly resource: string | undefined;
  readonly sources: readonly Source[];
  readonly complete: boolean;
  /** Where the resource is, when that is not where the call was made. */
  readonly place?: Place;
  /** Finds the entries by what the record does name, where AWS needs no resource for that. */
  readonly lookUp?: (send: Send, place: Place) => Promise<readonly ListedEntry[]>;
}

/** An event whose request names a resource and, in most cases, the source. */
export interface ResourceEvent {
  readonly service: string;
  readonly eventName: string;
  read(record: CloudTrailRecord): Reading;
  /** The entries of the resource that the response in the record shows. */
  inResponse(record: CloudTrailRecord): readonly ListedEntry[];
  readonly list: Authorization["list"];
}

/** Makes the reader of such an event. When the record does not say all, every grant on its resource counts. */
export function readResourceEvent({ service, eventName, read, inResponse, list }: ResourceEvent): EventReader {
  const grantAt =
    (place: Place, resource: string) =>
    (source: Source): Grant => ({ place, service, authorization: eventName, resource, source });

  return {
    claims(record) {
      const { resource, sources, complete, place = record.place } = read(record);
      if (resource === undefined) return [];
      const answered = inResponse(record).flatMap((each) => ("source" in each ? each.source : []));
      const claimed = complete || answered.length === 0 ? sources : answered;
      return claimed.map(grantAt(place, resource)).map((grant) => ({ kind: "granted", grant }));
    },

    async grants(record, sendTo) {
      const { resource, sources, complete, place = record.place, lookUp } = read(record);
      if (resource !== undefined) {
        const grant = grantAt(place, resource);
        if (complete) return { grants: distinct(sources).map(grant), problem: undefined };
        try {
          const send = sendTo(place);
          return grantsOf(await nothingIfAbsent(() => everyOf(list(send, resource, place)), send), sources, grant);
        } catch (problem) {
          return { grants: distinct(sources).map(grant), problem: problem as Error };
        }
      }
      if (!lookUp) throw new EventError(`The ${eventName} names no resource that can be read, so its grants cannot be listed`);
      const send = sendTo(place);
      const entries = await nothingIfAbsent(() => lookUp(send, place), send);
      const names = [...new Set(entries.map((each) => each.resource))];
      const found = names.map((name) => {
        const own = entries.filter((each) => each.resource === name);
        return grantsOf(own, [], grantAt(place, name));
      });
      return { grants: found.flatMap(({ grants }) => grants), problem: found.find(({ problem }) => problem)?.problem };
    },
  };
}

/** What is listed, and what the record says beside it. Entries that cannot be read are the problem. */
function grantsOf(entries: readonly ListedEntry[], sources: readonly Source[], grant: (source: Source) => Grant): Found {
  const listed = entries.flatMap((each) => ("source" in each ? each.source : []));
  const unreadable = entries.flatMap((each) => ("unreadable" in each ? each.unreadable : []));
  const problem =
    unreadable.length === 0
      ? undefined
      : new EventError(`AWS lists entries that cannot be read and were not judged: ${unreadable.join(" ")}`);
  return { grants: distinct([...listed, ...sources]).map(grant), problem };
}

/** Each source once; of several texts for one network, the first. Group names that differ only in case may be judged differently. */
function distinct(sources: readonly Source[]): Source[] {
  const same = (a: Source, b: Source) => sameSource(a, b) && (a.kind === "range" || sourceKey(a) === sourceKey(b));
  return sources.filter((source, index) => sources.findIndex((other) => same(source, other)) === index);
}
