import { AuthorizeEndpointAccessCommand, CreateEndpointAccessCommand, RedshiftClient } from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { authorize, caseOf, entriesOf, sceneWith } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { type Envelope, eventOf } from "../support/events.ts";
import { grantTo, home, id } from "../support/grants.ts";
import { type Scene, startScene } from "../support/scene.ts";

const entry = caseOf("AuthorizeEndpointAccess");
const [a, b, c] = ["vpc-0000000a", "vpc-0000000b", "vpc-0000000c"] as const;
const owner = id("999988887777");
const toAll = grantTo({ kind: "account", owner }, entry);
const toVpcs = (...vpcs: readonly string[]) => grantTo({ kind: "account", owner, vpcs }, entry);
const eventWith = (requestParameters: unknown, responseElements: unknown = null) => eventOf(toAll, { requestParameters, responseElements });

const entries = (scene: Scene) => entriesOf(scene.aws, entry, { place: home });

function clientOf({ emulator }: Scene, account: string): RedshiftClient {
  return new RedshiftClient({ endpoint: emulator.url, region: home.region, credentials: { accessKeyId: account, secretAccessKey: "x" } });
}

/** Creates an endpoint to the cluster in the grantee's account. */
async function createEndpoint(scene: Scene, EndpointName: string): Promise<void> {
  const names = { EndpointName, SubnetGroupName: "theirs", ClusterIdentifier: "payroll", ResourceOwner: home.account };
  await clientOf(scene, owner).send(new CreateEndpointAccessCommand(names));
}

describe("a grant to an account that has endpoints", () => {
  test.each([1, 2])("fails at once with %d of them, and the message states how to delete them", async (count) => {
    await using scene = await sceneWith(entry, toAll);
    for (let n = 0; n < count; n++) await createEndpoint(scene, `theirs-${n}`);
    scene.requests();

    const { outcomes, error } = await scene.invoke(eventOf(toAll));

    const message =
      `Not revoked, because 999988887777 has ${count === 1 ? "1 endpoint" : "2 endpoints"} to payroll: ask 999988887777 to delete them, or delete them with ` +
      "`aws redshift revoke-endpoint-access --cluster-identifier payroll --account 999988887777 --force --region eu-west-1`";
    expect(outcomes).toMatchObject([{ result: "failed", error: { message, attempts: 1, retryable: false } }]);
    expect(error?.message).toContain(message);
    expect(scene.requests().map(({ action }) => action)).toEqual(["RevokeEndpointAccess", "DescribeEndpointAuthorization"]);
    expect(scene.emulator.requests.filter(({ parameters }) => parameters.has("Force"))).toEqual([]);
    expect(await entries(scene)).toEqual(["payroll 999988887777"]);
  });

  test("has the same message for each error code that AWS returns", async () => {
    await using scene = await sceneWith(entry, toVpcs(a));
    await createEndpoint(scene, "theirs");
    scene.emulator.fail({ action: "RevokeEndpointAccess", answer: "error", code: "InvalidEndpointState", status: 400 });

    const { outcomes } = await scene.invoke(eventOf(toVpcs(a)));

    expect(outcomes).toMatchObject([{ error: { message: expect.stringContaining(`has 1 endpoint to payroll`) } }]);
    expect(outcomes).toMatchObject([{ error: { message: expect.stringContaining(`--vpc-ids ${a} --force --region`) } }]);
  });
});

test("InvalidAuthorizationState is retried until the grant is revoked if the account has no endpoint", async () => {
  await using scene = await sceneWith(entry, toAll);
  scene.emulator.fail({ action: "RevokeEndpointAccess", times: 2, answer: "error", code: "InvalidAuthorizationState", status: 400 });
  expect((await scene.invoke(eventOf(toAll))).results).toEqual(["revoked"]);
});

test("an authorization that is already being revoked is alreadyGone", async () => {
  await using scene = await startScene({ emulator: { settleMs: 60_000 } });
  await authorize(scene.emulator.url, entry, toAll);

  const ends = [await scene.invoke(eventOf(toAll)), await scene.invoke(eventOf(toAll))];

  expect(ends.map(({ results }) => results)).toEqual([["revoked"], ["alreadyGone"]]);
});

describe("a grant to VPCs of an account", () => {
  test("is revoked for the VPCs in the event, and the other VPCs stay authorized", async () => {
    await using scene = await sceneWith(entry, toVpcs(a, b, c));

    const { outcomes } = await scene.invoke(eventOf(toVpcs(b, a, b)));

    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { owner, vpcs: [a, b] } } }]);
    expect(outcomes).toMatchObject([{ undo: expect.stringContaining(`--account 999988887777 --vpc-ids ${a} ${b} --region`) }]);
    expect(await entries(scene)).toEqual([`payroll 999988887777 in ${c}`]);
  });

  test("is revoked for the VPCs that are still authorized", async () => {
    await using scene = await sceneWith(entry, toVpcs(b, c));

    const { outcomes } = await scene.invoke(eventOf(toVpcs(a, b)));

    expect(outcomes).toMatchObject([{ result: "revoked", undo: expect.stringContaining(`--vpc-ids ${b} --region`) }]);
    expect(await entries(scene)).toEqual([`payroll 999988887777 in ${c}`]);
  });

  test("is alreadyGone if none of the VPCs is authorized", async () => {
    await using scene = await sceneWith(entry, toVpcs(b, c));
    expect((await scene.invoke(eventOf(toVpcs(a)))).results).toEqual(["alreadyGone"]);
    expect(await entries(scene)).toEqual([`payroll 999988887777 in ${b},${c}`]);
  });

  test("is revoked for all VPCs if all have been authorized since", async () => {
    await using scene = await sceneWith(entry, toVpcs(a), toAll);
    expect((await scene.invoke(eventOf(toVpcs(a)))).results).toEqual(["revoked"]);
    expect(await entries(scene)).toEqual([]);
  });

  test.each([[[]], [{}], [["vpc-x"]], ["vpc-0000000a"], [[a, 7]], [{ items: [{ id: a }] }]])(
    "causes the cluster to be listed if vpcIds is %j",
    async (vpcIds) => {
      await using scene = await sceneWith(entry, toVpcs(a, b));
      const { outcomes } = await scene.invoke(eventWith({ clusterIdentifier: "payroll", account: owner, vpcIds }));
      expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { vpcs: [a, b] } } }]);
    },
  );

  test("is read from a list under `items`, too", async () => {
    await using scene = await sceneWith(entry, toVpcs(a, b));
    await scene.invoke(eventWith({ clusterIdentifier: "payroll", account: owner, vpcIds: { items: [a] } }));
    expect(scene.requests()).toHaveLength(1);
    expect(await entries(scene)).toEqual([`payroll 999988887777 in ${b}`]);
  });
});

describe("a call that names no cluster", () => {
  const other = grantTo({ kind: "account", owner: id("888877776666") }, entry);
  const elsewhere = { ...toVpcs(b), resource: "ledger" };

  test("causes every authorization of its account to be evaluated, and none of another account", async () => {
    await using scene = await sceneWith(entry, toAll, other, elsewhere);

    const { outcomes } = await scene.invoke(eventWith({ account: owner }));

    expect(outcomes.map(({ result, grant }) => `${result} ${grant.resource}`).sort()).toEqual(["revoked ledger", "revoked payroll"]);
    expect(await entries(scene)).toEqual(["payroll 888877776666"]);
  });

  test("causes the cluster in the response to be listed", async () => {
    await using scene = await sceneWith(entry, toAll, elsewhere);
    await scene.invoke(eventWith({ account: owner }, { endpointAuthorization: { clusterIdentifier: "payroll" } }));
    expect(await entries(scene)).toEqual([`ledger 999988887777 in ${b}`]);
  });

  test("and no account is an error", async () => {
    await using scene = await sceneWith(entry, toAll);
    expect((await scene.invoke(eventWith({ vpcIds: [a] }))).error?.message).toContain("names no resource that can be read");
  });

  test.each<[string, () => Envelope]>([
    ["in another account makes no request", () => eventWith({ account: owner })],
    ["in another account makes no request when it is cut", () => eventWith({ account: owner, omitted: true })],
  ])("%s", async (_case, event) => {
    await using scene = await sceneWith(entry, toAll);
    const { error } = await scene.invoke(event(), contextOf({ account: "210987654321" }));
    expect(error?.message).toContain("The event does not show all its grants");
    expect(scene.requests()).toEqual([]);
  });
});

test("the VPCs of a grant are listed in sorted order", async () => {
  await using scene = await startScene();
  await clientOf(scene, home.account).send(
    new AuthorizeEndpointAccessCommand({ ClusterIdentifier: "payroll", Account: owner, VpcIds: [c, a] }),
  );
  expect(await entries(scene)).toEqual([`payroll 999988887777 in ${a},${c}`]);
});
