import { describe, expect, test } from "vitest";
import { authorize, caseOf, entriesOf, sceneWith } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { eventOf } from "../support/events.ts";
import { grantTo, home, id } from "../support/grants.ts";
import { policyOf, type Scene, startScene } from "../support/scene.ts";

const entry = caseOf("AuthorizeSnapshotAccess");
const resource = "payroll/year-end";
const account = "999988887777";
const grant = grantTo({ kind: "account", owner: id(account) }, entry, { resource });
const other = grantTo({ kind: "account", owner: id("888877776666") }, entry, { resource });
const support = grantTo({ kind: "account", owner: "amazon-redshift-support" }, entry, { resource });
const arn = "arn:aws:redshift:eu-west-1:123456789012:snapshot:payroll/year-end";
const eventWith = (requestParameters: object, responseElements: unknown = null) =>
  eventOf(grant, { requestParameters: { accountWithRestoreAccess: account, ...requestParameters }, responseElements });

const entries = (scene: Scene) => entriesOf(scene.aws, entry, { place: home });
const actions = (scene: Scene) => scene.requests().map(({ action }) => action);

describe("a snapshot that is named", () => {
  test.each<[string, object]>([
    ["by its ARN", { snapshotArn: arn }],
    ["by its ARN in capitals", { snapshotArn: arn.replace("payroll/year-end", "PayRoll/Year-End") }],
    ["by its ARN and by its identifier", { snapshotArn: arn, snapshotIdentifier: "Year-End", snapshotClusterIdentifier: "payroll" }],
    ["with its cluster", { snapshotIdentifier: "YEAR-END", snapshotClusterIdentifier: "PayRoll" }],
  ])("%s is revoked in one call, which names the snapshot and its cluster", async (_case, names) => {
    await using scene = await sceneWith(entry, grant, other);

    const { outcomes } = await scene.invoke(eventWith(names));

    expect(outcomes).toMatchObject([{ result: "revoked", grant }]);
    const [request, ...more] = scene.requests();
    expect([more, Object.fromEntries(request?.parameters ?? [])]).toEqual([
      [],
      { SnapshotIdentifier: "year-end", SnapshotClusterIdentifier: "payroll", AccountWithRestoreAccess: account },
    ]);
    expect(await entries(scene)).toEqual([`${resource} 888877776666`]);
  });

  test("without its cluster has the cluster in the response", async () => {
    await using scene = await sceneWith(entry, grant);
    const answer = { snapshotIdentifier: "year-end", clusterIdentifier: "payroll" };

    for (const responseElements of [answer, { snapshot: answer }])
      expect((await scene.invoke(eventWith({ snapshotIdentifier: "Year-End" }, responseElements))).outcomes).toMatchObject([{ grant }]);
    expect(actions(scene)).toEqual(["RevokeSnapshotAccess", "RevokeSnapshotAccess", "DescribeClusterSnapshots"]);
  });

  test("with another cluster than the response's is evaluated with the cluster in the response", async () => {
    const permit = [{ name: "demo", owners: [account], resources: ["demo/*"] }];
    await using scene = await startScene({ policy: await policyOf({ mode: "enforce", permit }) });
    await authorize(scene.emulator.url, entry, grant);
    const names = { snapshotIdentifier: "year-end", snapshotClusterIdentifier: "demo" };

    const { outcomes } = await scene.invoke(eventWith(names, { snapshotIdentifier: "year-end", clusterIdentifier: "payroll" }));

    expect(outcomes).toMatchObject([{ result: "revoked", grant }]);
  });

  test("is the one in the request if the response names another snapshot", async () => {
    await using scene = await sceneWith(entry, grant);
    const answer = { snapshotIdentifier: "weekly", clusterIdentifier: "ledger" };
    const { outcomes } = await scene.invoke(eventWith({ snapshotIdentifier: "year-end", snapshotClusterIdentifier: "payroll" }, answer));
    expect(outcomes).toMatchObject([{ result: "revoked", grant }]);
  });
});

test.each([{ omitted: true }, { result: { snapshotIdentifier: "year-end", clusterIdentifier: "payroll" } }])(
  "if the response does not name the cluster (%j), the snapshot is listed, and the cluster in the request is ignored",
  async (answer) => {
    const permit = [{ name: "demo", owners: [account], resources: ["demo/*"] }];
    await using scene = await startScene({ policy: await policyOf({ mode: "enforce", permit }) });
    await authorize(scene.emulator.url, entry, grant);
    const event = eventWith({ snapshotIdentifier: "year-end", snapshotClusterIdentifier: "demo" }, answer);
    expect((await scene.invoke(event)).outcomes).toMatchObject([{ result: "revoked", grant }]);
  },
);

describe("a snapshot whose cluster the event does not name", () => {
  test("is looked up, and only the grant of the event is evaluated", async () => {
    await using scene = await sceneWith(entry, grant, other);

    const { outcomes } = await scene.invoke(eventWith({ snapshotIdentifier: "year-end" }));

    expect(outcomes).toMatchObject([{ result: "revoked", grant }]);
    expect(actions(scene)).toEqual(["DescribeClusterSnapshots", "RevokeSnapshotAccess"]);
    expect(await entries(scene)).toEqual([`${resource} 888877776666`]);
  });

  test("causes every grant on it to be evaluated if the event is incomplete", async () => {
    await using scene = await sceneWith(entry, grant, other);
    expect((await scene.invoke(eventWith({ snapshotIdentifier: "year-end", omitted: true }))).results).toEqual(["revoked", "revoked"]);
  });

  test("has no grants if it does not exist", async () => {
    await using scene = await startScene();
    expect(await scene.invoke(eventWith({ snapshotIdentifier: "year-end" }))).toEqual({ outcomes: [], results: [] });
  });

  test("fails the event if the lookup is denied", async () => {
    await using scene = await sceneWith(entry, grant);
    scene.emulator.fail({ answer: "error", code: "AccessDenied", status: 403 });
    const { results, error } = await scene.invoke(eventWith({ snapshotIdentifier: "year-end" }));
    expect([results, error?.message]).toEqual([[], expect.stringContaining("AccessDenied")]);
  });

  test("is not looked up in another account", async () => {
    await using scene = await sceneWith(entry, grant);
    const { error } = await scene.invoke(eventWith({ snapshotIdentifier: "year-end" }), contextOf({ account: "210987654321" }));
    expect(error?.message).toContain("The event does not show all its grants");
    expect(scene.requests()).toEqual([]);
  });
});

test.each<[string, object]>([
  ["an ARN of another account", { snapshotArn: arn.replace("123456789012", "210987654321") }],
  ["an ARN of another Region", { snapshotArn: arn.replace("eu-west-1", "us-east-1") }],
  ["an ARN of another partition", { snapshotArn: arn.replace("arn:aws:", "arn:aws-cn:") }],
  ["an ARN of another service", { snapshotArn: arn.replace(":redshift:", ":rds:") }],
  ["an ARN of a cluster", { snapshotArn: arn.replace("snapshot:payroll/", "cluster:") }],
  ["an ARN with one slash too many", { snapshotArn: `${arn}/more` }],
  ["an ARN and the name of another snapshot", { snapshotArn: arn, snapshotIdentifier: "weekly" }],
  ["an ARN and a name that cannot be read", { snapshotArn: arn, snapshotIdentifier: 7 }],
  ["an ARN and another cluster", { snapshotArn: arn, snapshotClusterIdentifier: "ledger" }],
  ["a name with a slash", { snapshotIdentifier: "payroll/year-end", snapshotClusterIdentifier: "payroll" }],
  ["a request without a snapshot", {}],
])("%s is an error, and no call is made", async (_case, names) => {
  await using scene = await sceneWith(entry, grant);
  const { results, error } = await scene.invoke(eventWith(names));
  expect([results, error?.message]).toEqual([[], expect.stringContaining("names no resource that can be read")]);
  expect(scene.requests()).toEqual([]);
});

test("a policy can name AWS's support team, which is listed by its name", async () => {
  const permit = [{ name: "support", owners: ["amazon-redshift-support"], authorizations: ["AuthorizeSnapshotAccess"] }];
  await using scene = await startScene({ policy: await policyOf({ mode: "enforce", permit }) });
  for (const each of [grant, support]) await authorize(scene.emulator.url, entry, each);

  expect((await scene.invoke(eventOf(support))).results).toEqual(["permitted"]);
  expect((await scene.invoke(eventWith({ snapshotArn: arn, omitted: true }))).results).toEqual(["revoked", "permitted"]);
  expect(await entries(scene)).toEqual([`${resource} amazon-redshift-support`]);
});
