import type { Authorization, Service } from "../authorization.ts";
import { registry } from "../authorizations/index.ts";
import { type Aws, connect } from "../aws.ts";
import { type CloudTrailRecord, EventError, readRecord } from "../cloudtrail.ts";
import type { Grant, Place } from "../domain/grant.ts";
import { startEmulator } from "../emulator/index.ts";
import { sourceText } from "../outcome.ts";
import { standingOn } from "../reading.ts";
import { elasticache } from "../services/elasticache.ts";
import { redshift } from "../services/redshift.ts";

/** A stand-in for AWS in which the grants behind events are really made before they are judged. */
export interface Rehearsal {
  readonly aws: Aws;
  /** Empties the stand-in and makes the authorize calls that an event tells of. Throws what the stand-in refuses. */
  prepare(event: unknown): Promise<void>;
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
    async prepare(event) {
      emulator.clear();
      for (const { grant, authorization } of await toldBy(event)) {
        const { operation, input } = authorization.undo(grant);
        await call(grant.service, operation, input, grant.place);
      }
    },
    async standing(event) {
      const [first] = await toldBy(event);
      if (!first) return undefined;
      const { grant, authorization } = first;
      const standing = await standingOn(grant.resource, authorization, sender(grant.place));
      return standing.map((each) => ("source" in each ? sourceText(each.source) : each.unreadable));
    },
    async close() {
      aws.destroy();
      await emulator.close();
    },
  };
}

/** The grants that an event tells of; none for one that cannot be read, of which the handler says what is wrong. */
async function toldBy(event: unknown): Promise<readonly { readonly grant: Grant; readonly authorization: Authorization }[]> {
  const record = readable(event);
  const entry = registry.find(({ eventSource, eventName }) => eventSource === record?.eventSource && eventName === record.eventName);
  if (!record || !entry || record.failed) return [];
  const { authorization } = await entry.load();
  return authorization.told(record).map((grant) => ({ grant, authorization }));
}

function readable(event: unknown): CloudTrailRecord | undefined {
  try {
    return readRecord(event);
  } catch (error) {
    if (error instanceof EventError) return undefined;
    throw error;
  }
}
