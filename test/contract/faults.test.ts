import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import type { Misbehaviour } from "#emulator/index.ts";
import { authorize, type Case, cases, entriesOf, grantsOf, sceneWith } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { cutEventOf, eventOf } from "../support/events.ts";
import { grantTo } from "../support/grants.ts";
import { startScene, writes } from "../support/scene.ts";

const always = Number.POSITIVE_INFINITY;

// Pauses between attempts are random; here they are short.
beforeAll(() => void vi.spyOn(Math, "random").mockReturnValue(0.1));
afterAll(() => void vi.restoreAllMocks());

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
  const [grant, second, third] = grantsOf(entry) as [Grant, Grant, Grant];

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

  test.each(["AccessDenied", "InvalidParameterValue", "ExpiredToken"])("%s fails at once, and the others go on", async (code) => {
    await using scene = await sceneWith(entry, grant, second, third);
    scene.emulator.fail({ action: await revokeOf(entry, grant), ...error(code, code === "InvalidParameterValue" ? 400 : 403) });

    const { outcomes, results, error: thrown } = await scene.invoke(cutEventOf(grant));

    expect(results).toEqual(["failed", "revoked", "revoked"]);
    expect(outcomes[0]).toMatchObject({ error: { attempts: 1, retryable: false, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    expect(thrown?.message).toContain(code);
    expect(writes(scene.requests())).toHaveLength(3);
    expect(await entriesOf(scene.aws, entry, grant)).toHaveLength(1);
  });

  test("a web page that says 404 does not mean that the grant is gone", async () => {
    await using scene = await sceneWith(entry, grant);
    scene.emulator.fail({ times: always, ...garbled("html", 404) });
    const soon = () => contextOf({ remaining: 2_000 });
    expect((await scene.invoke(eventOf(grant), soon())).results).toEqual(["failed"]);
    expect((await scene.invoke(cutEventOf(grant), soon())).error).toBeDefined();
  });

  test("a group that may not be listed fails the event, and nothing is written", async () => {
    await using scene = await sceneWith(entry, grant);
    scene.emulator.fail(error("AccessDenied", 403));

    const { results, error: thrown } = await scene.invoke(cutEventOf(grant));

    expect(results).toEqual([]);
    expect(thrown?.message).toContain("AccessDenied");
    expect(scene.requests()).toHaveLength(1);
  });

  test("an answer that still lists the grant as authorized is a failure", async () => {
    await using scene = await sceneWith(entry, grant);
    const action = await revokeOf(entry, grant);
    const given = await answerTo(entry, grant);
    scene.emulator.fail({ action, answer: "rewritten", rewrite: () => given.replaceAll(entry.eventName, action) });

    const { outcomes, error: thrown } = await scene.invoke(eventOf(grant));

    expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized", retryable: true } }]);
    expect(thrown?.message).toContain(sourceText(grant.source));
    expect(scene.requests()).toHaveLength(1);
  });

  test("not found is not gone while the list still shows the grant", async () => {
    await using scene = await sceneWith(entry, grant);
    scene.emulator.fail({ times: 2, action: await revokeOf(entry, grant), ...error("AuthorizationNotFound", 404) });
    expect((await scene.invoke(eventOf(grant))).results).toEqual(["revoked"]);

    await using blind = await sceneWith(entry, grant);
    blind.emulator.fail({ times: always, action: await revokeOf(entry, grant), ...error("AuthorizationNotFound", 404) });
    const { outcomes } = await blind.invoke(eventOf(grant), contextOf({ remaining: 3_000 }));
    expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized", retryable: true } }]);
  });

  test("a group that is not found, and no time left to ask again, is not taken to be absent", async () => {
    await using scene = await startScene({ emulator: { createMissing: false } });
    const { outcomes, error: thrown } = await scene.invoke(cutEventOf(grant), contextOf({ remaining: 1_300 }));
    expect(outcomes).toEqual([]);
    expect(thrown).toBeDefined();
  });

  /** The same source as AWS may have stored it, and as a caller may write it. */
  const spellings = (
    [
      [
        { kind: "range", range: "192.0.2.77/24" },
        { kind: "range", range: "192.0.2.0/24" },
      ],
      [
        { kind: "range", range: "2001:DB8:0:0:5::/80" },
        { kind: "range", range: "2001:db8::5:0:0:0/80" },
      ],
      [
        { kind: "securityGroup", owner: grant.place.account, securityGroup: "Web-Tier" },
        { kind: "securityGroup", owner: grant.place.account, securityGroup: "web-tier" },
      ],
    ] as const
  ).filter(([{ kind }]) => entry.sources.includes(kind));

  test.each(spellings.map(([stored, said]) => ({ stored, said, as: sourceText(stored) })))(
    "what stands as $as is found and revoked as that text, however the event writes it",
    async ({ stored, said }) => {
      await using scene = await sceneWith(entry, grantTo(stored, entry), grant);

      const { outcomes } = await scene.invoke(eventOf(grantTo(said, entry)));

      expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: said } }]);
      expect(outcomes.map((outcome) => "undo" in outcome && outcome.undo)).toEqual([
        expect.stringContaining("range" in stored ? stored.range : stored.securityGroup),
      ]);
      expect(await entriesOf(scene.aws, entry, grant)).toEqual([`${grant.resource} ${sourceText(grant.source)}`]);
    },
  );

  if (entry.sources.includes("range"))
    test("what was taken back of a network before a failure is told with its undo", async () => {
      const [first, second] = ["192.0.2.77/24", "192.0.2.0/24"].map((range) => grantTo({ kind: "range", range }, entry)) as [Grant, Grant];
      await using scene = await sceneWith(entry, first, second);
      const action = await revokeOf(entry, first);
      scene.emulator.fail({ action, after: 1, ...error("AccessDenied", 403) });

      const { outcomes } = await scene.invoke(eventOf(first));

      expect(outcomes).toMatchObject([
        { result: "failed", error: { name: "AccessDenied" }, undo: expect.stringContaining("192.0.2.77/24") },
      ]);
      expect(await entriesOf(scene.aws, entry, first)).toEqual([`${second.resource} ${sourceText(second.source)}`]);
    });

  if (entry.sources.includes("range"))
    test("two texts of one network that are listed and never found are asked for with pauses, until there is no time", async () => {
      const [first, second] = ["192.0.2.77/24", "192.0.2.0/24"].map((range) => grantTo({ kind: "range", range }, entry)) as [Grant, Grant];
      await using scene = await sceneWith(entry, first, second);
      scene.emulator.fail({ times: always, action: await revokeOf(entry, first), ...error("AuthorizationNotFound", 404) });

      const { outcomes } = await scene.invoke(eventOf(first), contextOf({ remaining: 3_000 }));

      expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized" } }]);
      expect(writes(scene.requests()).length).toBeLessThan(8);
    });

  if (entry.sources.includes("securityGroup"))
    test("a group that is found by its name leaves one that differs in case alone", async () => {
      const owner = grant.place.account;
      const [asked, other] = ["web", "WEB"].map((securityGroup) => grantTo({ kind: "securityGroup", owner, securityGroup }, entry)) as [
        Grant,
        Grant,
      ];
      await using scene = await sceneWith(entry, asked);
      const action = await revokeOf(entry, asked);
      const stands = await answerTo(entry, other);
      scene.emulator.fail({ action, answer: "rewritten", rewrite: () => stands.replaceAll(entry.eventName, action) });

      const { results } = await scene.invoke(eventOf(asked));

      expect(results).toEqual(["revoked"]);
      expect(writes(scene.requests())).toHaveLength(1);
    });

  test("when the group cannot be listed, what the event does say is judged all the same, and then it fails", async () => {
    await using scene = await sceneWith(entry, grant);
    const [list = ""] = await listOf(entry, grant);
    scene.emulator.fail({ action: list, times: always, ...error("AccessDenied", 403) });
    const told = eventOf(grant);
    const padded = { ...told, detail: { ...told.detail, requestParameters: { ...Object(told.detail.requestParameters), omitted: true } } };

    const { results, error: thrown } = await scene.invoke(padded);

    expect(results).toEqual(["revoked"]);
    expect(thrown?.message).toContain("AccessDenied");
  });

  test("nothing to revoke, beside an entry that cannot be read and may be it, is failed", async () => {
    await using scene = await sceneWith(entry, grant);
    const [list = ""] = await listOf(entry, grant);
    const [text = ""] = Object.values(grant.source).filter((value) => value !== grant.source.kind);
    scene.emulator.fail({ action: await revokeOf(entry, grant), ...error("AuthorizationNotFound", 404) });
    scene.emulator.fail({ action: list, answer: "rewritten", rewrite: (right) => right.replaceAll(String(text), "unread\u0085able") });

    const { outcomes } = await scene.invoke(eventOf(grant));

    expect(outcomes).toMatchObject([{ result: "failed", error: { name: "Unreadable", retryable: true } }]);
  });

  test("a web page instead of a refusal is no answer: it is asked for again", async () => {
    await using scene = await sceneWith(entry, grant);
    for (const status of [403, 404]) scene.emulator.fail(garbled("html", status) as Misbehaviour);

    expect((await scene.invoke(eventOf(grant))).results).toEqual(["revoked"]);
  });

  test("what is stored and cannot be read fails the event after the others were judged", async () => {
    await using scene = await sceneWith(entry, grant, third);
    const unread =
      Object.values(third.source)
        .find((text) => /^[\d./]+$/.test(String(text)))
        ?.toString() ?? "";
    scene.emulator.fail({ answer: "rewritten", rewrite: (right) => right.replaceAll(unread, "everyone\u202e") });

    const { outcomes, results, error: thrown } = await scene.invoke(cutEventOf(grant));

    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([{ grant: { source: grant.source } }]);
    expect(thrown?.message).toContain("everyone\\u{202e}");
    expect(await entriesOf(scene.aws, entry, grant)).toEqual([`${grant.resource} ${sourceText(third.source)}`]);
  });
});

/** A scene in which the grants were really given. */
/** The actions that list its resource. */
async function listOf(entry: Case, grant: Grant): Promise<readonly string[]> {
  await using scene = await sceneWith(entry, grant);
  await entriesOf(scene.aws, entry, grant);
  return scene.requests().map(({ action }) => action);
}

/** What the call that gives the grant is answered. */
async function answerTo(entry: Case, grant: Grant): Promise<string> {
  await using scene = await startScene();
  let answer = "";
  scene.emulator.fail({ answer: "rewritten", rewrite: (right) => (answer = right) });
  await authorize(scene.emulator.url, entry, grant);
  return answer;
}

/** The action that takes the grant back. */
async function revokeOf(entry: Case, grant: Grant): Promise<string> {
  await using scene = await sceneWith(entry, grant);
  await scene.invoke(eventOf(grant));
  const [action, ...others] = new Set(writes(scene.requests()).map((request) => request.action));
  expect(others).toEqual([]);
  return action ?? "";
}

function error(code: string, status: number): Misbehaviour {
  return { answer: "error", code, status };
}

function garbled(body: "empty" | "html" | "text" | "truncated", status: number): Misbehaviour {
  return { answer: "garbled", body, status };
}
