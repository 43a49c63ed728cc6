import type { Authorization, Call, Service, Standing } from "../../src/authorization.ts";
import { type Entry, registry } from "../../src/authorizations/index.ts";
import type { Aws } from "../../src/aws.ts";
import type { AccountId } from "../../src/domain/account.ts";
import type { Grant, Place, Source } from "../../src/domain/grant.ts";
import { sourceText } from "../../src/outcome.ts";

/** An authorization of the registry, loaded. */
export interface Case extends Entry {
  readonly authorization: Authorization;
}

/** The whole registry, loaded: for `describe.each`. */
export const cases: readonly Case[] = await Promise.all(
  registry.map(async (entry) => ({ ...entry, authorization: (await entry.load()).authorization })),
);

/** The loaded authorization of an event name. */
export function caseOf(eventName: string): Case {
  const found = cases.find((each) => each.eventName === eventName);
  if (!found) throw new Error(`Not in the registry: ${eventName}`);
  return found;
}

/** Where the tests' function runs, unless they say otherwise. */
export const home: Place = { partition: "aws", account: id("123456789012"), region: "eu-west-1" };

/** Three sources of each kind that no two policies of the tests would mix up. */
const samples: readonly (readonly [Source, Source, Source])[] = [
  [
    { kind: "range", range: "198.18.0.0/15" },
    { kind: "range", range: "2001:db8:5::/48" },
    { kind: "range", range: "192.0.2.77/24" },
  ],
  [
    { kind: "securityGroup", owner: id("999988887777"), securityGroup: "default" },
    { kind: "securityGroup", owner: id("999988887777"), securityGroup: "Web Tier" },
    { kind: "securityGroup", owner: id("888877776666"), securityGroup: "default" },
  ],
  [
    { kind: "account", owner: id("999988887777") },
    { kind: "account", owner: id("888877776666") },
    { kind: "account", owner: id("012345678901") },
  ],
  [
    { kind: "prefixList", prefixList: "pl-63a5400a", entries: [] },
    { kind: "prefixList", prefixList: "pl-02cd2c6b", entries: [] },
    { kind: "prefixList", prefixList: "pl-0570a1d2", entries: [] },
  ],
];

/** Three sources of each kind that the call can hold, which is what its undo does not refuse. */
export function sourcesOf({ authorization }: Case): readonly (readonly [Source, Source, Source])[] {
  return samples.filter(([source]) => {
    try {
      return authorization.undo(grantTo(source, { service: "", eventName: "" }));
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  });
}

/** The grant that a call of this authorization gives. */
export function grantTo(
  source: Source,
  { service, eventName }: Pick<Entry, "service" | "eventName">,
  { resource = "payroll", place = home }: { resource?: string; place?: Place } = {},
): Grant {
  return { place, service, authorization: eventName, resource, source };
}

/** Really gives a grant: the call of its undo, made with the service's own SDK client. */
export async function authorize(endpoint: string, { service, authorization }: Case, grant: Grant): Promise<void> {
  const { operation, input } = authorization.undo(grant);
  const sdk: Record<string, unknown> = await import(`@aws-sdk/client-${service}`);
  const Command = sdk[`${operation}Command`] as new (input: Call["input"]) => never;
  const { [service]: connector } = await import(`../../src/services/${service}.ts`);
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

/** Who stands on a resource, or at a whole place, by the authorization's own list: `resource source`, in order. */
export async function standing(
  aws: Aws,
  { authorization }: Case,
  { place = home, resource }: { place?: Place; resource?: string },
): Promise<string[]> {
  const send = aws.sender(place, Date.now() + 5_000);
  const listed = await Array.fromAsync(authorization.list(send, resource));
  return listed.map(textOf).sort();
}

/** One standing entry, as `standing` shows it. */
function textOf(standing: Standing): string {
  return `${standing.resource} ${"source" in standing ? sourceText(standing.source) : standing.unreadable}`;
}

/** A test's own account id; it is not checked. */
export function id(digits: string): AccountId {
  return digits as AccountId;
}
