import type { Authorization, Call, ListedEntry } from "#authorizations/authorization.ts";
import type { EventReader } from "#authorizations/event.ts";
import { type AuthorizationEntry, type EventEntry, events, vpcRule } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import type { Deadline } from "#aws/deadline.ts";
import type { Service } from "#aws/send.ts";
import type { AccountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";
import { sourceText } from "#domain/source.ts";
import { type Scene, startScene } from "./scene.ts";

/** A watched event with its reader and its authorization loaded. */
export interface Case extends AuthorizationEntry, Pick<EventEntry, "eventName" | "eventSource"> {
  readonly authorization: Authorization;
  readonly event: EventReader;
}

/** Every watched event. */
const all: readonly Case[] = await Promise.all(
  events.map(async ({ eventName, eventSource, authorization: entry, load }) => {
    const [{ event }, { authorization }] = await Promise.all([load(), entry.load()]);
    return { ...entry, eventName, eventSource, authorization, event };
  }),
);

/** Those whose grants are on a resource that the call names, for `describe.each`; VPC rules have suites of their own. */
export const cases: readonly Case[] = all.filter(({ name }) => name !== vpcRule.name);

/** The case of an event name. */
export function caseOf(eventName: string): Case {
  const found = all.find((each) => each.eventName === eventName);
  if (!found) throw new Error(`Not in the registry: ${eventName}`);
  return found;
}

/** Where the tests' function runs, unless they say otherwise. */
export const home: Place = { partition: "aws", account: id("123456789012"), region: "eu-west-1" };

/** Sources that no two policies of the tests would mix up. */
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

/** What only one call can hold, and what AWS says of the same source in words of its own. */
const ownSamples: Readonly<Record<string, Readonly<Record<string, Sources>>>> = {
  AuthorizeEndpointAccess: {
    "account's VPCs": [
      { kind: "account", owner: id("777766665555"), vpcs: ["vpc-0a1b2c3d4e5f60718", "vpc-1a2b3c4d"] },
      { kind: "account", owner: id("666655554444"), vpcs: ["vpc-2b3c4d5e"] },
    ],
  },
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

type Sources = readonly [Source, ...Source[]];

/** Sources of every kind that the call can hold, each kind under its name. */
export function sourcesOf({ eventName, sources }: Case): readonly (readonly [kind: string, sources: Sources])[] {
  return [...sources.map((kind): [string, Sources] => [kind, samples[kind]]), ...Object.entries(ownSamples[eventName] ?? {})];
}

/** All of them as grants on one resource. */
export function grantsOf(entry: Case): readonly Grant[] {
  return sourcesOf(entry).flatMap(([, sources]) => sources.map((source) => grantTo(source, entry)));
}

/** A resource's name, with what goes before or behind it in the names of its kind. */
export function resourceOf(eventName: string, name = "payroll"): string {
  const names: Readonly<Record<string, string>> = {
    AuthorizeSnapshotAccess: `${name}/before-${name}`,
    AuthorizeDataShare: `6d2a1b5e-8f0c-4f57-9e0e-2f3c1d4b5a69/${name}`,
  };
  return names[eventName] ?? name;
}

/** The grant that a call of this authorization gives. */
export function grantTo(
  source: Source,
  { service, eventName }: Pick<Case, "service" | "eventName">,
  { resource = resourceOf(eventName), place = home }: { resource?: string; place?: Place } = {},
): Grant {
  return { place, service, authorization: eventName, resource, source };
}

/** Really gives a grant: the call of its undo, made with the service's own SDK client. */
export async function authorize(endpoint: string, { service, authorization }: Case, grant: Grant): Promise<void> {
  const { operation, input } = authorization.undo(grant);
  const sdk: Record<string, unknown> = await import(`@aws-sdk/client-${service}`);
  const Command = sdk[`${operation}Command`] as new (input: Call["input"]) => never;
  const { [service]: connector } = await import(`#aws/${service}.ts`);
  const client = (connector as Service).client({
    endpoint,
    region: grant.place.region,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 2_000 },
    credentials: { accessKeyId: grant.place.account, secretAccessKey: "x" },
  });
  await client.send(new Command(input), { abortSignal: AbortSignal.timeout(10_000) });
  client.destroy();
}

/** A scene in which the grants were really given; nothing of that stands among its requests. */
export async function sceneWith(entry: Case, ...grants: readonly Grant[]): Promise<Scene> {
  const scene = await startScene();
  for (const grant of grants) await authorize(scene.emulator.url, entry, grant);
  scene.requests();
  return scene;
}

/** Who stands on a resource, or at a whole place, by the authorization's own list: `resource source`, in order. */
export async function standing(
  aws: Aws,
  { authorization }: Case,
  { place = home, resource }: { place?: Place; resource?: string },
): Promise<string[]> {
  const send = aws.sender(place, until(5_000));
  const listed = await Array.fromAsync(authorization.list(send, resource, place));
  return listed.map(textOf).sort();
}

/** One standing entry, as `standing` shows it. */
function textOf(entry: ListedEntry): string {
  return `${entry.resource} ${"source" in entry ? sourceText(entry.source) : entry.unreadable}`;
}

/** A test's own account id; it is not checked. */
export function id(digits: string): AccountId {
  return digits as AccountId;
}

/** A deadline that many milliseconds from now. */
export function until(ms: number): Deadline {
  return { clock: Date.now, time: Date.now() + ms };
}
