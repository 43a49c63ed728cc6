import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calls } from "../support/attach-calls.ts";
import { authorize, caseOf, entriesOf, grantsOf } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { resourceOf } from "../support/grants.ts";
import { long } from "../support/long.ts";
import { rawTexts } from "../support/output.ts";
import { ranges, sessions, type Vpc } from "../support/vpc.ts";
import { type Ready, type Scenario, scenarios } from "./scenarios.ts";
import { pathsOf, spoiled, spoilings } from "./spoilings.ts";

/** Of the eleven calls that attach, two stand for the others, but in the long form. */
const attaching = new Set(
  (long ? calls : calls.filter(({ eventName }) => /CreateCacheC|UpdateW/.test(eventName))).map((each) => each.eventName),
);
const hostile = scenarios.filter(({ form, eventName }) => form !== "cut" && (form !== "attached" || attaching.has(eventName)));

/** Enough for the calls, and too little for pauses. */
const remaining = 1_250;

/** Hands over events that somebody spoiled, and checks after each what must always hold. */
function victim(scenario: Scenario): { meet: (spoil: (event: unknown) => unknown) => Promise<void>; met: () => number } & AsyncDisposable {
  let ready: (Ready & { readonly bystanders: () => Promise<readonly string[]> }) | undefined;
  let met = 0;
  return {
    met: () => met,
    async meet(spoil) {
      ready ??= await besideOthers(scenario);
      const { scene, permitted, bystanders } = ready;
      scene.requests();
      const logged = scene.lines.length;
      const event = spoil(ready.event);
      met += 1;

      const end = await scene.invoke(event, contextOf({ remaining }));

      const place = JSON.stringify((event as { detail?: { awsRegion?: unknown } })?.detail?.awsRegion);
      const requests = scene.requests();
      for (const { account, region } of requests)
        expect({ account, region: JSON.stringify(region) }).toEqual({ account: "123456789012", region: place });
      // Either a clear error, or every grant judged.
      if (end.error) expect(end.error.message).toMatch(/^[^\n]{10,}$/);
      expect(rawTexts([end.outcomes, ...[end.error, end.error?.cause].map(textsOf)])).toEqual([]);
      for (const { text, extra } of scene.lines.slice(logged)) expect(rawTexts([text, textsOf(extra)])).toEqual([]);
      const isChanged = requests.some(({ action, applied }) => applied && !/^(Describe|List|Get)/.test(action));
      if (!isChanged) return;
      expect(await bystanders()).toHaveLength(1);
      const left = await ready.entries();
      expect(left).toEqual(expect.arrayContaining([...permitted]));
      if (left.length > permitted.length) return;
      await scene[Symbol.asyncDispose]();
      ready = undefined;
    },
    async [Symbol.asyncDispose]() {
      await ready?.scene[Symbol.asyncDispose]();
    },
  };
}

/** A violation stands on another resource, which no event names. */
async function besideOthers({ start, eventName, form }: Scenario): Promise<Ready & { bystanders: () => Promise<readonly string[]> }> {
  const ready = await start();
  if (form === "told") {
    const entry = caseOf(eventName);
    // Of another account: endpoint access can be given without naming a cluster, and is then found by whom it is given to.
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
    await using someone = victim(scenario);
    const { scene, event } = await scenario.start();
    await scene[Symbol.asyncDispose]();
    for (const path of pathsOf(event)) {
      const spoil = (each: unknown) => spoiled(each, path, spoiling);
      await someone.meet(spoil).catch((cause) => {
        throw new Error(`${path.join(".")} ${spoiling.name}: ${cause.message}`, { cause });
      });
    }
    counted += someone.met();
  });

  test("with several members spoiled", async () => {
    await using someone = victim(scenario);
    const picks = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...spoilings)), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(picks, async (some) => {
        await someone.meet((event) =>
          some.reduce((each, [n, spoiling]) => {
            const paths = pathsOf(event).filter((path) => path.length > 1);
            return spoiled(each, paths[n % paths.length] ?? [], spoiling);
          }, event),
        );
      }),
      { numRuns: long ? 1_000 : 30, endOnFailure: true },
    );
    counted += someone.met();
  });
});

let counted = 0;
test("at least 5,000 events are delivered", () => {
  console.log(`${counted} spoiled events`);
  expect(counted).toBeGreaterThanOrEqual(5_000);
});
