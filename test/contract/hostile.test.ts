import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calls } from "../support/attach-calls.ts";
import { authorize, caseOf, entriesOf, grantsOf } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { resourceOf } from "../support/grants.ts";
import { long } from "../support/long.ts";
import { rawTexts } from "../support/output.ts";
import { type End, writes } from "../support/scene.ts";
import { ranges, sessions, type Vpc } from "../support/vpc.ts";
import { type Ready, type Scenario, scenarios } from "./scenarios.ts";
import { pathsOf, spoiled, spoilings } from "./spoilings.ts";

/** The events that attach groups: in the short form two of them. */
const attaching = new Set(
  (long ? calls : calls.filter(({ eventName }) => /CreateCacheC|UpdateEndpoint/.test(eventName))).map((each) => each.eventName),
);
const hostile = scenarios.filter(({ form, eventName }) => form !== "cut" && (form !== "attached" || attaching.has(eventName)));

/** Enough time for the calls, and too little for pauses. */
const remaining = 1_250;

interface Target extends AsyncDisposable {
  /** Delivers the spoiled event of the scenario, and checks what must always hold. */
  deliver(spoil: (event: unknown) => unknown): Promise<void>;
  /** How many events have been delivered. */
  delivered(): number;
}

/** A target for spoiled events. After an event that has the violation revoked, it starts the scenario again. */
function target(scenario: Scenario): Target {
  let ready: Neighboured | undefined;
  let delivered = 0;
  return {
    delivered: () => delivered,
    async deliver(spoil) {
      ready ??= await besideOthers(scenario);
      const { scene, permitted, bystanders } = ready;
      scene.requests();
      const logged = scene.lines.length;
      const event = spoil(ready.event);
      delivered += 1;

      const end = await scene.invoke(event, contextOf({ remaining }));

      const requests = scene.requests();
      expectOwnPlace(event, requests);
      expectEscaped(end, scene.lines.slice(logged));
      if (writes(requests.filter(({ applied }) => applied)).length === 0) return;
      expect(await bystanders()).toHaveLength(1);
      const entries = await ready.entries();
      expect(entries).toEqual(expect.arrayContaining([...permitted]));
      if (entries.length > permitted.length) return;
      await scene[Symbol.asyncDispose]();
      ready = undefined;
    },
    async [Symbol.asyncDispose]() {
      await ready?.scene[Symbol.asyncDispose]();
    },
  };
}

/** Every request is in the function's account and in the Region of the event. */
function expectOwnPlace(event: unknown, requests: ReturnType<Ready["scene"]["requests"]>): void {
  const place = JSON.stringify((event as { detail?: { awsRegion?: unknown } })?.detail?.awsRegion);
  for (const { account, region } of requests)
    expect({ account, region: JSON.stringify(region) }).toEqual({ account: "123456789012", region: place });
}

/** An error has one line, and no text has a control character. */
function expectEscaped({ error, outcomes }: End, lines: Ready["scene"]["lines"]): void {
  if (error) expect(error.message).toMatch(/^[^\n]{10,}$/);
  expect(rawTexts([outcomes, ...[error, error?.cause].map(textsOf)])).toEqual([]);
  for (const { text, extra } of lines) expect(rawTexts([text, textsOf(extra)])).toEqual([]);
}

/** A scenario with a violation on another resource, which no event names. */
interface Neighboured extends Ready {
  /** The entries of the other resource. */
  readonly bystanders: () => Promise<readonly string[]>;
}

async function besideOthers({ start, eventName, form }: Scenario): Promise<Neighboured> {
  const ready = await start();
  if (form === "complete") {
    const entry = caseOf(eventName);
    // To another account: endpoint access without a cluster is found by the account that it is given to.
    const [, , violation] = grantsOf(entry);
    if (!violation) throw new Error("Every authorization has grants");
    const other = { ...violation, resource: resourceOf(eventName, "kitchen") };
    await authorize(ready.scene.emulator.url, entry, other);
    return { ...ready, bystanders: () => entriesOf(ready.scene.aws, entry, other) };
  }
  const vpc = ready.scene as Vpc;
  const kitchen = await vpc.group("kitchen");
  await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, CacheClusterId: "kitchen", SecurityGroupIds: [kitchen] }));
  await vpc.open([ranges(["0.0.0.0/0"])], kitchen);
  return { ...ready, bystanders: () => vpc.rules(kitchen) };
}

function textsOf(value: unknown): unknown {
  return value instanceof Error ? [value.message, value.stack?.split("\n"), textsOf(value.cause)] : value;
}

describe.concurrent.each(hostile)("$eventName, $form", { timeout: long ? 600_000 : 120_000 }, (scenario) => {
  test.each(spoilings)("with each member in turn $name", async (spoiling) => {
    await using spoiledTarget = target(scenario);
    const { scene, event } = await scenario.start();
    await scene[Symbol.asyncDispose]();
    for (const path of pathsOf(event)) {
      const spoil = (each: unknown) => spoiled(each, path, spoiling);
      await spoiledTarget.deliver(spoil).catch((cause) => {
        throw new Error(`${path.join(".")} ${spoiling.name}: ${cause.message}`, { cause });
      });
    }
    counted += spoiledTarget.delivered();
  });

  test("with several members spoiled", async () => {
    await using spoiledTarget = target(scenario);
    const picks = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...spoilings)), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(picks, async (some) => {
        await spoiledTarget.deliver((event) =>
          some.reduce((each, [n, spoiling]) => {
            const paths = pathsOf(event).filter((path) => path.length > 1);
            return spoiled(each, paths[n % paths.length] ?? [], spoiling);
          }, event),
        );
      }),
      { numRuns: long ? 1_000 : 30, endOnFailure: true },
    );
    counted += spoiledTarget.delivered();
  });
});

let counted = 0;
test("at least 5,000 events are delivered", () => {
  console.log(`${counted} spoiled events`);
  expect(counted).toBeGreaterThanOrEqual(5_000);
});
