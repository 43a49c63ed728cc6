import { AssociateDataShareConsumerCommand, DescribeDataSharesCommand } from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { type Source, sourceText } from "#domain/source.ts";
import { redshiftClient } from "../emulator/clients.ts";
import { authorize, caseOf, entriesOf, sceneWith } from "../support/authorizations.ts";
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

describe("a consumer that is listed by its ARN", () => {
  const arnOf = (service: string, account: string, consumed: string) => `arn:aws:${service}:eu-west-1:${account}:${consumed}`;
  const provisioned = (account: string) => arnOf("redshift", account, "namespace:0b1c2d3e-0000-4000-8000-000000000001");
  const serverless = (account: string) => arnOf("redshift-serverless", account, "namespace/0b1c2d3e-0000-4000-8000-000000000002");
  const glue = (account: string) => arnOf("glue", account, "catalog");
  const cut = eventWith({ omitted: true, consumerIdentifier: null });

  /** A scene with a datashare that SQL granted to these namespaces of the own account, and the grants. */
  async function sceneBeside(consumers: readonly string[], ...grants: readonly Grant[]) {
    const scene = await startScene();
    scene.emulator.createDataShare({ dataShareArn: arn, consumers });
    for (const each of grants) await authorize(scene.emulator.url, entry, each);
    scene.requests();
    return scene;
  }

  /** Associates the consumer in its own account, as it does after the authorization. */
  async function associate(scene: Scene, account: string, ConsumerArn: string) {
    const client = redshiftClient(scene.emulator, { account });
    await client.send(new AssociateDataShareConsumerCommand({ DataShareArn: arn, ConsumerArn }));
    scene.requests();
  }

  test.each([
    ["provisioned", provisioned],
    ["serverless", serverless],
  ])("a %s namespace of the producer's account is no entry: a duplicate event is alreadyGone", async (_kind, own) => {
    await using scene = await sceneBeside([own(home.account)], grant);
    const ends = [await scene.invoke(eventWith({})), await scene.invoke(eventWith({})), await scene.invoke(cut)];
    expect(ends.map(({ results, error }) => [results, error?.message])).toEqual([
      [["revoked"], undefined],
      [["alreadyGone"], undefined],
      [[], undefined],
    ]);
    const { DataShares } = await redshiftClient(scene.emulator).send(new DescribeDataSharesCommand({ DataShareArn: arn }));
    expect(DataShares?.[0]?.DataShareAssociations).toMatchObject([
      { ConsumerIdentifier: own(home.account), Status: "ACTIVE" },
      { ConsumerIdentifier: consumer, Status: "DEAUTHORIZED" },
    ]);
  });

  test.each([
    ["a provisioned namespace", consumer, provisioned(consumer), account],
    ["a serverless namespace", consumer, serverless(consumer), account],
    ["a Glue catalog", consumer, glue(consumer), catalog],
    [
      "the Glue catalog of the producer's account",
      home.account,
      glue(home.account),
      { kind: "account", owner: home.account, consumerIdentifier: `DataCatalog/${home.account}` } as const,
    ],
  ])("%s is the grant to its consumer, whether the account is listed, too, or not", async (_kind, owner, ConsumerArn, source) => {
    for (const isAccountListed of [true, false]) {
      const given = grantTo({ ...source, allowWrites: true }, entry, { resource });
      await using scene = await sceneBeside([provisioned(home.account)], given);
      await associate(scene, owner, ConsumerArn);
      expect(await entries(scene)).toEqual([`${resource} ${sourceText(source)}`]);
      scene.requests();
      const rewrite = (xml: string) => xml.replace(/<member><ConsumerIdentifier>[^:<]*<.*?<\/member>/, "");
      if (!isAccountListed) scene.emulator.fail({ action: "DescribeDataShares", answer: "rewritten", rewrite });

      const { outcomes } = await scene.invoke(cut);

      expect(outcomes).toMatchObject([{ result: "revoked", grant: given }]);
      expect(scene.requests().map(({ action, parameters }) => [action, parameters.get("ConsumerIdentifier")])).toEqual([
        ["DescribeDataShares", undefined],
        ["DeauthorizeDataShare", "consumerIdentifier" in source ? source.consumerIdentifier : owner],
      ]);
      expect(await entries(scene)).toEqual([]);
      expect((await scene.invoke(eventOf(given))).results).toEqual(["alreadyGone"]);
    }
  });

  test("is a failure while it is listed as active after its account was deauthorized", async () => {
    await using scene = await sceneBeside([], grant);
    await associate(scene, consumer, provisioned(consumer));
    const rewrite = (xml: string) => xml.replace("<Status>DEAUTHORIZED</Status>", "<Status>ACTIVE</Status>");
    scene.emulator.fail({ action: "DeauthorizeDataShare", answer: "rewritten", rewrite });
    expect((await scene.invoke(eventWith({}))).outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized" } }]);
  });

  test.each([
    provisioned(home.account).replace("arn:aws:", "arn:aws-cn:").replace("eu-west-1", "cn-north-1"),
    provisioned(home.account).replace("namespace:", "namespace/"),
    serverless(home.account).replace("namespace/", "workgroup/"),
    glue(consumer).replace("catalog", "database/sales"),
    `${provisioned(home.account)}\u202e`,
  ])("any other text, such as %j, cannot be read, so the event fails", async (text) => {
    await using scene = await sceneBeside([provisioned(home.account)]);
    const rewrite = (xml: string) => xml.replace(provisioned(home.account), text);
    scene.emulator.fail({ action: "DescribeDataShares", answer: "rewritten", rewrite });
    expect((await scene.invoke(cut)).error?.message).toContain("AWS lists entries that cannot be read");
  });

  test("an ARN in a request is no consumer that AWS accepts, so the datashare is listed", async () => {
    await using scene = await sceneBeside([], grant);
    expect((await scene.invoke(eventWith({ consumerIdentifier: provisioned(consumer) }))).outcomes).toMatchObject([{ grant }]);
    expect(scene.requests()[0]?.action).toBe("DescribeDataShares");
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
