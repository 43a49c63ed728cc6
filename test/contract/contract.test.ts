import { describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import type { Source } from "#domain/source.ts";
import { sourceText } from "#domain/source.ts";
import { undoCommand } from "#outcome/undo.ts";
import { authorize, cases, entriesOf, grantsOf, sourcesOf } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { cutEventOf, eventOf } from "../support/events.ts";
import { grantTo, home, id, resourceOf } from "../support/grants.ts";
import { policyOf, type Scene, startScene, writes } from "../support/scene.ts";
import { undoCommands } from "./undo-commands.ts";

describe.each(cases)("$eventName", (entry) => {
  const kinds = sourcesOf(entry);
  const all = grantsOf(entry);
  const resource = resourceOf(entry.eventName);
  const texts = (grants: readonly Grant[]) => grants.map(({ resource, source }) => `${resource} ${sourceText(source)}`).sort();

  async function given(scene: Scene, ...grants: readonly Grant[]) {
    for (const grant of grants) await authorize(scene.emulator.url, entry, grant);
    scene.requests();
  }

  test("the authorization has at least one kind of source", () => {
    expect(kinds).not.toEqual([]);
  });

  describe.each(kinds.map(([kind, sources]) => ({ kind, grants: sources.map((source) => grantTo(source, entry)) })))(
    "a grant to a $kind",
    ({ kind, grants }) => {
      const [grant, another] = grants as [Grant, Grant?];

      test("is revoked and no longer listed, and every other grant on the resource stays", async () => {
        await using scene = await startScene();
        await given(scene, ...all);

        const { results } = await scene.invoke(eventOf(grant));

        expect(results).toEqual(["revoked"]);
        expect(await entriesOf(scene.aws, entry, { resource })).toEqual(
          texts(all.filter((each) => sourceText(each.source) !== sourceText(grant.source))),
        );
      });

      test("is revoked in one call", async () => {
        await using scene = await startScene();
        await given(scene, grant);
        await scene.invoke(eventOf(grant));
        expect(scene.requests()).toHaveLength(1);
      });

      test("is alreadyGone, not an error, when its event is delivered twice", async () => {
        await using scene = await startScene();
        await given(scene, grant);

        const ends = [await scene.invoke(eventOf(grant)), await scene.invoke(eventOf(grant))];

        expect(ends.map(({ results }) => results)).toEqual([["revoked"], ["alreadyGone"]]);
      });

      test("is alreadyGone if the resource does not exist", async () => {
        await using scene = await startScene({ emulator: { createMissing: false } });
        expect((await scene.invoke(eventOf(grant))).results).toEqual(["alreadyGone"]);
        expect((await scene.invoke(cutEventOf(grant))).results).toEqual([]);
      });

      test("is restored by its undo", async () => {
        await using scene = await startScene();
        await given(scene, grant);
        await scene.invoke(eventOf(grant));
        expect(await entriesOf(scene.aws, entry, { resource })).toEqual([]);

        await given(scene, grant);

        expect(await entriesOf(scene.aws, entry, { resource })).toEqual(texts([grant]));
      });

      test("has an undo that is an AWS CLI command", async () => {
        await using scene = await startScene();
        await given(scene, grant);
        const { outcomes } = await scene.invoke(eventOf(grant));
        expect(outcomes).toMatchObject([{ undo: undoCommands[entry.eventName]?.[kind] ?? "write the expected command into this test" }]);
        expect(undoCommand(entry.authorization, grant)).toBe(undoCommands[entry.eventName]?.[kind]);
      });

      test("stays without a call if the policy has its permitWith statement, which permits no other grant", async () => {
        await using audit = await startScene({ audit: true });
        const { outcomes } = await audit.invoke(eventOf(grant));
        const permit = outcomes.flatMap((outcome) => ("permitWith" in outcome ? outcome.permitWith : []));
        await using scene = await startScene({ policy: await policyOf({ mode: "enforce", permit }) });

        expect((await scene.invoke(eventOf(grant))).results).toEqual(["permitted"]);
        expect(scene.emulator.requests).toEqual([]);
        if (another) expect((await scene.invoke(eventOf(another))).results).toEqual(["alreadyGone"]);
      });

      test("is only reported in audit mode, even if the resource has to be listed", async () => {
        await using scene = await startScene({ audit: true });
        await given(scene, grant);

        expect((await scene.invoke(eventOf(grant))).results).toEqual(["reported"]);
        expect(scene.requests()).toEqual([]);
        expect((await scene.invoke(cutEventOf(grant))).results).toEqual(["reported"]);
        expect(scene.requests()).toHaveLength(1);
        expect(writes(scene.emulator.requests.slice(1))).toEqual([]);
        expect(await entriesOf(scene.aws, entry, { resource })).toEqual(texts([grant]));
      });

      test.each([
        ["another account", home, { account: "210987654321" }],
        ["another partition", home, { partition: "aws-us-gov" }],
        ["a Region of another partition", { ...home, region: "cn-north-1", partition: "aws-cn" }, {}],
      ])("in %s fails, and no call is made", async (_case, place, context) => {
        await using scene = await startScene();
        const elsewhere = grantTo(grant.source, entry, { place });

        const { results, outcomes, error } = await scene.invoke(eventOf(elsewhere), contextOf(context));
        const cut = await scene.invoke(cutEventOf(elsewhere), contextOf(context));

        expect(results).toEqual(["failed"]);
        expect(outcomes).toMatchObject([{ error: { name: "NotHome", attempts: 0, retryable: false } }]);
        expect(error?.message).toContain(place.account);
        expect(cut.error?.message).toContain("The event does not show all its grants");
        expect(scene.emulator.requests).toEqual([]);
      });

      test("is found by a name in another case, and reported with the stored name, unless AWS distinguishes case", async () => {
        await using scene = await startScene();
        await given(scene, grant);

        const { outcomes } = await scene.invoke(eventOf({ ...grant, resource: resourceOf(entry.eventName, "PayRoll") }));

        if (entry.keepsCase) {
          expect(outcomes).toMatchObject([{ result: "alreadyGone", grant: { resource: resourceOf(entry.eventName, "PayRoll") } }]);
          expect(await entriesOf(scene.aws, entry, { resource })).toEqual(texts([grant]));
          return;
        }
        expect(outcomes).toMatchObject([{ result: "revoked", grant: { resource } }]);
        expect(await entriesOf(scene.aws, entry, { resource })).toEqual([]);
      });
    },
  );

  test("a cut record causes every grant on its resource to be evaluated, and no other", async () => {
    await using scene = await startScene();
    const elsewhere = [
      grantTo(all[0]?.source as Source, entry, { resource: resourceOf(entry.eventName, "other") }),
      grantTo(all[0]?.source as Source, entry, { place: { ...home, region: "us-east-1" } }),
      grantTo(all[0]?.source as Source, entry, { place: { ...home, account: id("210987654321") } }),
    ];
    await given(scene, ...all, ...elsewhere);

    const { outcomes, results } = await scene.invoke(cutEventOf(all[0] as Grant));

    expect(results).toEqual(all.map(() => "revoked"));
    expect(texts(outcomes.map((outcome) => outcome.grant))).toEqual(texts(all));
    for (const each of elsewhere) expect(await entriesOf(scene.aws, entry, each)).toEqual(texts([each]));
  });

  test("the list of a place has every page, and the list of a resource has only that resource", async () => {
    await using scene = await startScene({ emulator: { pageSize: 20 } });
    const named = (n: number) => resourceOf(entry.eventName, `group-${n}`);
    const many = Array.from({ length: 45 }, (_, n) => ({ ...(all[n % all.length] as Grant), resource: named(n) }));
    await Promise.all(many.map((each) => authorize(scene.emulator.url, entry, each)));
    scene.requests();

    expect(await entriesOf(scene.aws, entry, {})).toEqual(texts(many));
    expect(scene.requests()).toHaveLength(3);
    expect(await entriesOf(scene.aws, entry, { resource: named(7) })).toEqual(texts(many.slice(7, 8)));
    expect(scene.requests()).toHaveLength(1);
  });
});
