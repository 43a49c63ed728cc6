import { type Aws, connect } from "#aws/connect.ts";
import { elasticache } from "#aws/elasticache.ts";
import { AwsFailure } from "#aws/failure.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Send, Service } from "#aws/send.ts";
import type { Call } from "#domain/aws-command.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { listed } from "./assumed-stores.ts";
import { createKnownRules } from "./known-rules.ts";
import { entriesOf } from "./sandbox-entries.ts";
import { type MadeRules, makeRules } from "./sandbox-rules.ts";
import type { StoresBehind } from "./stand-ins.ts";
import { type WatchedRecord, watchedRecord } from "./watched-record.ts";

/** An event whose grants were made in the emulator. */
export interface Staged extends Omit<MadeRules, "unknown"> {
  /** Why not all of them could be made, as a printable clause. */
  readonly refusal?: string;
  /** The event shows nothing that can be made. */
  readonly isEmpty?: true;
}

/** An AWS emulator in which the grants of events are made before the events are handled. */
export interface Sandbox {
  readonly aws: Aws;
  /** Every request to the emulator since it was last cleared. */
  readonly requests: Emulator["requests"];
  /** Clears the emulator and makes the grants of an event; for an event that attaches groups, also the rules that earlier events showed. */
  prepare(event: unknown): Promise<Staged>;
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

/** Starts the embedded emulator. `storesBehind` returns the stores behind groups, where they are known. */
export async function startSandbox(storesBehind: StoresBehind = () => undefined): Promise<Sandbox> {
  // The account of the event may have raised its quota of rules.
  const emulator = await startEmulator({ createMissing: true, rulesPerGroup: Number.POSITIVE_INFINITY });
  const aws = connect({
    endpoint: emulator.url,
    credentials: ({ account }: Place) => ({ accessKeyId: account, secretAccessKey: "sandbox" }),
    isConsistent: true,
  });
  const known = createKnownRules();
  const senderAt = (place: Place): Send => aws.sender(place, { clock: Date.now, time: Date.now() + 10_000 });

  async function call({ operation, input }: Call, { service, place }: Grant): Promise<void> {
    const sdk = sdks[service];
    if (!sdk) throw new TypeError(`No SDK for ${service}`);
    const Command = new Map(Object.entries(await sdk.commands())).get(`${operation}Command`) as new (input: object) => never;
    await senderAt(place)(sdk.service, new Command(input), "$metadata" as never);
  }

  async function make(event: unknown, { record, authorization, claims, isVpcRule }: WatchedRecord): Promise<Staged> {
    const grants = claims.flatMap((claim) => (claim.kind === "granted" ? claim.grant : []));
    const [first] = grants;
    if (!authorization.revoke) {
      if (first) await call(authorization.give(grants), first);
    } else if (isVpcRule) {
      const standIns = (group: string) => storesBehind(group, record.place);
      const { unknown, ...made } = await makeRules(event, record, claims, { authorization, known, standIns, send: senderAt(record.place) });
      if (unknown.length === 0) return made;
      const refusal = `the rules of ${listed(unknown)} are not known; replay the events that added them before this one`;
      return { ...made, refusal };
    } else {
      for (const grant of grants) await call(authorization.undo(grant), grant);
    }
    return asItIs(event);
  }

  return {
    aws,
    requests: emulator.requests,
    async prepare(event) {
      emulator.clear();
      const watched = await watchedRecord(event);
      if (!watched?.claims.some(({ kind }) => kind !== "closed" && kind !== "detached")) return { ...asItIs(event), isEmpty: true };
      try {
        return await make(event, watched);
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error;
        return { ...asItIs(event), refusal: `the emulator refused a call that stages the event: ${error.message}` };
      }
    },
    async entries(event) {
      const watched = await watchedRecord(event);
      return watched && entriesOf(watched, senderAt);
    },
    async close() {
      aws.destroy();
      await emulator.close();
    },
  };
}

/** Returns an event of which nothing had to be changed or assumed. */
function asItIs(event: unknown): Staged {
  return { event, ownIds: new Map(), assumed: [], known: [] };
}
