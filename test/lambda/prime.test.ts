import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { events, watchable } from "#authorizations/index.ts";
import { connect } from "#aws/connect.ts";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { makeHandler, silent } from "#handler.ts";
import { prime } from "#lambda/prime.ts";
import { authorize, caseOf } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { eventOf } from "../support/events.ts";
import { grantTo, id } from "../support/grants.ts";
import { permitsNobody, policyOf } from "../support/scene.ts";
import { type Death, startWire } from "./wire.ts";

const cache = caseOf("AuthorizeCacheSecurityGroupIngress");
const cluster = caseOf("AuthorizeClusterSecurityGroupIngress");
const inCache = grantTo({ kind: "securityGroup", owner: id("999988887777"), securityGroup: "default" }, cache);
const inCluster = grantTo({ kind: "range", range: "0.0.0.0/0" }, cluster);
const violations = [
  { service: "elasticache", entry: cache, grant: inCache },
  { service: "redshift", entry: cluster, grant: inCluster },
];

/** Primes a service as the function does, configured by the environment. */
async function primedFor(service: string, endpoint: string): Promise<{ aws: ReturnType<typeof connect>; primed: readonly string[] }> {
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  const aws = connect();
  const watched = events.filter((entry) => entry.service === service);
  return { aws, primed: await prime(watched, aws, "eu-west-1") };
}

/** Invokes the function with the event of a grant, with these milliseconds left. */
async function resultsOf(aws: ReturnType<typeof connect>, event: unknown, remaining = 6_000): Promise<readonly string[]> {
  const policy = await policyOf(permitsNobody);
  const handler = makeHandler({ policy, audit: false, watched: events, aws, logFor: () => silent, clock: Date.now });
  const { outcomes } = await handler(event, contextOf({ remaining }));
  return outcomes.map(({ result }) => result);
}

/** The AWS actions that were called; a bare request, which only opens a connection, has none. */
const actions = ({ requests }: Emulator) => requests.flatMap(({ action }) => action || []);

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "123456789012");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "x");
});
afterEach(() => vi.unstubAllEnvs());

describe("priming", () => {
  test.each([
    ["elasticache", 1],
    ["redshift", 1],
    ["ec2", 4],
  ])("runs the whole path of %s, opens a connection to each of its %d services, and calls nothing", async (service, services) => {
    await using emulator = await startEmulator();
    await using wire = await startWire(emulator.url);

    const { aws, primed } = await primedFor(service, wire.url);

    expect(watchable).toContain(service);
    expect(primed).toEqual([service]);
    expect(wire.opened()).toBe(services);
    expect(emulator.requests).toEqual(Array(services).fill(expect.objectContaining({ account: "", action: "", applied: false })));
    aws.destroy();
  });

  test("covers every service that can be watched", async () => {
    await using emulator = await startEmulator();
    vi.stubEnv("AWS_ENDPOINT_URL", emulator.url);
    const aws = connect();
    expect([...(await prime(events, aws, "eu-west-1"))].sort()).toEqual([...watchable].sort());
    aws.destroy();
  });

  test("opens the connection to the endpoint that the environment names for the service", async () => {
    await using emulator = await startEmulator();
    await using own = await startEmulator();
    vi.stubEnv("AWS_ENDPOINT_URL_ELASTICACHE", own.url);

    const { aws } = await primedFor("elasticache", emulator.url);

    expect([emulator.requests.length, own.requests.length]).toEqual([0, 1]);
    aws.destroy();
  });

  test.each(["http:", "https:"])("ends within 300 ms when the endpoint is silent: %s", async (protocol) => {
    await using wire = await startWire();
    const took: number[] = [];
    for (let round = 1; round <= 4; round++) {
      const before = performance.now();
      const { aws, primed } = await primedFor("ec2", wire.url.replace("http:", protocol));
      took.push(performance.now() - before);
      expect([primed, wire.opened()]).toEqual([["ec2"], 4 * round]);
      aws.destroy();
    }
    expect(Math.min(...took)).toBeLessThan(300); // The fastest round: other tests may slow down the others.
  });

  test("does not throw when the endpoint refuses connections, or without credentials", async () => {
    const wire = await startWire();
    await wire[Symbol.asyncDispose]();
    const refused = await primedFor("ec2", wire.url);
    expect(refused.primed).toEqual(["ec2"]);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", "/nowhere");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere");
    const nobody = await primedFor("ec2", wire.url);
    expect(nobody.primed).toEqual([]);
    for (const { aws } of [refused, nobody]) aws.destroy();
  });
});

describe.each(violations)("a violation of $service", ({ service, entry, grant }) => {
  test("is revoked over the open connection", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    await using wire = await startWire(emulator.url);
    await authorize(emulator.url, entry, grant);
    const { aws } = await primedFor(service, wire.url);

    expect(await resultsOf(aws, eventOf(grant))).toEqual(["revoked"]);

    expect(wire.opened()).toBe(1);
    expect(actions(emulator).slice(1)).toEqual([expect.stringMatching(/^Revoke/)]);
    aws.destroy();
  });

  test("is revoked without priming", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    await authorize(emulator.url, entry, grant);
    vi.stubEnv("AWS_ENDPOINT_URL", emulator.url);
    const aws = connect();
    expect(await resultsOf(aws, eventOf(grant))).toEqual(["revoked"]);
    aws.destroy();
  });

  test.each<Death>(["reset", "reset when used", "silent"])("is revoked when the open connection is lost: %s", async (death) => {
    await using emulator = await startEmulator({ createMissing: true });
    await using wire = await startWire(emulator.url);
    await authorize(emulator.url, entry, grant);
    const { aws } = await primedFor(service, wire.url);
    expect(wire.opened()).toBe(1);
    wire.kill(death);

    expect(await resultsOf(aws, eventOf(grant), 3_000)).toEqual(["revoked"]);

    expect(wire.opened()).toBe(2);
    expect(actions(emulator).filter((action) => action.startsWith("Revoke"))).toHaveLength(1);
    aws.destroy();
  });
});
