import type { Authorization, ListedEntry, ReportOnly, Revocable } from "#authorizations/authorization.ts";
import type { EventReader } from "#authorizations/event.ts";
import { type AuthorizationEntry, type EventEntry, events, vpcRule } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import type { Deadline } from "#aws/deadline.ts";
import type { Service } from "#aws/send.ts";
import type { Call } from "#domain/aws-command.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { type Source, sourceText } from "#domain/source.ts";
import { grantTo, home, id } from "./grants.ts";
import { type Scene, startScene } from "./scene.ts";

/** A watched event with its reader and its authorization loaded. */
export interface CaseOf<Kind extends Authorization> extends AuthorizationEntry, Pick<EventEntry, "eventName" | "eventSource"> {
  readonly authorization: Kind;
  readonly event: EventReader;
}

/** The event of an authorization whose grants are revoked. */
export type Case = CaseOf<Revocable>;

/** Every watched event. */
const all: readonly CaseOf<Authorization>[] = await Promise.all(
  events.map(async ({ eventName, eventSource, authorization: entry, load }) => {
    const [{ event }, { authorization }] = await Promise.all([load(), entry.load()]);
    return { ...entry, eventName, eventSource, authorization, event };
  }),
);

/** The events whose grants are on a resource that the call names, and are revoked. VPC rules have suites of their own. */
export const cases: readonly Case[] = all.flatMap(({ authorization, ...entry }) =>
  authorization.revoke && entry.name !== vpcRule.name ? { ...entry, authorization } : [],
);

/** The events whose grants are only reported: `test/contract/report-only.test.ts` is their suite, as the others expect a revoke. */
export const reportOnlyCases: readonly CaseOf<ReportOnly>[] = all.flatMap(({ authorization, ...entry }) =>
  authorization.revoke ? [] : { ...entry, authorization },
);

/** The case of an event name. Throws if no such event is watched. */
export function caseOf(eventName: string): CaseOf<Authorization> {
  const found = all.find((each) => each.eventName === eventName);
  if (!found) throw new Error(`Not in the registry: ${eventName}`);
  return found;
}

type Sources = readonly [Source, ...Source[]];

/** Sources of each kind, which differ enough that a policy of the tests permits only one of them. */
const samples: Readonly<Record<Source["kind"], Sources>> = {
  range: [
    { kind: "range", range: "198.18.0.0/15" },
    { kind: "range", range: "2001:db8:5::/48" },
    { kind: "range", range: "192.0.2.77/24" },
  ],
  securityGroup: [
    { kind: "securityGroup", owner: id("999988887777"), securityGroup: "default" },
    { kind: "securityGroup", owner: id("999988887777"), securityGroup: "Web Tier" },
    { kind: "securityGroup", owner: id("888877776666"), securityGroup: "default" },
  ],
  account: [
    { kind: "account", owner: id("999988887777") },
    { kind: "account", owner: id("888877776666") },
    { kind: "account", owner: id("012345678901") },
  ],
  prefixList: [{ kind: "prefixList", prefixList: "pl-63a5400a", entries: [] }],
};

/** Sources that only one call can have, by the name of their kind. */
const ownSamples: Readonly<Record<string, Readonly<Record<string, Sources>>>> = {
  AuthorizeEndpointAccess: {
    "account's VPCs": [
      { kind: "account", owner: id("777766665555"), vpcs: ["vpc-0a1b2c3d4e5f60718", "vpc-1a2b3c4d"] },
      { kind: "account", owner: id("666655554444"), vpcs: ["vpc-2b3c4d5e"] },
    ],
  },
  RegisterNamespace: {
    "data catalog": [{ kind: "account", owner: id("777766665555"), consumerIdentifier: "DataCatalog/777766665555" }],
  },
  PutResourcePolicy: { everyone: [{ kind: "account", owner: "*" }] },
  AuthorizeSnapshotAccess: { "support team": [{ kind: "account", owner: "amazon-redshift-support" }] },
  AuthorizeDataShare: {
    "data catalog": [
      { kind: "account", owner: id("777766665555"), consumerIdentifier: "DataCatalog/777766665555" },
      { kind: "account", owner: id("666655554444"), consumerIdentifier: "DataCatalog/666655554444" },
    ],
    "data exchange": [{ kind: "account", owner: "ADX" }],
    writer: [{ kind: "account", owner: id("555544443333"), allowWrites: true }],
  },
};

/** Sources of every kind that the call can have, by the name of the kind. */
export function sourcesOf({ eventName, sources }: CaseOf<Authorization>): readonly (readonly [kind: string, sources: Sources])[] {
  return [...sources.map((kind): [string, Sources] => [kind, samples[kind]]), ...Object.entries(ownSamples[eventName] ?? {})];
}

/** All of them as grants on one resource. */
export function grantsOf(entry: CaseOf<Authorization>): readonly Grant[] {
  return sourcesOf(entry).flatMap(([, sources]) => sources.map((source) => grantTo(source, entry)));
}

/** The call that gives a grant. */
export function callOf(authorization: Authorization, grant: Grant): Call {
  return authorization.revoke ? authorization.undo(grant) : authorization.give([grant]);
}

/** Gives a grant. A resource policy has then no other grant. */
export async function authorize(endpoint: string, entry: CaseOf<Authorization>, grant: Grant): Promise<void> {
  await make(endpoint, entry, grant, callOf(entry.authorization, grant));
}

/** Makes a call about a grant with the service's own SDK client. */
export async function make(endpoint: string, { service }: AuthorizationEntry, grant: Grant, { operation, input }: Call): Promise<void> {
  const sdk: Record<string, unknown> = await import(`@aws-sdk/client-${service}`);
  const Command = sdk[`${operation}Command`] as new (input: Call["input"]) => never;
  const [connector] = Object.values<Service>(await import(`#aws/${service}.ts`));
  if (!connector) throw new Error(`No client of ${service}`);
  const client = connector.client({
    endpoint,
    region: grant.place.region,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 2_000 },
    credentials: { accessKeyId: grant.place.account, secretAccessKey: "x" },
  });
  await client.send(new Command(input), { abortSignal: AbortSignal.timeout(10_000) });
  client.destroy();
}

/** A scene in which these grants exist; the calls that gave them are not among its requests. */
export async function sceneWith(entry: CaseOf<Authorization>, ...grants: readonly Grant[]): Promise<Scene> {
  const scene = await startScene();
  for (const grant of grants) await authorize(scene.emulator.url, entry, grant);
  scene.requests();
  return scene;
}

/** The entries that AWS lists on a resource, or in a whole place, sorted: `resource source`. */
export async function entriesOf(
  aws: Aws,
  { authorization: { list } }: { readonly authorization: Authorization },
  { place = home, resource }: { place?: Place; resource?: string },
): Promise<string[]> {
  if (!list) throw new Error("AWS has no list of these grants");
  const send = aws.sender(place, until(5_000));
  const listed = await Array.fromAsync(list(send, resource, place));
  return listed.map(textOf).sort();
}

function textOf(entry: ListedEntry): string {
  return `${entry.resource} ${"source" in entry ? sourceText(entry.source) : entry.unreadable}`;
}

/** A deadline so many milliseconds from now. */
export function until(ms: number): Deadline {
  return { clock: Date.now, time: Date.now() + ms };
}
