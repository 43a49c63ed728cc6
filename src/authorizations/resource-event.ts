import { nothingIfAbsent } from "#aws/consistency.ts";
import { everyOf } from "#aws/pages.ts";
import type { Send } from "#aws/send.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { type Source, sameSource, sourceKey } from "#domain/source.ts";
import type { ListEntries, ListedEntry } from "./authorization.ts";
import type { EventReader, FoundGrants } from "./event.ts";

/** The grants that a record shows. `complete` is false when something in the record cannot be read or is not expected. */
interface Reading {
  readonly resource: string | undefined;
  readonly sources: readonly Source[];
  readonly complete: boolean;
  /** The place of the resource, when it is not the record's. */
  readonly place?: Place;
  /** Lists the entries without the resource, by what the record does name. Absent when AWS cannot. */
  readonly lookUp?: (send: Send, place: Place) => Promise<readonly ListedEntry[]>;
}

/** An event whose request names a resource and, in most cases, the source. */
export interface ResourceEvent {
  readonly service: string;
  readonly eventName: string;
  read(record: CloudTrailRecord): Reading;
  /** Returns the entries that the response in the record shows. */
  inResponse(record: CloudTrailRecord): readonly ListedEntry[];
  /** Undefined: AWS has no list, so an incomplete record fails after the grants in it are handled. */
  readonly list: ListEntries | undefined;
}

/** Creates the reader of such an event. When the record does not show all grants, the reader returns every grant on the resource. */
export function readResourceEvent({ service, eventName, read, inResponse, list }: ResourceEvent): EventReader {
  const grantAt =
    (place: Place, resource: string) =>
    (source: Source): Grant => ({ place, service, authorization: eventName, resource, source });

  return {
    claims(record) {
      const { resource, sources, complete, place = record.place } = read(record);
      if (resource === undefined) return [];
      const answeredSources = inResponse(record).flatMap((each) => ("source" in each ? each.source : []));
      const claimedSources = complete || answeredSources.length === 0 ? sources : answeredSources;
      return claimedSources.map(grantAt(place, resource)).map((grant) => ({ kind: "granted", grant }));
    },

    async grants(record, sendTo) {
      const { resource, sources, complete, place = record.place, lookUp } = read(record);
      if (resource !== undefined) {
        const grant = grantAt(place, resource);
        if (complete) return { grants: distinct(sources).map(grant), problem: undefined };
        if (!list) {
          const problem = new EventError(`The ${eventName} event does not show all its grants, and AWS has no list of them`);
          return { grants: distinct(sources).map(grant), problem };
        }
        try {
          const send = sendTo(place);
          const entries = await nothingIfAbsent(() => everyOf(list(send, resource, place)), send);
          return { ...grantsOf(entries, sources, grant), nothing: `${resource} does not exist, or AWS lists no entry on it` };
        } catch (problem) {
          return { grants: distinct(sources).map(grant), problem: problem as Error };
        }
      }
      if (!lookUp) throw new EventError(`The ${eventName} event names no resource that can be read, so its grants cannot be listed`);
      const send = sendTo(place);
      const entries = await nothingIfAbsent(() => lookUp(send, place), send);
      const names = [...new Set(entries.map((each) => each.resource))];
      const found = names.map((name) => {
        const own = entries.filter((each) => each.resource === name);
        return grantsOf(own, [], grantAt(place, name));
      });
      const nothing = "the event does not name its resource, and AWS lists no entry that the call can have added";
      return { grants: found.flatMap(({ grants }) => grants), problem: found.find(({ problem }) => problem)?.problem, nothing };
    },
  };
}

/** Returns the grants that are listed and those that the record shows. The problem names the entries that cannot be read. */
function grantsOf(entries: readonly ListedEntry[], sources: readonly Source[], grant: (source: Source) => Grant): FoundGrants {
  const listed = entries.flatMap((each) => ("source" in each ? each.source : []));
  const unreadable = entries.flatMap((each) => ("unreadable" in each ? each.unreadable : []));
  const problem =
    unreadable.length === 0
      ? undefined
      : new EventError(`AWS lists entries that cannot be read and were not judged: ${unreadable.join(" ")}`);
  return { grants: distinct([...listed, ...sources]).map(grant), problem };
}

/**
 * Removes duplicates. Keeps the first text of a network, and all group names that differ in case: the policy may judge them
 * differently.
 */
function distinct(sources: readonly Source[]): Source[] {
  const same = (a: Source, b: Source) => sameSource(a, b) && (a.kind === "range" || sourceKey(a) === sourceKey(b));
  return sources.filter((source, index) => sources.findIndex((other) => same(source, other)) === index);
}
