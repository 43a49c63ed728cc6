import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import { authorize, entriesOf, grantsOf, make, reportOnlyCases, sceneWith, sourcesOf } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { cutEventOf, eventOf } from "../support/events.ts";
import { always, shortPauses } from "../support/faults.ts";
import { grantTo, home, id, resourceOf } from "../support/grants.ts";
import { long } from "../support/long.ts";
import { rawTexts } from "../support/output.ts";
import { policyOf, startScene, writes } from "../support/scene.ts";
import { watchClients, withFault } from "./fault-matrix/interfere.ts";
import { kinds, openFullPort } from "./fault-matrix/kinds.ts";
import { pathsOf, spoiled, spoilings } from "./spoilings.ts";

watchClients();
shortPauses();

let closeFullPort: () => Promise<void>;
beforeAll(async () => {
  closeFullPort = await openFullPort();
});
afterAll(() => closeFullPort());

const deregister = (consumer: string) =>
  `aws redshift deregister-namespace --namespace-identifier '{"ProvisionedIdentifier":{"ClusterIdentifier":"payroll"}}' ` +
  `--consumer-identifiers ${consumer} --region eu-west-1`;
const deletePolicy =
  "aws redshift-serverless delete-resource-policy " +
  "--resource-arn arn:aws:redshift-serverless:eu-west-1:123456789012:snapshot/payroll --region eu-west-1";

/** The command that removes the first sample of each kind, written by hand from the AWS CLI's reference. */
const removals: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  RegisterNamespace: { account: deregister("999988887777"), "data catalog": deregister("DataCatalog/777766665555") },
  PutResourcePolicy: { account: deletePolicy, everyone: deletePolicy },
};

describe.each(reportOnlyCases)("$eventName", (entry) => {
  const { authorization } = entry;
  const [first] = grantsOf(entry) as [Grant];

  test("the registry and the loaded authorization agree that nothing is revoked", () => {
    expect(entry.reportOnly).toBe(true);
    expect(authorization.reason).toMatch(/^AWS /);
  });

  describe.each(sourcesOf(entry).map(([kind, sources]) => ({ kind, grants: sources.map((source) => grantTo(source, entry)) })))(
    "a grant to a $kind",
    ({ kind, grants }) => {
      const [grant] = grants as [Grant];

      test("is reported with the reason and the command that removes it, and no call is made", async () => {
        await using scene = await sceneWith(entry, grant);

        const { outcomes, error } = await scene.invoke(eventOf(grant));

        const removal = removals[entry.eventName]?.[kind] ?? "write the expected command into this test";
        expect(outcomes).toMatchObject([{ result: "reported", grant, note: expect.stringContaining(removal) }]);
        expect(outcomes[0]?.note).toContain(authorization.reason);
        expect(error).toBeUndefined();
        expect(scene.requests()).toEqual([]);
      });

      test("is removed by the call of that command", async () => {
        await using scene = await sceneWith(entry, grant);
        const { effect, ...call } = authorization.remove(grant);
        const remove = () => make(scene.emulator.url, entry, grant, call);
        await remove();
        await expect(remove()).rejects.toThrow(/does not exist|not registered/);
      });

      test("is reported as any other violation in audit mode", async () => {
        await using scene = await startScene({ audit: true });
        const { outcomes } = await scene.invoke(eventOf(grant));
        expect(outcomes).toMatchObject([{ result: "reported", policy: { mode: "audit" } }]);
        expect(outcomes[0]).not.toHaveProperty("note");
      });

      test("stays without a word if the policy has its permitWith statement, unless no statement can permit it", async () => {
        await using audit = await startScene({ audit: true });
        const { outcomes } = await audit.invoke(eventOf(grant));
        const permit = outcomes.flatMap((outcome) => ("permitWith" in outcome ? outcome.permitWith : []));
        if (kind === "everyone") return expect(permit).toEqual([]);
        await using scene = await startScene({ policy: await policyOf({ mode: "enforce", permit }) });

        const others = grantsOf(entry).filter((each) => "owner" in each.source && each.source.owner !== Object(grant.source).owner);
        const ends = await Promise.all([grant, ...others].map((each) => scene.invoke(eventOf(each))));
        expect(ends.map(({ results }) => results)).toEqual([["permitted"], ...others.map(() => ["reported"])]);
      });

      test("in another account fails, and no call is made", async () => {
        await using scene = await startScene();
        const elsewhere = grantTo(grant.source, entry, { place: { ...home, account: id("210987654321") } });

        const { outcomes } = await scene.invoke(eventOf(elsewhere));

        expect(outcomes).toMatchObject([{ result: "failed", error: { name: "NotHome" } }]);
        expect(scene.requests()).toEqual([]);
      });

      test("of a call that failed has no outcome", async () => {
        await using scene = await startScene();
        expect((await scene.invoke(eventOf(grant, { errorCode: "AccessDenied" }))).results).toEqual([]);
      });
    },
  );

  test("a cut record has every grant on its resource judged, or fails after the grants that it shows if AWS has no list", async () => {
    await using scene = await sceneWith(entry, first);
    const cut = await scene.invoke(cutEventOf(first));
    const event = eventOf(first);
    const padded = await scene.invoke(eventOf(first, { requestParameters: { ...Object(event.detail.requestParameters), omitted: true } }));

    expect(padded.results).toEqual(["reported"]);
    expect(writes(scene.requests())).toEqual([]);
    if (authorization.list) return expect([cut.results, cut.error, padded.error]).toEqual([["reported"], undefined, undefined]);
    expect(cut.results).toEqual([]);
    for (const { error } of [cut, padded]) expect(error?.message).toContain("does not show all its grants, and AWS has no list of them");
  });

  test.each(spoilings)("an event with a member $name never causes a write, and all texts are escaped", async (spoiling) => {
    await using scene = await sceneWith(entry, first);
    const event = eventOf(first);
    for (const path of pathsOf(event)) {
      const { outcomes, error } = await scene.invoke(spoiled(event, path, spoiling), contextOf({ remaining: 1_250 }));
      expect(writes(scene.requests())).toEqual([]);
      expect(rawTexts([outcomes, error?.message, scene.lines.map(({ text }) => text)])).toEqual([]);
      expect(outcomes.every(({ result }) => /reported|failed/.test(result))).toBe(true);
    }
  });
});

describe.each(reportOnlyCases.filter(({ authorization }) => authorization.list))("the list of $eventName", (entry) => {
  const [first] = grantsOf(entry) as [Grant];
  const textOf = (grant: Grant) => `${grant.resource} ${sourceText(grant.source)}`;

  test("of a place has every page, and the list of a resource has only that resource", async () => {
    await using scene = await startScene({ emulator: { pageSize: 20 } });
    const many = Array.from({ length: 45 }, (_, n) => ({ ...first, resource: resourceOf(entry.eventName, `store-${n}`) }));
    await Promise.all(many.map((each) => authorize(scene.emulator.url, entry, each)));
    scene.requests();

    expect(await entriesOf(scene.aws, entry, {})).toEqual(many.map(textOf).sort());
    expect(scene.requests()).toHaveLength(3);
    expect(await entriesOf(scene.aws, entry, { resource: resourceOf(entry.eventName, "store-7") })).toEqual([textOf(many[7] as Grant)]);
    expect(scene.requests()).toHaveLength(1);
  });

  // A fault without end takes all the time of an invocation, so only a third of the kinds are without end in the short form.
  const faulty = kinds.flatMap((kind, n) => [
    { ...kind, mode: "once" },
    ...(long || n % 3 === 0 ? [{ ...kind, mode: "from there on" }] : []),
  ]);

  test.concurrent.each(faulty)("answered by $kind, $mode, reports, fails the event or finds nothing, in time", async (row) => {
    await using scene = await sceneWith(entry, first);
    const on = row.mode === "from there on";
    const isHopeless = (on && row.nature !== "slow") || row.nature === "refused";
    const context = contextOf({ remaining: isHopeless ? 3_000 : (row.remaining ?? 20_000) });

    const { result, faults } = await withFault(scene, () => scene.invoke(cutEventOf(first), context), { ...row, at: 1, on });

    expect(faults).toBeGreaterThan(0);
    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(writes(scene.requests())).toEqual([]);
    const isBelieved = on && row.nature === "absent";
    expect([result.results, result.error !== undefined]).toEqual(isHopeless ? [[], !isBelieved] : [["reported"], false]);
  });

  test("fails the event for a policy that cannot be read", async () => {
    await using scene = await sceneWith(entry, first);
    scene.emulator.fail({ times: always, answer: "rewritten", rewrite: (response) => response.replace(/Allow/, "Allow\\u202e") });
    const { results, error } = await scene.invoke(cutEventOf(first));
    expect(results).toEqual([]);
    expect(error?.message).toContain("AWS lists entries that cannot be read and were not judged");
  });
});
