import { describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import type { Misbehaviour } from "#emulator/index.ts";
import { authorize, cases, entriesOf, grantsOf, sceneWith } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { cutEventOf, eventOf } from "../support/events.ts";
import { always, error, garbled, shortPauses } from "../support/faults.ts";
import { startScene } from "../support/scene.ts";
import { revokeOf } from "./calls-of.ts";

shortPauses();

/** What a revoke may meet and survive, done or not done before. */
const passing: readonly (readonly [string, Misbehaviour])[] = [
  ["Throttling", error("Throttling", 400)],
  ["RequestLimitExceeded", error("RequestLimitExceeded", 503)],
  ["InternalFailure", error("InternalFailure", 500)],
  ["500 with nothing", garbled("empty", 500)],
  ["503 with a web page", garbled("html", 503)],
  ["502 with plain text", garbled("text", 502)],
  ["200 with nothing", garbled("empty", 200)],
  ["200 with a web page", garbled("html", 200)],
  ["200 with half of the XML", garbled("truncated", 200)],
  ["a reset", { answer: "reset" }],
  ["silence", { answer: "never" }],
];

describe.concurrent.each(cases)("$eventName", (entry) => {
  const [grant] = grantsOf(entry) as [Grant];

  describe.each(passing)("%s", (_name, misbehaviour) => {
    test("instead of a revoke is not the end: it is asked for again, and revoked", async () => {
      await using scene = await sceneWith(entry, grant);
      scene.emulator.fail(misbehaviour);

      const { results } = await scene.invoke(eventOf(grant), contextOf({ remaining: 6_000 }));

      expect(results).toEqual(["revoked"]);
      expect(await entriesOf(scene.aws, entry, grant)).toEqual([]);
    });

    test("after a revoke that was done ends as alreadyGone, and nothing stands", async () => {
      await using scene = await sceneWith(entry, grant);
      scene.emulator.fail({ ...misbehaviour, applied: true } as Misbehaviour);

      const { results } = await scene.invoke(eventOf(grant), contextOf({ remaining: 6_000 }));

      expect(results).toEqual(["alreadyGone"]);
      expect(await entriesOf(scene.aws, entry, grant)).toEqual([]);
    });

    test("when the group has to be listed is asked for again", async () => {
      await using scene = await sceneWith(entry, grant);
      scene.emulator.fail(misbehaviour);
      expect((await scene.invoke(cutEventOf(grant), contextOf({ remaining: 6_000 }))).results).toEqual(["revoked"]);
    });

    test("without end has failed, may be tried again, and is over in time", async () => {
      await using scene = await sceneWith(entry, grant);
      scene.emulator.fail({ ...misbehaviour, times: always });
      const before = Date.now();

      const { outcomes } = await scene.invoke(eventOf(grant), contextOf({ remaining: 2_000 }));

      expect(Date.now() - before).toBeLessThan(2_000);
      expect(outcomes).toMatchObject([{ result: "failed", error: { retryable: true } }]);
      const { attempts } = outcomes.flatMap((outcome) => (outcome.result === "failed" ? outcome.error : []))[0] ?? {};
      expect(attempts).toBeGreaterThan(1);
      // What was given up before it was on the wire, AWS has not seen.
      expect(scene.requests().length).toBeLessThanOrEqual(attempts ?? 0);
    });
  });

  test("a group that is not ready yet is asked again until it is", async () => {
    await using scene = await startScene({ emulator: { settleMs: 200 } });
    await authorize(scene.emulator.url, entry, grant);

    scene.emulator.fail({ action: await revokeOf(entry, grant), ...error("InvalidClusterState", 400) });

    const { results } = await scene.invoke(eventOf(grant));

    expect(results).toEqual(["revoked"]);
    expect(scene.requests().filter(({ code }) => /^Invalid\w+State$/.test(code ?? ""))).not.toEqual([]);
  });

  test("a web page instead of a refusal is no answer: it is asked for again", async () => {
    await using scene = await sceneWith(entry, grant);
    for (const status of [403, 404]) scene.emulator.fail(garbled("html", status) as Misbehaviour);

    expect((await scene.invoke(eventOf(grant))).results).toEqual(["revoked"]);
  });

  test("a web page that says 404 does not mean that the grant is gone", async () => {
    await using scene = await sceneWith(entry, grant);
    scene.emulator.fail({ times: always, ...garbled("html", 404) });
    const soon = () => contextOf({ remaining: 2_000 });
    expect((await scene.invoke(eventOf(grant), soon())).results).toEqual(["failed"]);
    expect((await scene.invoke(cutEventOf(grant), soon())).error).toBeDefined();
  });
});
