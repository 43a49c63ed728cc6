import { describe, expect, test } from "vitest";
import type { Source } from "#domain/source.ts";
import { caseOf, entriesOf, sceneWith } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { eventOf } from "../support/events.ts";
import { grantTo, home, id } from "../support/grants.ts";
import { policyOf, type Scene, startScene } from "../support/scene.ts";

const entry = caseOf("AuthorizeDataShare");
const namespace = "6d2a1b5e-8f0c-4f57-9e0e-2f3c1d4b5a69";
const resource = `${namespace}/sales`;
const arn = `arn:aws:redshift:eu-west-1:123456789012:datashare:${resource}`;
const consumer = id("999988887777");
const account: Source = { kind: "account", owner: consumer };
const catalog: Source = { kind: "account", owner: consumer, consumerIdentifier: "DataCatalog/999988887777" };
const grant = grantTo(account, entry, { resource });
const eventWith = (requestParameters: object, detail: object = {}) =>
  eventOf(grant, { requestParameters: { dataShareArn: arn, consumerIdentifier: consumer, ...requestParameters }, ...detail });

const entries = (scene: Scene) => entriesOf(scene.aws, entry, { place: home });

describe("the place of a grant is the one in the ARN", () => {
  const elsewhere = { ...home, account: id("210987654321"), region: "us-east-1" };
  const theirs = grantTo({ kind: "account", owner: home.account }, entry, { resource, place: elsewhere });

  test("a function in the consumer's account, which also receives the event, revokes nothing", async () => {
    await using scene = await sceneWith(entry, theirs);
    const event = { ...eventOf(theirs, { recipientAccountId: home.account, awsRegion: home.region }), account: home.account };

    const { outcomes } = await scene.invoke(event);

    expect(outcomes).toMatchObject([{ result: "failed", grant: { place: elsewhere }, error: { name: "NotHome" } }]);
    expect(scene.requests()).toEqual([]);

    const cut = { ...event, detail: { ...event.detail, requestParameters: { ...Object(event.detail.requestParameters), omitted: true } } };
    expect((await scene.invoke(cut)).error?.message).toContain("The event does not show all its grants");
    expect(scene.requests()).toEqual([]);
  });

  test("the revoke goes to the Region in the ARN, even if the record has another Region", async () => {
    await using scene = await sceneWith(entry, grant);
    expect((await scene.invoke(eventWith({}, { awsRegion: "us-east-1" }))).results).toEqual(["revoked"]);
    expect(scene.requests().map(({ account: at, region }) => [at, region])).toEqual([[home.account, home.region]]);
  });

  test("`self` in a policy is the producer's account", async () => {
    const policy = await policyOf({ mode: "enforce", permit: [{ name: "own", owners: ["self"] }] });
    await using scene = await startScene({ policy });
    expect((await scene.invoke(eventOf(theirs), contextOf({ account: elsewhere.account }))).results).toEqual(["alreadyGone"]);
    expect((await scene.invoke(eventWith({ consumerIdentifier: home.account }))).results).toEqual(["permitted"]);
  });

  test("datashares that other accounts share with this account are not listed", async () => {
    await using scene = await sceneWith(
      entry,
      grant,
      grantTo({ kind: "account", owner: home.account }, entry, { place: { ...elsewhere, region: home.region } }),
    );
    expect(await entries(scene)).toEqual([`${resource} 999988887777`]);
  });
});

test.each([
  ...[
    "",
    "x",
    "arn",
    "arn:".repeat(200),
    `${arn}/more`,
    ` ${arn}`,
    `${arn}\u202e`,
    arn.replace(/[/]sales$/, ""),
    arn.replace(/sales$/, ""),
  ],
  ...[
    arn.replace("arn:aws:", "arn:aws-cn:"),
    arn.replace(":redshift:", ":s3:"),
    arn.replace("eu-west-1", "evil.example/"),
    arn.replace("eu-west-1", ""),
  ],
  ...[arn.replace("123456789012", "12345678901"), arn.replace("123456789012", "1234-5678-9012"), arn.replace("123456789012", "")],
  ...[arn.replace(":datashare:", ":namespace:"), arn.replace(namespace, "a b"), arn.replace(namespace, "*")],
])("an ARN that names no datashare is an error, and no call is made: %j", async (dataShareArn) => {
  await using scene = await sceneWith(entry, grant);
  const { results, error } = await scene.invoke(eventWith({ dataShareArn }));
  expect([results, error?.message]).toEqual([[], expect.stringContaining("names no resource that can be read")]);
  expect(scene.requests()).toEqual([]);
});

describe("consumers", () => {
  test("an account and its data catalog are two grants to one owner, and each is revoked separately", async () => {
    await using scene = await sceneWith(entry, grant, grantTo(catalog, entry, { resource }));
    expect((await scene.invoke(eventWith({ consumerIdentifier: "DataCatalog/999988887777" }))).results).toEqual(["revoked"]);
    expect(await entries(scene)).toEqual([`${resource} 999988887777`]);
  });

  test("a statement that names the account permits its data catalog", async () => {
    const permit = [{ name: "partner", owners: ["999988887777"], authorizations: ["AuthorizeDataShare"] }];
    await using scene = await startScene({ policy: await policyOf({ mode: "enforce", permit }) });
    expect((await scene.invoke(eventWith({ consumerIdentifier: "DataCatalog/999988887777" }))).results).toEqual(["permitted"]);
  });

  test.each([
    "adx",
    "datacatalog/999988887777",
    "DataCatalog/99998888777",
    "DataCatalog/9999-8888-7777",
    "ADX ",
    "amazon-redshift-support",
    "*",
  ])("%j is not a valid consumer, so the datashare is listed", async (consumerIdentifier) => {
    await using scene = await sceneWith(entry, grant, grantTo({ kind: "account", owner: "ADX" }, entry, { resource }));
    expect((await scene.invoke(eventWith({ consumerIdentifier }))).results).toEqual(["revoked", "revoked"]);
  });

  test("the undo of a grant with write access restores it, even if the datashare had to be listed", async () => {
    await using scene = await sceneWith(entry, { ...grant, source: { ...account, allowWrites: true } });
    const { outcomes } = await scene.invoke(eventWith({ allowWrites: "yes" }));
    expect(outcomes).toMatchObject([{ result: "revoked", undo: expect.stringContaining(" --allow-writes --region eu-west-1") }]);
  });

  test("the undo of a grant without write access does not add it", async () => {
    await using scene = await sceneWith(entry, grant);
    const { outcomes } = await scene.invoke(eventWith({ allowWrites: false }));
    expect(outcomes).toMatchObject([{ result: "revoked", undo: expect.not.stringContaining("writes") }]);
    expect(scene.requests()).toHaveLength(1);
  });
});

describe("InvalidDataShareFault", () => {
  const refusal = { answer: "error", code: "InvalidDataShareFault", status: 400 } as const;

  test("is alreadyGone if the datashare does not exist, or lists the consumer as deauthorized", async () => {
    await using scene = await sceneWith(entry, grant);
    expect((await scene.invoke(eventWith({ dataShareArn: `${arn}-2` }))).results).toEqual(["alreadyGone"]);
    expect((await scene.invoke(eventWith({}))).results).toEqual(["revoked"]);
    expect((await scene.invoke(eventWith({}))).results).toEqual(["alreadyGone"]);
    expect(scene.requests().at(-1)?.action).toBe("DescribeDataShares");
  });

  test("is a failure while the consumer is listed as authorized", async () => {
    await using scene = await sceneWith(entry, grant);
    scene.emulator.fail({ action: "DeauthorizeDataShare", times: Number.POSITIVE_INFINITY, ...refusal });
    const { outcomes } = await scene.invoke(eventWith({}), contextOf({ remaining: 1_400 }));
    expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized" } }]);
  });

  test.each([
    ["ACTIVE", ["revoked"]],
    ["AVAILABLE", ["revoked"]],
    ["A NEW ONE", ["revoked"]],
    ["PENDING_AUTHORIZATION", []],
    ["DEAUTHORIZED", []],
    ["REJECTED", []],
  ])("a listed consumer with the status %s has the results %j", async (status, results) => {
    await using scene = await sceneWith(entry, grant);
    const rewrite = (response: string) => response.replaceAll("<Status>AUTHORIZED<", `<Status>${status}<`);
    scene.emulator.fail({ action: "DescribeDataShares", answer: "rewritten", rewrite });
    expect((await scene.invoke(eventWith({ omitted: true, consumerIdentifier: null }))).results).toEqual(results);
  });
});
