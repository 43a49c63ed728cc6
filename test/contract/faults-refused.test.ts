import { describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import { cases, entriesOf, grantsOf, sceneWith } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { cutEventOf, eventOf } from "../support/events.ts";
import { always, error, shortPauses } from "../support/faults.ts";
import { startScene, writes } from "../support/scene.ts";
import { listOf, responseTo, revokeOf } from "./calls-of.ts";

shortPauses();

describe.concurrent.each(cases)("$eventName", (entry) => {
  const [grant, second, third] = grantsOf(entry) as [Grant, Grant, Grant];

  test.each(["AccessDenied", "InvalidParameterValue", "ExpiredToken"])(
    "%s fails one grant at once, and the others are revoked",
    async (code) => {
      await using scene = await sceneWith(entry, grant, second, third);
      scene.emulator.fail({ action: await revokeOf(entry, grant), ...error(code, code === "InvalidParameterValue" ? 400 : 403) });

      const { outcomes, results, error: thrown } = await scene.invoke(cutEventOf(grant));

      expect(results).toEqual(["failed", "revoked", "revoked"]);
      expect(outcomes[0]).toMatchObject({ error: { attempts: 1, retryable: false, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
      expect(thrown?.message).toContain(code);
      expect(writes(scene.requests())).toHaveLength(3);
      expect(await entriesOf(scene.aws, entry, grant)).toHaveLength(1);
    },
  );

  test("a denied list fails the event, and nothing is written", async () => {
    await using scene = await sceneWith(entry, grant);
    scene.emulator.fail(error("AccessDenied", 403));

    const { results, error: thrown } = await scene.invoke(cutEventOf(grant));

    expect(results).toEqual([]);
    expect(thrown?.message).toContain("AccessDenied");
    expect(scene.requests()).toHaveLength(1);
  });

  test("a response that lists the grant as authorized is a failure", async () => {
    await using scene = await sceneWith(entry, grant);
    const action = await revokeOf(entry, grant);
    const given = await responseTo(entry, grant);
    scene.emulator.fail({ action, answer: "rewritten", rewrite: () => given.replaceAll(entry.eventName, action) });

    const { outcomes, error: thrown } = await scene.invoke(eventOf(grant));

    expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized", retryable: true } }]);
    expect(thrown?.message).toContain(sourceText(grant.source));
    expect(scene.requests()).toHaveLength(1);
  });

  test("a not-found error is not alreadyGone while the grant is listed", async () => {
    await using scene = await sceneWith(entry, grant);
    scene.emulator.fail({ times: 2, action: await revokeOf(entry, grant), ...error("AuthorizationNotFound", 404) });
    expect((await scene.invoke(eventOf(grant))).results).toEqual(["revoked"]);

    await using blind = await sceneWith(entry, grant);
    blind.emulator.fail({ times: always, action: await revokeOf(entry, grant), ...error("AuthorizationNotFound", 404) });
    const { outcomes } = await blind.invoke(eventOf(grant), contextOf({ remaining: 3_000 }));
    expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized", retryable: true } }]);
  });

  test("a resource that is not found fails the event if no time is left for another attempt", async () => {
    await using scene = await startScene({ emulator: { createMissing: false } });
    const { outcomes, error: thrown } = await scene.invoke(cutEventOf(grant), contextOf({ remaining: 1_300 }));
    expect(outcomes).toEqual([]);
    expect(thrown).toBeDefined();
  });

  test("a denied list fails an incomplete event after the grants in it are evaluated", async () => {
    await using scene = await sceneWith(entry, grant);
    const [list = ""] = await listOf(entry, grant);
    scene.emulator.fail({ action: list, times: always, ...error("AccessDenied", 403) });
    const event = eventOf(grant);
    const padded = {
      ...event,
      detail: { ...event.detail, requestParameters: { ...Object(event.detail.requestParameters), omitted: true } },
    };

    const { results, error: thrown } = await scene.invoke(padded);

    expect(results).toEqual(["revoked"]);
    expect(thrown?.message).toContain("AccessDenied");
  });

  test("a grant that is not found fails if an unreadable entry may be that grant", async () => {
    await using scene = await sceneWith(entry, grant);
    const [list = ""] = await listOf(entry, grant);
    const [text = ""] = Object.values(grant.source).filter((value) => value !== grant.source.kind);
    scene.emulator.fail({ action: await revokeOf(entry, grant), ...error("AuthorizationNotFound", 404) });
    scene.emulator.fail({
      action: list,
      answer: "rewritten",
      rewrite: (response) => response.replaceAll(String(text), "unread\u0085able"),
    });

    const { outcomes } = await scene.invoke(eventOf(grant));

    expect(outcomes).toMatchObject([{ result: "failed", error: { name: "Unreadable", retryable: true } }]);
  });

  test("an unreadable entry fails the event after the other entries are evaluated", async () => {
    await using scene = await sceneWith(entry, grant, third);
    const unread =
      Object.values(third.source)
        .find((text) => /^[\d./]+$/.test(String(text)))
        ?.toString() ?? "";
    scene.emulator.fail({ answer: "rewritten", rewrite: (response) => response.replaceAll(unread, "everyone\u202e") });

    const { outcomes, results, error: thrown } = await scene.invoke(cutEventOf(grant));

    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([{ grant: { source: grant.source } }]);
    expect(thrown?.message).toContain("everyone\\u{202e}");
    expect(await entriesOf(scene.aws, entry, grant)).toEqual([`${grant.resource} ${sourceText(third.source)}`]);
  });
});
