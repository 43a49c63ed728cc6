import { AwsFailure, catchUp } from "#aws/connect.ts";
import { type CloudTrailRecord, EventError, itemsOf, nameOf, valuesOf } from "#cloudtrail/record.ts";
import { accountId } from "#domain/account.ts";
import { type Grant, type Place, type Source, sameSource } from "#domain/grant.ts";
import { parseRange } from "#domain/range.ts";
import { shown } from "#domain/text.ts";
import { sourceText } from "#outcome/outcome.ts";
import type { Authorization, Found, Send, Standing } from "./authorization.ts";

/** What an event says of itself. `complete` is false when something in it could not be read, or was not expected. */
export interface Reading {
  readonly resource: string | undefined;
  readonly sources: readonly Source[];
  readonly complete: boolean;
  /** Where the resource is, if not where the record says that the call was made. */
  readonly place?: Place;
  /** Finds the grants by what the event does name, where AWS can do without the resource. */
  readonly lookUp?: (send: Send, place: Place) => Promise<readonly Standing[]>;
}

/** An authorization whose event names a resource and, in most cases, whom it lets in. */
export interface Definition extends Omit<Authorization, "find" | "told"> {
  readonly service: string;
  readonly eventName: string;
  read(record: CloudTrailRecord): Reading;
  /** What the call's answer in the record said stood on the resource then. */
  answered(record: CloudTrailRecord): readonly Standing[];
}

/** Makes the authorization: an event that does not say it all has its resource listed, and every grant there counts. */
export function defineAuthorization(definition: Definition): Authorization {
  const { service, eventName, read, answered } = definition;
  const grantAt =
    (place: Place, resource: string) =>
    (source: Source): Grant => ({ place, service, authorization: eventName, resource, source });
  return {
    ...definition,
    async find(record, sendTo) {
      const { resource, sources, complete, place = record.place, lookUp } = read(record);
      if (resource === undefined) {
        if (!lookUp) throw new EventError(`The ${eventName} names no resource that can be read, so it cannot be listed either`);
        const standing = await nothingIfAbsent((send) => lookUp(send, place), sendTo(place));
        const found = [...new Set(standing.map((each) => each.resource))].map((name) =>
          withListed(
            [],
            standing.filter((each) => each.resource === name),
            grantAt(place, name),
          ),
        );
        const problem = found.flatMap((each) => each.problem ?? [])[0];
        return { grants: found.flatMap(({ grants }) => grants), ...(problem && { problem }) };
      }
      const grant = grantAt(place, resource);
      if (complete) return { grants: distinct(sources).map(grant) };
      try {
        return withListed(sources, await nothingIfAbsent((send) => everyOf(definition.list(send, resource, place)), sendTo(place)), grant);
      } catch (problem) {
        return { grants: distinct(sources).map(grant), problem: problem as Error };
      }
    },
    told(record) {
      const { resource, sources, complete, place = record.place } = read(record);
      if (resource === undefined) return [];
      const shown = answered(record).flatMap((each) => ("source" in each ? each.source : []));
      return (complete || shown.length === 0 ? sources : shown).map(grantAt(place, resource));
    },
  };
}

function withListed(sources: readonly Source[], standing: readonly Standing[], grant: (source: Source) => Grant): Found {
  const listed = standing.flatMap((each) => ("source" in each ? each.source : []));
  const unreadable = standing.flatMap((each) => ("unreadable" in each ? each.unreadable : []));
  const grants = distinct([...listed, ...sources]).map(grant);
  if (unreadable.length === 0) return { grants };
  return { grants, problem: new EventError(`AWS lists what cannot be read, so nothing judged it: ${unreadable.join(" ")}`) };
}

/** Each source once; of several texts for one network, the first. Names that differ in case only may be judged differently. */
function distinct(sources: readonly Source[]): Source[] {
  const same = (a: Source, b: Source) => sameSource(a, b) && (a.kind === "range" || sourceText(a) === sourceText(b));
  return sources.filter((source, index) => sources.findIndex((other) => same(source, other)) === index);
}

/** What stands on one resource; nothing when there is no such resource. */
export async function standingOn(
  { resource, place }: Pick<Grant, "resource" | "place">,
  { list }: Pick<Authorization, "list">,
  send: Send,
): Promise<readonly Standing[]> {
  try {
    return await everyOf(list(send, resource, place));
  } catch (failure) {
    if (isAbsent(failure)) return [];
    throw failure;
  }
}

const mostReads = 4;

/**
 * Asks until the answer shows what it should, as AWS's reads may lag behind its writes: four times at most, with pauses
 * that grow, and within the sender's time. Gives the last answer, whatever it shows.
 */
export async function reread<Answer>(send: Send, ask: () => Promise<Answer>, isCaughtUp: (answer: Answer) => boolean): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask();
    if (isCaughtUp(answer) || attempt === mostReads || !(await catchUp(attempt, send))) return answer;
  }
}

/** Every page of a list: `ask` sends for the one that a token names, and the next one's token stands in it under `key`. */
export async function* pages<Key extends string, Page extends { readonly [K in Key]?: string | undefined }>(
  ask: (token: string | undefined) => Promise<Page>,
  key: Key,
): AsyncGenerator<Page> {
  let token: string | undefined;
  do {
    const page = await ask(token);
    yield page;
    token = page[key];
  } while (token);
}

/** Everything that a list gives, all pages of it. */
export async function everyOf<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const each of list) all.push(each);
  return all;
}

const mostReadsOfAbsent = 3;

/** What was found; nothing where AWS goes on saying that there is no such resource. A read soon after a write may miss it. */
async function nothingIfAbsent(find: (send: Send) => Promise<readonly Standing[]>, send: Send): Promise<readonly Standing[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await find(send);
    } catch (failure) {
      if (!isAbsent(failure)) throw failure;
      if (attempt === mostReadsOfAbsent) return [];
      if (!(await catchUp(attempt, send))) throw failure;
    }
  }
}

function isAbsent(failure: unknown): boolean {
  return failure instanceof AwsFailure && failure.meaning === "notFound";
}

/** The sources named by members of a bag, whatever their case; `complete` is false when one is there and cannot be read. */
export function sourcesIn(bag: unknown): Pick<Reading, "sources" | "complete"> {
  const ranges = valuesOf(bag, "CIDRIP").map((text) => (typeof text === "string" && parseRange(text) ? text : undefined));
  const sources: Source[] = ranges.flatMap((range) => (range === undefined ? [] : { kind: "range", range }));
  let complete = sources.length === ranges.length;
  if (valuesOf(bag, "EC2SecurityGroupName").length + valuesOf(bag, "EC2SecurityGroupOwnerId").length > 0) {
    const securityGroup = nameOf(bag, "EC2SecurityGroupName");
    const owner = accountId(nameOf(bag, "EC2SecurityGroupOwnerId") ?? "");
    if (securityGroup !== undefined && owner) sources.push({ kind: "securityGroup", owner, securityGroup });
    else complete = false;
  }
  return { sources, complete: complete && sources.length > 0 };
}

/** The entries of the named lists of a group that let someone in: those that AWS does not say it is revoking. */
export function standingIn(group: unknown, resource: string, lists: readonly string[]): Standing[] {
  const entries = lists.flatMap((key) => itemsOf(group, key));
  return entries.flatMap((entry): Standing[] => {
    if (nameOf(entry, "Status")?.startsWith("revok")) return [];
    const { sources, complete } = sourcesIn(entry);
    return complete ? sources.map((source) => ({ resource, source })) : [{ resource, unreadable: shown(entry, 256) }];
  });
}

/** True when a bag holds only keys that the event is known to have: another one may hide a grant. */
export function holdsOnly(bag: unknown, keys: readonly string[]): boolean {
  const known = new Set(keys.map((key) => key.toLowerCase()));
  return typeof bag === "object" && bag !== null && Object.keys(bag).every((key) => known.has(key.toLowerCase()));
}
