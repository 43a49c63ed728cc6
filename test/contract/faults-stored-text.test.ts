import { describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import { cases, entriesOf, grantsOf, sceneWith } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { eventOf } from "../support/events.ts";
import { always, error, shortPauses } from "../support/faults.ts";
import { grantTo } from "../support/grants.ts";
import { writes } from "../support/scene.ts";
import { responseTo, revokeOf } from "./calls-of.ts";

shortPauses();

/** The calls whose sources AWS can store as another text than the caller's. */
const textual = cases.filter(({ sources }) => sources.includes("range") || sources.includes("securityGroup"));

describe.concurrent.each(textual)("$eventName", (entry) => {
  const [grant] = grantsOf(entry) as [Grant];

  /** The same source as AWS stores it, and as a caller writes it. */
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

  test.each(spellings.map(([stored, written]) => ({ stored, written, as: sourceText(stored) })))(
    "a grant that is stored as $as is revoked as that text, however the event writes it",
    async ({ stored, written }) => {
      await using scene = await sceneWith(entry, grantTo(stored, entry), grant);

      const { outcomes } = await scene.invoke(eventOf(grantTo(written, entry)));

      expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: written } }]);
      expect(outcomes.map((outcome) => "undo" in outcome && outcome.undo)).toEqual([
        expect.stringContaining("range" in stored ? stored.range : stored.securityGroup),
      ]);
      expect(await entriesOf(scene.aws, entry, grant)).toEqual([`${grant.resource} ${sourceText(grant.source)}`]);
    },
  );

  if (entry.sources.includes("range"))
    test("a failure after one of two texts of a network is revoked has the undo of that text", async () => {
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
    test("two texts of one network that are listed but never found are retried with pauses until the time is up", async () => {
      const [first, second] = ["192.0.2.77/24", "192.0.2.0/24"].map((range) => grantTo({ kind: "range", range }, entry)) as [Grant, Grant];
      await using scene = await sceneWith(entry, first, second);
      scene.emulator.fail({ times: always, action: await revokeOf(entry, first), ...error("AuthorizationNotFound", 404) });

      const { outcomes } = await scene.invoke(eventOf(first), contextOf({ remaining: 3_000 }));

      expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized" } }]);
      expect(writes(scene.requests()).length).toBeLessThan(8);
    });

  if (entry.sources.includes("securityGroup"))
    test("an entry whose name differs only in case is not mistaken for the revoked group", async () => {
      const owner = grant.place.account;
      const [revoked, other] = ["web", "WEB"].map((securityGroup) => grantTo({ kind: "securityGroup", owner, securityGroup }, entry)) as [
        Grant,
        Grant,
      ];
      await using scene = await sceneWith(entry, revoked);
      const action = await revokeOf(entry, revoked);
      const response = await responseTo(entry, other);
      scene.emulator.fail({ action, answer: "rewritten", rewrite: () => response.replaceAll(entry.eventName, action) });

      const { results } = await scene.invoke(eventOf(revoked));

      expect(results).toEqual(["revoked"]);
      expect(writes(scene.requests())).toHaveLength(1);
    });
});
