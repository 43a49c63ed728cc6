import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authorizations, events } from "#authorizations/index.ts";
import { type Aws, connect } from "#aws/connect.ts";
import { ownReads } from "#aws/reads.ts";
import type { Place } from "#domain/place.ts";
import { startEmulator } from "#emulator/index.ts";
import { makeHandler } from "#handler.ts";
import { grantKey } from "#inventory/grant-key.ts";
import type { PlaceLine } from "#inventory/line.ts";
import { placeLines } from "#inventory/list.ts";
import { inventorySchema } from "#inventory/schema.ts";
import type { Outcome } from "#outcome/outcome.ts";
import type { PolicyFile } from "#policy/file.ts";
import { judgeLines } from "#sweep/judge-lines.ts";
import { until } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import type { Envelope } from "../support/events.ts";
import { home } from "../support/grants.ts";
import { long } from "../support/long.ts";
import { batchOf, policyOf } from "../support/scene.ts";
import { account, type GeneratedAccount } from "./generated-accounts.ts";
import { type Clients, clientsOf } from "./generated-stores.ts";
import { make } from "./generated-world.ts";

let clients: Clients;
let aws: Aws;

beforeAll(async () => {
  const emulator = await startEmulator({ createMissing: true, pausedClustersHideEndpoint: true });
  // Reads of the emulator show every change at once, so that nothing is read again after a pause.
  const credentials = ({ account: accessKeyId }: Place) => ({ accessKeyId, secretAccessKey: "x" });
  aws = connect({ endpoint: emulator.url, credentials, isConsistent: true });
  clients = clientsOf(emulator);
});
afterAll(async () => {
  aws.destroy();
  await clients.emulator.close();
});

/** What a sweep finds at a place, by way of the lines of an inventory. */
async function swept(policy: PolicyFile): Promise<ReadonlyMap<string, Outcome>> {
  const found = new Map<string, Outcome>();
  const sender = aws.sender(home, until(20_000));
  const send = Object.assign(sender, ownReads(() => sender)(0, home));
  const judge = judgeLines(
    { policy, audit: false, at: Date.now(), id: "s" },
    {
      async outcome(outcome) {
        expect(found.has(grantKey(outcome.grant))).toBe(false);
        found.set(grantKey(outcome.grant), outcome);
      },
      async place(end) {
        expect(end).toMatchObject({ complete: true, problems: [], grants: found.size });
      },
    },
  );
  for await (const line of placeLines(home, send, authorizations, Date.now))
    await judge(inventorySchema.parse(JSON.parse(JSON.stringify(line))) as PlaceLine);
  return found;
}

/** What the function ends with for the events, as one batch. */
async function handled(policy: PolicyFile, envelopes: readonly Envelope[]): Promise<readonly Outcome[]> {
  const found: Outcome[] = [];
  const add = (_: string, extra?: object) => void (extra && "outcome" in extra && found.push(extra.outcome as Outcome));
  const handler = makeHandler({
    ...{ audit: false, watched: events, aws, policy, clock: Date.now },
    logFor: () => ({ info: add, warn: add, error: add }),
  });
  if (envelopes.length > 0) await handler(batchOf(envelopes), contextOf());
  return found;
}

/** What both paths must agree on: the grant, the decision, and the guard or the revoke. */
function agreed({ event: _, sweep: _s, elapsedMs: _e, ...outcome }: Outcome): object {
  if (outcome.result === "revoked") {
    const { undo: _u, note: _n, ...rest } = outcome;
    return { ...rest, result: "reported", wouldRevoke: true };
  }
  if (outcome.result === "outOfScope") {
    const { source } = outcome.grant;
    // An event's prefix lists are read only for rules that reach a store.
    return source.kind === "prefixList" ? { ...outcome, grant: { ...outcome.grant, source: { ...source, entries: [] } } } : outcome;
  }
  if (outcome.result !== "failed") return outcome;
  const { error, undo: _u, ...rest } = outcome;
  return { ...rest, result: "reported", note: error.message.replace(/^(Not revoked: )?/, "not revoked: ") };
}

async function agrees(plan: GeneratedAccount): Promise<void> {
  clients.emulator.clear();
  const { groups, lists, events: envelopes } = await make(plan, clients);
  const policy = await policyOf(JSON.stringify(plan.policy).replace(/\{list (\d)\}/g, (_, n) => lists[n] ?? ""));
  const found = await swept(policy);

  const outcomes = await handled(policy, envelopes);

  const ended = new Map(outcomes.flatMap((each) => (each.result === "alreadyGone" ? [] : [[grantKey(each.grant), each]])));
  for (const outcome of outcomes) {
    // Two events can show one rule: one of them revokes it.
    const own = outcome.result === "alreadyGone" ? ended.get(grantKey(outcome.grant)) : outcome;
    const expected = found.get(grantKey(outcome.grant));
    if (expected) expect(agreed(own ?? outcome)).toEqual(agreed(expected));
    // The group guards no store.
    else expect(outcome).toMatchObject({ result: "outOfScope", grant: { stores: [] } });
  }
  // No call added the rule of a default group.
  const unseen = [...found].flatMap(([key, { grant }]) => (ended.has(key) ? [] : grant.resource));
  expect(unseen.filter((resource) => groups.includes(resource) || !resource.startsWith("sg-"))).toEqual([]);
}

test("a sweep and the events agree on each settled grant of generated accounts", async () => {
  await fc.assert(fc.asyncProperty(account, agrees), { numRuns: long ? 1_000 : 100, endOnFailure: true });
}, 600_000);
