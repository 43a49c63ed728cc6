import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { authorize, caseOf } from "../support/authorizations.ts";
import { compileCache } from "../support/compile-cache.ts";
import { eventOf } from "../support/events.ts";
import { grantTo, id } from "../support/grants.ts";
import type { Invoked } from "../support/invoke-lambda.ts";
import { startLambda } from "../support/lambda-process.ts";
import { isMetrics, type Line, metricsLine } from "../support/output.ts";
import { permitsNobody } from "../support/scene.ts";

const cache = caseOf("AuthorizeCacheSecurityGroupIngress");
const cluster = caseOf("AuthorizeClusterSecurityGroupIngress");
const inCache = grantTo({ kind: "securityGroup", owner: id("999988887777"), securityGroup: "default" }, cache);
const inCluster = grantTo({ kind: "range", range: "0.0.0.0/0" }, cluster);
const enforce = JSON.stringify(permitsNobody);

/** Runs the function as Lambda does, in a process of its own, and invokes it with the events one after the other. */
async function invoke(
  emulator: Emulator,
  events: readonly unknown[],
  { policy = enforce, ...env }: { policy?: string; MODE?: string; WATCH?: string; POLICY_FILE?: string } = {},
): Promise<{ invoked: readonly Invoked[]; log: readonly Line[]; metrics: readonly Line[] }> {
  const lambda = { AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand", POWERTOOLS_SERVICE_NAME: "ingress-warden", ...compileCache, ...env };
  await using running = await startLambda(emulator.url, policy, lambda);
  const { child, printed } = running;
  const invoked: Invoked[] = [];
  for (const event of events) {
    const [answer] = [once(child, "message"), child.send(event as object)];
    invoked.push((await answer)[0]);
  }
  child.disconnect();
  const lines: Line[] = (await printed)
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  return { invoked, log: lines.filter((line) => !isMetrics(line)), metrics: lines.filter(isMetrics) };
}

/** An AWS in which both groups are open. */
async function opened(): Promise<Emulator> {
  const emulator = await startEmulator({ createMissing: true });
  await authorize(emulator.url, cache, inCache);
  await authorize(emulator.url, cluster, inCluster);
  return emulator;
}

const both = [eventOf(inCache), eventOf(inCluster)];
const given = 2;
/** The AWS actions that were called; a bare request, which only opens a connection, has none. */
const actions = ({ requests }: Emulator) => requests.flatMap(({ action }) => action || []);
const results = (invoked: readonly Invoked[]) =>
  invoked.map(({ answer }) => (answer as { outcomes: { result: string }[] } | undefined)?.outcomes.map(({ result }) => result));

describe.concurrent("the function as Lambda runs it", () => {
  test("revokes what the policy does not permit, and logs it", async () => {
    await using emulator = await opened();

    const { invoked, log } = await invoke(emulator, [...both, ...both]);

    expect(results(invoked)).toEqual([["revoked"], ["revoked"], ["alreadyGone"], ["alreadyGone"]]);
    expect(log.map(({ level }) => level).sort()).toEqual(["INFO", "INFO", "WARN", "WARN"]);
    const [first, ...others] = log.filter(({ cold_start }) => cold_start);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ service: "ingress-warden", correlation_id: both[0]?.detail["eventID"], outcome: { result: "revoked" } });
  });

  test("prints the metrics of each event on one line, under the service of the event's call", async () => {
    await using emulator = await opened();

    const { metrics } = await invoke(emulator, [...both, both[0]]);

    expect(metrics).toEqual([
      metricsLine("elasticache", { Revoked: 1, TimeToRevoke: expect.any(Number) }),
      metricsLine("redshift", { Revoked: 1, TimeToRevoke: expect.any(Number) }),
      metricsLine("elasticache", { AlreadyGone: 1 }),
    ]);
  });

  test.each([{ MODE: "audit" }, { policy: JSON.stringify({ ...permitsNobody, mode: "audit" }), MODE: "policy" }])(
    "in audit mode it reports and calls nothing: %j",
    async (setting) => {
      await using emulator = await opened();
      const { invoked } = await invoke(emulator, both, setting);
      expect(results(invoked)).toEqual([["reported"], ["reported"]]);
      expect(actions(emulator)).toHaveLength(given);
    },
  );

  test.each<[string, Parameters<typeof invoke>[2], RegExp]>([
    ["an unknown MODE", { MODE: "Audit" }, /^MODE is "Audit": write policy, enforce or audit$/],
    [
      "an unknown service",
      { WATCH: "redshift,elasticsearch" },
      /^WATCH contains "elasticsearch": valid services are elasticache, redshift, ec2$/,
    ],
    ["a missing policy", { POLICY_FILE: "/nowhere/policy.json" }, /^\/nowhere\/policy\.json: the policy cannot be read/],
    ["an empty policy", { policy: "" }, /policy\.json:1:1: the policy is empty/],
    ["a policy that is not JSON", { policy: '{"mode":' }, /policy\.json:1:\d+: .*not JSON/],
    ["a policy with two mistakes", { policy: '{"mode":"enforced","permit":[]}' }, /1:9: "enforced": .*\n.*1:29: /],
    ["a policy that is too large", { policy: " ".repeat(9_000_000) }, /more than 8388608 bytes: shorten it/],
  ])("%s fails every invocation with the fix, and calls nothing", async (_case, setting, message) => {
    await using emulator = await opened();

    const { invoked } = await invoke(emulator, both, setting);

    expect(invoked).toMatchObject(both.map(() => ({ error: { name: "UsageError", message: expect.stringMatching(message) } })));
    expect(actions(emulator)).toHaveLength(given);
  });

  test("it handles the events of the services that it watches, and refuses those of others", async () => {
    await using emulator = await opened();

    const { invoked } = await invoke(emulator, both, { WATCH: " redshift, " });

    const message = expect.stringContaining(`Not a watched call: ${cache.eventName}`);
    expect(invoked[0]).toEqual({ error: { name: "InvocationError", message, outcomes: [] } });
    expect(results(invoked.slice(1))).toEqual([["revoked"]]);
    expect(actions(emulator).slice(given)).toEqual(["RevokeClusterSecurityGroupIngress"]);
  });
});
