import type { Authorization } from "#authorizations/authorization.ts";
import type { Claim } from "#authorizations/event.ts";
import { events, vpcRule } from "#authorizations/index.ts";
import { type CloudTrailRecord, EventError, readRecord } from "#cloudtrail/record.ts";

/** A record of a watched call, with what is needed to make its grants. */
export interface WatchedRecord {
  readonly record: CloudTrailRecord;
  readonly claims: readonly Claim[];
  readonly authorization: Authorization;
  readonly isVpcRule: boolean;
}

/** The names of the watched calls by their service: a reader asks for each of millions of records. */
const watched = new Map<string, Set<string>>();
for (const { eventSource, eventName } of events) watched.set(eventSource, (watched.get(eventSource) ?? new Set()).add(eventName));

/** True for a call that is watched. */
export function isWatched(eventSource: string, eventName: string): boolean {
  return watched.get(eventSource)?.has(eventName) === true;
}

/** Reads the record of a watched call that succeeded; undefined for any other event, whose problem the handler reports. */
export async function watchedRecord(event: unknown): Promise<WatchedRecord | undefined> {
  const record = readable(event);
  if (record instanceof EventError || record.failed) return undefined;
  const entry = events.find(({ eventSource, eventName }) => eventSource === record.eventSource && eventName === record.eventName);
  if (!entry) return undefined;
  const [reader, { authorization }] = await Promise.all([entry.load(), entry.authorization.load()]);
  return { record, claims: reader.event.claims(record), authorization, isVpcRule: entry.authorization === vpcRule };
}

/** Returns the record in an event, or why it cannot be read. */
export function readable(event: unknown): CloudTrailRecord | EventError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // A file can have millions of values that are no records, and their stacks would take most of the time.
  try {
    return readRecord(event);
  } catch (error) {
    if (error instanceof EventError) return error;
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
