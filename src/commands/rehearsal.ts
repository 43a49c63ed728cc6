import type { Authorization, Client } from "../authorization.ts";
import { type Entry, registry } from "../authorizations/index.ts";
import { type Aws, connect } from "../aws.ts";
import { readRecord } from "../cloudtrail.ts";
import type { Grant, Place } from "../domain/grant.ts";
import { startEmulator } from "../emulator/index.ts";
import { sourceText } from "../outcome.ts";
import { standingOn } from "../pipeline.ts";

/** A stand-in for AWS in which the grants behind events are really made before they are judged. */
export interface Rehearsal {
  readonly aws: Aws;
  /** Empties the stand-in and makes the authorize calls that an event tells of. Throws what the stand-in refuses. */
  prepare(event: unknown): Promise<void>;
  /** Who stands on the event's resource, or undefined when the event names none. */
  standing(event: unknown): Promise<readonly string[] | undefined>;
  close(): Promise<void>;
}

/** The SDK of each service, for its authorize commands: the Lambda has no use for them. */
const sdks: Readonly<Record<string, () => Promise<object>>> = {
  elasticache: () => import("@aws-sdk/client-elasticache"),
  redshift: () => import("@aws-sdk/client-redshift"),
};

/** Starts the embedded emulator. */
export async function rehearse(): Promise<Rehearsal> {
  const emulator = await startEmulator({ createMissing: true });
  const credentials = ({ account }: Place) => ({ accessKeyId: account, secretAccessKey: "rehearsal" });
  const aws = connect({ endpoint: emulator.url, credentials });
  const budget = () => Date.now() + 10_000;

  async function authorize(grant: Grant, authorization: Authorization): Promise<void> {
    const { operation, input } = authorization.undo(grant);
    const commands = new Map(Object.entries((await sdks[grant.service]?.()) ?? {}));
    const Command = commands.get(`${operation}Command`) as new (input: object) => never;
    const { region } = grant.place;
    const client: Client = authorization.client({
      region,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 2_000 },
      endpoint: emulator.url,
      credentials: credentials(grant.place),
    });
    await client.send(new Command(input), { abortSignal: AbortSignal.timeout(10_000) }).finally(() => client.destroy());
  }

  return {
    aws,
    async prepare(event) {
      emulator.clear();
      const told = await tellingOf(event);
      if (!told) return;
      const { entry, authorization, place, resource, sources } = told;
      for (const source of sources)
        await authorize({ place, service: entry.service, authorization: entry.eventName, resource, source }, authorization);
    },
    async standing(event) {
      const told = await tellingOf(event);
      if (!told) return undefined;
      const send = aws.sender(told.entry.service, told.authorization, told.place, budget());
      const standing = await standingOn(told.resource, told.authorization, send);
      return standing.map((each) => ("source" in each ? sourceText(each.source) : each.unreadable));
    },
    async close() {
      aws.destroy();
      await emulator.close();
    },
  };
}

interface Telling {
  readonly entry: Entry;
  readonly authorization: Authorization;
  readonly place: Place;
  readonly resource: string;
  readonly sources: readonly Grant["source"][];
}

/** What an event gave: by its request or, when that is cut off, by its answer. Undefined for an event that gave nothing readable. */
async function tellingOf(event: unknown): Promise<Telling | undefined> {
  let record: ReturnType<typeof readRecord>;
  try {
    record = readRecord(event);
  } catch {
    return undefined; // The handler says what is wrong with it.
  }
  const entry = registry.find(({ eventSource, eventName }) => eventSource === record.eventSource && eventName === record.eventName);
  if (!entry || record.failed) return undefined;
  const { authorization } = await entry.load();
  const { resource, sources, complete } = authorization.read(record);
  if (resource === undefined) return undefined;
  const answered = authorization.answered(record).flatMap((each) => ("source" in each ? each.source : []));
  return { entry, authorization, place: record.place, resource, sources: complete || answered.length === 0 ? sources : answered };
}
