import { expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import type { Source } from "#domain/source.ts";
import { sourceText } from "#domain/source.ts";
import { authorize, type Case, cases, entriesOf, until } from "../support/authorizations.ts";
import { cutEventOf, eventOf } from "../support/events.ts";
import { grantTo, id, resourceOf } from "../support/grants.ts";
import { policyOf, type Scene, startScene } from "../support/scene.ts";
import { ranges, startVpc } from "../support/vpc.ts";

/** A generator of the same numbers in every run, from 0 to below `limit`. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Each event 1 to 20 times, `total` deliveries in all, shuffled. */
function deliveriesOf<Event>(events: readonly Event[], total: number, random: (limit: number) => number): Event[] {
  const times = events.map(() => 1 + random(19));
  for (let sum = times.reduce((a, b) => a + b); sum !== total; ) {
    const at = random(times.length);
    const step = sum < total ? 1 : -1;
    const next = (times[at] ?? 0) + step;
    if (next < 1 || next > 20) continue;
    times[at] = next;
    sum += step;
  }
  const all = events.flatMap((event, n) => Array.from({ length: times[n] ?? 0 }, () => ({ event, key: random(2 ** 30) })));
  return all.toSorted((a, b) => a.key - b.key).map(({ event }) => event);
}

/** Delivers `atOnce` events at a time. Returns how many outcomes of each grant are `revoked`; throws if an event fails. */
async function deliver(scene: Scene, deliveries: readonly unknown[], atOnce: number): Promise<ReadonlyMap<string, number>> {
  const revoked = new Map<string, number>();
  const queue = deliveries.values();
  const worker = async () => {
    for (const event of queue) {
      const { outcomes, error } = await scene.invoke(event);
      if (error) throw error;
      for (const { result, grant } of outcomes) if (result === "revoked") revoked.set(nameOf(grant), (revoked.get(nameOf(grant)) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return revoked;
}

const nameOf = ({ authorization, resource, source, rule }: Grant) => `${authorization} ${resource} ${rule?.id ?? sourceText(source)}`;

/** A call that is made before the events arrive. */
interface Sample {
  readonly entry: Case;
  readonly grant: Grant;
  readonly isPermitted: boolean;
  /** The grant is listed, or has been revoked since, or the call failed. */
  readonly past: "listed" | "revoked" | "failed";
}

/** The nth call: forty resources of each authorization, five grants on each, half of them permitted. */
function sampleOf(n: number): Sample {
  const entry = cases[n % cases.length] as Case;
  const at = Math.floor(n / cases.length);
  const isPermitted = at % 2 === 0;
  const owner = id(`${isPermitted ? 1 : 9}${String(n).padStart(11, "0")}`);
  const [kind = ""] = [entry.sources[at % entry.sources.length]];
  const sources: Readonly<Record<string, Source>> = {
    range: { kind: "range", range: isPermitted ? `203.0.113.${at}/32` : `10.0.${at}.0/24` },
    securityGroup: { kind: "securityGroup", owner, securityGroup: "etl" },
    account: { kind: "account", owner },
  };
  const grant = grantTo(sources[kind] as Source, entry, { resource: resourceOf(entry.eventName, `store-${Math.floor(at / 5)}`) });
  const past = n % 10 === 7 ? "failed" : n % 10 === 3 ? "revoked" : "listed";
  return { entry, grant, isPermitted, past };
}

test("10,000 deliveries of 1,000 events, repeated, shuffled, stale and eight at a time, have the expected results", {
  timeout: 240_000,
}, async () => {
  const samples = Array.from({ length: 1_000 }, (_, n) => sampleOf(n));
  const owners = samples.flatMap(({ isPermitted, grant: { source } }) => (isPermitted && "owner" in source ? source.owner : []));
  const permit = [
    { name: "office", ranges: ["203.0.113.0/24"] },
    { name: "partners", owners },
  ];
  await using scene = await startScene({ policy: await policyOf({ mode: "enforce", permit }) });
  for (const { entry, grant, past } of samples) if (past !== "failed") await authorize(scene.emulator.url, entry, grant);
  for (const { entry, grant, past } of samples)
    if (past === "revoked") await entry.authorization.revoke(grant, scene.aws.sender(grant.place, until(10_000)));
  const events = samples.map(({ grant, past }, n) =>
    past === "failed" ? eventOf(grant, { errorCode: "AccessDenied" }) : n % 9 === 0 ? cutEventOf(grant) : eventOf(grant),
  );
  const deliveries = deliveriesOf(events, 10_000, randomFrom(7));
  expect(new Set(deliveries).size).toBe(1_000);

  const revoked = await deliver(scene, deliveries, 8);

  const violations = samples.filter(({ isPermitted, past }) => past === "listed" && !isPermitted).map(({ grant }) => nameOf(grant));
  expect(violations.length).toBeGreaterThan(300);
  expect([...revoked.keys()].toSorted()).toEqual(violations.toSorted());
  expect([...revoked].filter(([, times]) => times !== 1)).toEqual([]);
  const wrong: unknown[] = [];
  for (const one of new Map(samples.map((each) => [`${each.entry.eventName} ${each.grant.resource}`, each])).values()) {
    const onResource = samples.filter(({ entry, grant }) => entry === one.entry && grant.resource === one.grant.resource);
    const expected = onResource
      .filter(({ isPermitted, past }) => isPermitted && past === "listed")
      .map(({ grant }) => `${grant.resource} ${sourceText(grant.source)}`);
    const found = await entriesOf(scene.aws, one.entry, one.grant);
    if (found.join("\n") !== expected.toSorted().join("\n")) wrong.push({ found, expected });
  }
  expect(wrong).toEqual([]);
  expect(scene.lines.filter(({ level }) => level === "error")).toEqual([]);
});

test("200 deliveries of 20 events of VPC rules have the expected results", { timeout: 120_000 }, async () => {
  await using vpc = await startVpc({ permit: [{ name: "office", ranges: ["203.0.113.0/24"] }] });
  const texts = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? `203.0.113.${n}/32` : `10.0.${n}.0/24`));
  const events: unknown[] = [];
  for (const text of texts) events.push(await vpc.open([ranges([text])]));

  const revoked = await deliver(vpc, deliveriesOf(events, 200, randomFrom(7)), 40);

  expect([...revoked.values()]).toEqual(Array.from({ length: 10 }, () => 1));
  expect(await vpc.rules()).toEqual(
    texts
      .filter((text) => text.startsWith("203"))
      .map((text) => `${text} tcp 6379-6379`)
      .toSorted(),
  );
});
