import { beforeAll, describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import type { Misbehaviour } from "#emulator/index.ts";
import { authorize, cases, entriesOf, grantsOf, sceneWith } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { cutEventOf, eventOf } from "../support/events.ts";
import { always, error, garbled, shortPauses } from "../support/faults.ts";
import { startScene } from "../support/scene.ts";
import { revokeOf } from "./calls-of.ts";

shortPauses();

/** Faults that a retry survives, whether the request was completed or not. */
const passing: readonly (readonly [string, Misbehaviour])[] = [
  ["Throttling", error("Throttling", 400)],
  ["RequestLimitExceeded", error("RequestLimitExceeded", 503)],
  ["InternalFailure", error("InternalFailure", 500)],
  ["an empty 500", garbled("empty", 500)],
  ["a web page with status 503", garbled("html", 503)],
  ["plain text with status 502", garbled("text", 502)],
  ["an empty 200", garbled("empty", 200)],
  ["a web page with status 200", garbled("html", 200)],
  ["a 200 with half of the XML", garbled("truncated", 200)],
  ["a connection reset", { answer: "reset" }],
  ["no response at all", { answer: "never" }],
];

describe.concurrent.each(cases)("$eventName", (entry) => {
  const [grant] = grantsOf(entry) as [Grant];

  // Loading and compiling an SDK client can take most of the time that the tests give an invocation.
  beforeAll(async () => {
    await using scene = await sceneWith(entry, grant);
    await scene.invoke(eventOf(grant));
  });

  describe.each(passing)("%s", (_name, misbehaviour) => {
    test("in place of a revoke: a retry revokes the grant", async () => {
      await using scene = await sceneWith(entry, grant);
      scene.emulator.fail(misbehaviour);

      const { results } = await scene.invoke(eventOf(grant), contextOf({ remaining: 6_000 }));

      expect(results).toEqual(["revoked"]);
      expect(await entriesOf(scene.aws, entry, grant)).toEqual([]);
    });

    test("after a completed revoke: the grant is alreadyGone", async () => {
      await using scene = await sceneWith(entry, grant);
      scene.emulator.fail({ ...misbehaviour, applied: true } as Misbehaviour);

      const { results } = await scene.invoke(eventOf(grant), contextOf({ remaining: 6_000 }));

      expect(results).toEqual(["alreadyGone"]);
      expect(await entriesOf(scene.aws, entry, grant)).toEqual([]);
    });

    test("in place of a list: a retry lists the resource", async () => {
      await using scene = await sceneWith(entry, grant);
      scene.emulator.fail(misbehaviour);
      expect((await scene.invoke(cutEventOf(grant), contextOf({ remaining: 6_000 }))).results).toEqual(["revoked"]);
    });

    test("without end: the grant is failed and retryable, and the invocation ends in time", async () => {
      await using scene = await sceneWith(entry, grant);
      scene.emulator.fail({ ...misbehaviour, times: always });
      const before = Date.now();

      const { outcomes } = await scene.invoke(eventOf(grant), contextOf({ remaining: 2_000 }));

      expect(Date.now() - before).toBeLessThan(2_000);
      expect(outcomes).toMatchObject([{ result: "failed", error: { retryable: true } }]);
      const { attempts } = outcomes.flatMap((outcome) => (outcome.result === "failed" ? outcome.error : []))[0] ?? {};
      expect(attempts).toBeGreaterThan(1);
      // AWS does not see an attempt that is aborted before it is sent.
      expect(scene.requests().length).toBeLessThanOrEqual(attempts ?? 0);
    });
  });

  test("a resource in an invalid state is retried until it is ready", async () => {
    await using scene = await startScene({ emulator: { settleMs: 200 } });
    await authorize(scene.emulator.url, entry, grant);

    scene.emulator.fail({ action: await revokeOf(entry, grant), ...error("InvalidClusterState", 400) });

    const { results } = await scene.invoke(eventOf(grant));

    expect(results).toEqual(["revoked"]);
    expect(scene.requests().filter(({ code }) => /^Invalid\w+State$/.test(code ?? ""))).not.toEqual([]);
  });

  test("a web page with status 403 or 404 is retried", async () => {
    await using scene = await sceneWith(entry, grant);
    for (const status of [403, 404]) scene.emulator.fail(garbled("html", status) as Misbehaviour);

    expect((await scene.invoke(eventOf(grant))).results).toEqual(["revoked"]);
  });

  test("a web page with status 404 does not make the grant alreadyGone", async () => {
    await using scene = await sceneWith(entry, grant);
    scene.emulator.fail({ times: always, ...garbled("html", 404) });
    const soon = () => contextOf({ remaining: 2_000 });
    expect((await scene.invoke(eventOf(grant), soon())).results).toEqual(["failed"]);
    expect((await scene.invoke(cutEventOf(grant), soon())).error).toBeDefined();
  });
});
