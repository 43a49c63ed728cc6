import { type Authorization, type ListedEntry, listResource } from "#authorizations/authorization.ts";
import type { Claim } from "#authorizations/event.ts";
import { events, vpcRule } from "#authorizations/index.ts";
import { type Aws, connect } from "#aws/connect.ts";
import { elasticache } from "#aws/elasticache.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Send, Service } from "#aws/send.ts";
import { type CloudTrailRecord, EventError, readRecord } from "#cloudtrail/record.ts";
import type { Call } from "#domain/aws-command.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { sourceText } from "#domain/source.ts";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { portsText } from "#outcome/summary.ts";
import { groupOfList, groupsOf, makeRules } from "./sandbox-rules.ts";

/** An AWS emulator in which the grants of events are made before the events are handled. */
export interface Sandbox {
  readonly aws: Aws;
  /** Every request to the emulator since it was last cleared. */
  readonly requests: Emulator["requests"];
  /** Clears the emulator and makes the grants of an event. Returns the event, with the ids of the created rules. Throws an AwsFailure. */
  prepare(event: unknown): Promise<unknown>;
  /** Returns the entries that are listed on the event's resource, as text; undefined when it names none, or AWS has no list of them. */
  entries(event: unknown): Promise<readonly string[] | undefined>;
  close(): Promise<void>;
}

/** The SDK of each service, for its Authorize commands, which the Lambda function does not use. */
const sdks: Readonly<Record<string, { readonly service: Service; readonly commands: () => Promise<object> }>> = {
  elasticache: { service: elasticache, commands: () => import("@aws-sdk/client-elasticache") },
  redshift: { service: redshift, commands: () => import("@aws-sdk/client-redshift") },
  "redshift-serverless": { service: redshiftServerless, commands: () => import("@aws-sdk/client-redshift-serverless") },
};

/** Starts the embedded emulator. */
export async function startSandbox(): Promise<Sandbox> {
  // The account of the event may have raised its quota of rules.
  const emulator = await startEmulator({ createMissing: true, rulesPerGroup: Number.POSITIVE_INFINITY });
  const aws = connect({
    endpoint: emulator.url,
    credentials: ({ account }: Place) => ({ accessKeyId: account, secretAccessKey: "sandbox" }),
  });
  const senderAt = (place: Place): Send => aws.sender(place, { clock: Date.now, time: Date.now() + 10_000 });

  async function call({ operation, input }: Call, { service, place }: Grant): Promise<void> {
    const sdk = sdks[service];
    if (!sdk) throw new TypeError(`No SDK for ${service}`);
    const Command = new Map(Object.entries(await sdk.commands())).get(`${operation}Command`) as new (input: object) => never;
    await senderAt(place)(sdk.service, new Command(input), "$metadata" as never);
  }

  return {
    aws,
    requests: emulator.requests,
    async prepare(event) {
      emulator.clear();
      const watched = await watchedRecord(event);
      if (!watched) return event;
      const { record, authorization, claims } = watched;
      const grants = claims.flatMap((claim) => (claim.kind === "granted" ? claim.grant : []));
      const [first] = grants;
      if (!authorization.revoke) {
        if (first) await call(authorization.give(grants), first);
        return event;
      }
      if (watched.isVpcRule) return makeRules(event, record, claims, { authorization, send: senderAt(record.place) });
      for (const grant of grants) await call(authorization.undo(grant), grant);
      return event;
    },
    async entries(event) {
      const watched = await watchedRecord(event);
      const [first] = watched?.claims ?? [];
      const list = watched?.authorization.list;
      if (!watched || !first || !list) return undefined;
      const resources = await resourcesOf(first, watched.isVpcRule, senderAt(watched.record.place));
      const entries = await Promise.all(resources.map((each) => listResource(each, { list }, senderAt(each.place))));
      return resources.length === 0 ? undefined : entries.flat().map(entryText);
    },
    async close() {
      aws.destroy();
      await emulator.close();
    },
  };
}

/** Returns the resources of a claim: that of its grant, or the security groups. */
async function resourcesOf(claim: Claim, isVpcRule: boolean, send: Send): Promise<readonly { resource: string; place: Place }[]> {
  if ("groups" in claim) return claim.groups.map((resource) => ({ resource, place: claim.place }));
  if (claim.kind === "edited")
    return (await groupsOf({ resource: groupOfList }, send)).map((resource) => ({ resource, place: claim.place }));
  const { grant } = claim;
  return isVpcRule ? (await groupsOf(grant, send)).map((resource) => ({ resource, place: grant.place })) : [grant];
}

function entryText(entry: ListedEntry): string {
  const source = "source" in entry ? sourceText(entry.source) : entry.unreadable;
  return entry.rule ? `${source} ${portsText(entry.rule)}` : source;
}

/** A record of a watched call, with what is needed to make its grants. */
interface WatchedRecord {
  readonly record: CloudTrailRecord;
  readonly claims: readonly Claim[];
  readonly authorization: Authorization;
  readonly isVpcRule: boolean;
}

/** Reads the record of a watched call that succeeded; undefined for any other event, whose problem the handler reports. */
async function watchedRecord(event: unknown): Promise<WatchedRecord | undefined> {
  const record = readable(event);
  const entry = events.find(({ eventSource, eventName }) => eventSource === record?.eventSource && eventName === record.eventName);
  if (!record || !entry || record.failed) return undefined;
  const [reader, { authorization }] = await Promise.all([entry.load(), entry.authorization.load()]);
  return { record, claims: reader.event.claims(record), authorization, isVpcRule: entry.authorization === vpcRule };
}

function readable(event: unknown): CloudTrailRecord | undefined {
  try {
    return readRecord(event);
  } catch (error) {
    if (error instanceof EventError) return undefined;
    throw error;
  }
}
