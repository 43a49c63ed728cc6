import type { Authorization, Service, Standing } from "#authorizations/authorization.ts";
import { standingOn } from "#authorizations/define.ts";
import { type Entry, registry } from "#authorizations/index.ts";
import { type Aws, connect } from "#aws/connect.ts";
import { elasticache } from "#aws/elasticache.ts";
import { redshift } from "#aws/redshift.ts";
import { type CloudTrailRecord, EventError, readRecord } from "#cloudtrail/record.ts";
import type { Place } from "#domain/grant.ts";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { portsText, sourceText } from "#outcome/outcome.ts";
import { attachedBy, groupsOf, rehearseRules } from "./sandbox-rules.ts";

/** A stand-in for AWS in which the grants behind events are really made before they are judged. */
export interface Rehearsal {
  readonly aws: Aws;
  /** Every request that the stand-in has met since it was last emptied. */
  readonly requests: Emulator["requests"];
  /** Empties the stand-in, makes the authorize calls that an event tells of and gives the event with the ids that they have here. */
  prepare(event: unknown): Promise<unknown>;
  /** Who stands on the event's resource, or undefined when the event tells of none. */
  standing(event: unknown): Promise<readonly string[] | undefined>;
  close(): Promise<void>;
}

/** The SDK of each service, for its authorize commands: the Lambda has no use for them. */
const sdks: Readonly<Record<string, { readonly service: Service; readonly commands: () => Promise<object> }>> = {
  elasticache: { service: elasticache, commands: () => import("@aws-sdk/client-elasticache") },
  redshift: { service: redshift, commands: () => import("@aws-sdk/client-redshift") },
};

/** Starts the embedded emulator. */
export async function rehearse(): Promise<Rehearsal> {
  const emulator = await startEmulator({ createMissing: true });
  const aws = connect({
    endpoint: emulator.url,
    credentials: ({ account }: Place) => ({ accessKeyId: account, secretAccessKey: "rehearsal" }),
  });
  const sender = (place: Place) => aws.sender(place, Date.now() + 10_000);

  async function call(name: string, operation: string, input: object, place: Place): Promise<void> {
    const sdk = sdks[name];
    if (!sdk) throw new TypeError(`No SDK for ${name}`);
    const Command = new Map(Object.entries(await sdk.commands())).get(`${operation}Command`) as new (input: object) => never;
    await sender(place)(sdk.service, new Command(input), "$metadata" as never);
  }

  return {
    aws,
    requests: emulator.requests,
    async prepare(event) {
      emulator.clear();
      const known = await knownBy(event);
      if (!known) return event;
      const { record, authorization } = known;
      if (known.entry.guards) return rehearseRules(event, record, authorization, sender(record.place));
      for (const grant of authorization.told(record)) {
        const { operation, input } = authorization.undo(grant);
        await call(grant.service, operation, input, grant.place);
      }
      return event;
    },
    async standing(event) {
      const known = await knownBy(event);
      if (!known) return undefined;
      const { record, entry, authorization } = known;
      const [first] = authorization.told(record);
      const groups = first && entry.guards ? await groupsOf(first, sender(record.place)) : (attachedBy(record)?.groups ?? []);
      const resources = first && !entry.guards ? [first] : groups.map((resource) => ({ resource, place: record.place }));
      const standing = await Promise.all(resources.map((each) => standingOn(each, authorization, sender(each.place))));
      return resources.length === 0 ? undefined : standing.flat().map(standingText);
    },
    async close() {
      aws.destroy();
      await emulator.close();
    },
  };
}

function standingText(each: Standing): string {
  const who = "source" in each ? sourceText(each.source) : each.unreadable;
  return each.rule ? `${who} ${portsText(each.rule)}` : who;
}

interface Known {
  readonly record: CloudTrailRecord;
  readonly entry: Entry;
  readonly authorization: Authorization;
}

/** The record of an event that granted something; undefined for one that cannot be read, of which the handler says what is wrong. */
async function knownBy(event: unknown): Promise<Known | undefined> {
  const record = readable(event);
  const entry = registry.find(({ eventSource, eventName }) => eventSource === record?.eventSource && eventName === record.eventName);
  if (!record || !entry || record.failed) return undefined;
  return { record, entry, authorization: (await entry.load()).authorization };
}

function readable(event: unknown): CloudTrailRecord | undefined {
  try {
    return readRecord(event);
  } catch (error) {
    if (error instanceof EventError) return undefined;
    throw error;
  }
}
