import {
  AuthorizeEndpointAccessCommand as Authorize,
  CreateClusterCommand,
  CreateEndpointAccessCommand as CreateEndpoint,
  DeleteClusterCommand,
  DescribeEndpointAuthorizationCommand as Describe,
  paginateDescribeEndpointAuthorization,
  type RedshiftClient,
  RevokeEndpointAccessCommand as Revoke,
} from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { passTime, redshiftClient, refusalOf } from "../clients.ts";

const owner = "123456789012";
const Account = "210987654321";
const ClusterIdentifier = "sales";
const grant = { ClusterIdentifier, Account };
const notFound = "EndpointAuthorizationNotFoundFault EndpointAuthorizationNotFound 404";

async function withCluster(emulator: Emulator): Promise<RedshiftClient> {
  const client = redshiftClient(emulator);
  await client.send(new CreateClusterCommand({ ClusterIdentifier, NodeType: "ra3.large", MasterUsername: "admin" }));
  return client;
}

async function seen(client: RedshiftClient, input = {}) {
  const { EndpointAuthorizationList = [] } = await client.send(new Describe(input));
  return EndpointAuthorizationList.map((one) => [one.Grantor, one.Grantee, one.AllowedAllVPCs || one.AllowedVPCs, one.EndpointCount]);
}

const endpoint = (EndpointName: string) =>
  new CreateEndpoint({ EndpointName, SubnetGroupName: "own", ClusterIdentifier, ResourceOwner: owner });

describe("authorizing", () => {
  test("an account can be granted some VPCs, then more, then all", async () => {
    await using emulator = await startEmulator();
    const client = await withCluster(emulator);

    const answer = await client.send(new Authorize({ ...grant, VpcIds: ["vpc-1"] }));
    expect(answer).toMatchObject({ Grantor: owner, Grantee: Account, ClusterIdentifier, ClusterStatus: "available", Status: "Authorized" });
    expect(answer).toMatchObject({ AllowedAllVPCs: false, AllowedVPCs: ["vpc-1"], EndpointCount: 0, AuthorizeTime: expect.any(Date) });
    await client.send(new Authorize({ ...grant, VpcIds: ["vpc-1", "vpc-2"] }));
    expect(await seen(client)).toEqual([[owner, Account, ["vpc-1", "vpc-2"], 0]]);
    const twice = "EndpointAuthorizationAlreadyExistsFault EndpointAuthorizationAlreadyExists 400";
    expect(await refusalOf(client.send(new Authorize({ ...grant, VpcIds: ["vpc-2"] })))).toBe(twice);
    await client.send(new Authorize(grant));
    expect(await seen(client)).toEqual([[owner, Account, true, 0]]);
    expect(await refusalOf(client.send(new Authorize({ ...grant, VpcIds: ["vpc-3"] })))).toBe(twice);
  });

  test("grantor and grantee each see the authorization in their own view", async () => {
    await using emulator = await startEmulator();
    const client = await withCluster(emulator);
    const grantee = redshiftClient(emulator, { account: Account });
    await client.send(new Authorize(grant));
    await client.send(new Authorize({ ...grant, Account: "111122223333" }));

    expect(await seen(client)).toHaveLength(2);
    expect(await seen(client, { Account })).toHaveLength(1);
    expect(await seen(client, { Grantee: true })).toEqual([]);
    expect(await seen(grantee)).toEqual([]);
    expect(await seen(grantee, { Grantee: true, Account: owner, ClusterIdentifier })).toEqual([[owner, Account, true, 0]]);
    expect(await seen(redshiftClient(emulator, { account: Account, region: "us-east-1" }), { Grantee: true })).toEqual([]);
    expect(await refusalOf(seen(client, { ClusterIdentifier: "other" }))).toBe("ClusterNotFoundFault ClusterNotFound 404");
    await client.send(new DeleteClusterCommand({ ClusterIdentifier, SkipFinalClusterSnapshot: true }));
    expect(await seen(grantee, { Grantee: true })).toEqual([]);
  });

  test("authorizations are listed in pages, and a cluster has at most 5 grantees", async () => {
    await using emulator = await startEmulator({ pageSize: 2 });
    const client = await withCluster(emulator);
    for (let n = 1; n <= 5; n += 1) await client.send(new Authorize({ ...grant, Account: String(n).repeat(12) }));

    const sizes: number[] = [];
    for await (const page of paginateDescribeEndpointAuthorization({ client }, {})) sizes.push(page.EndpointAuthorizationList?.length ?? 0);

    expect(sizes).toEqual([2, 2, 1]);
    expect(await refusalOf(client.send(new Authorize(grant)))).toContain("EndpointAuthorizationsPerClusterLimitExceeded 400");
  });

  test("invalid requests fail with AWS's codes", async () => {
    await using emulator = await startEmulator();
    const client = await withCluster(emulator);
    expect(await refusalOf(client.send(new Authorize({ ...grant, ClusterIdentifier: "other" })))).toContain("ClusterNotFound 404");
    expect(await refusalOf(client.send(new Authorize({ ...grant, Account: "everyone" })))).toContain("InvalidParameterValue 400");
    expect(await refusalOf(client.send(new Authorize({ ...grant, VpcIds: ["sg-1"] })))).toContain("InvalidParameterValue 400");
    expect(await refusalOf(client.send(new Authorize({ Account })))).toContain("InvalidParameterValue 400");
    expect(await refusalOf(client.send(new Revoke(grant)))).toBe(notFound);
    expect(await refusalOf(client.send(new Revoke({ ...grant, ClusterIdentifier: "other" })))).toContain("ClusterNotFound 404");
  });

  test("with createMissing, an unknown cluster is created", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    const client = redshiftClient(emulator);
    await client.send(new Authorize(grant));
    expect(await seen(client, { ClusterIdentifier })).toHaveLength(1);
  });
});

describe("revoking", () => {
  test("some VPCs can be revoked, and revoking the last one ends the authorization", async () => {
    await using emulator = await startEmulator();
    const client = await withCluster(emulator);
    await client.send(new Authorize({ ...grant, VpcIds: ["vpc-1", "vpc-2"] }));

    expect(await refusalOf(client.send(new Revoke({ ...grant, VpcIds: ["vpc-1", "vpc-3"] })))).toBe(notFound);
    expect((await client.send(new Revoke({ ...grant, VpcIds: ["vpc-1"] }))).Status).toBe("Authorized");
    expect(await seen(client)).toEqual([[owner, Account, ["vpc-2"], 0]]);
    expect((await client.send(new Revoke({ ...grant, VpcIds: ["vpc-2"] }))).Status).toBe("Revoking");
    expect(await seen(client)).toEqual([]);
  });

  test("while it is being revoked, its status is Revoking and other changes are refused", async () => {
    const elapse = passTime();
    await using emulator = await startEmulator({ settleMs: 60_000 });
    const client = await withCluster(emulator);
    elapse(60_000);
    await client.send(new Authorize(grant));
    await client.send(new Revoke(grant));

    const { EndpointAuthorizationList } = await client.send(new Describe({}));
    expect(EndpointAuthorizationList).toMatchObject([{ Status: "Revoking" }]);
    const busy = "InvalidAuthorizationStateFault InvalidAuthorizationState 400";
    expect(await refusalOf(client.send(new Revoke(grant)))).toBe(busy);
    expect(await refusalOf(client.send(new Authorize(grant)))).toBe(busy);
    elapse(60_000);
    expect(await refusalOf(client.send(new Revoke(grant)))).toBe(notFound);
    expect(await refusalOf(client.send(new Authorize(grant)))).toBe("no error");
  });

  test("while endpoints exist, only Force revokes the authorization, and deletes them", async () => {
    await using emulator = await startEmulator();
    const client = await withCluster(emulator);
    const grantee = redshiftClient(emulator, { account: Account });
    const denied = "AccessToClusterDeniedFault AccessToClusterDenied 400";

    expect(await refusalOf(grantee.send(endpoint("one")))).toBe(denied);
    await client.send(new Authorize({ ...grant, VpcIds: ["vpc-1"] }));
    expect(await grantee.send(endpoint("one"))).toMatchObject({ EndpointName: "one", EndpointStatus: "creating", Port: 5439 });
    expect(await refusalOf(grantee.send(endpoint("one")))).toBe("EndpointAlreadyExistsFault EndpointAlreadyExists 400");
    expect(await seen(client)).toEqual([[owner, Account, ["vpc-1"], 1]]);

    expect(await refusalOf(client.send(new Revoke(grant)))).toBe("InvalidAuthorizationStateFault InvalidAuthorizationState 400");
    expect(await seen(client)).toEqual([[owner, Account, ["vpc-1"], 1]]);
    expect(await client.send(new Revoke({ ...grant, Force: true }))).toMatchObject({ Status: "Revoking", EndpointCount: 0 });
    expect(await refusalOf(grantee.send(endpoint("two")))).toBe(denied);
  });

  test("an endpoint blocks only the revocation of its own VPC, and an authorization has at most 5", async () => {
    await using emulator = await startEmulator();
    const client = await withCluster(emulator);
    const grantee = redshiftClient(emulator, { account: Account });
    await client.send(new Authorize({ ...grant, VpcIds: ["vpc-1", "vpc-2"] }));
    for (const name of ["a", "b", "c", "d", "e"]) await grantee.send(endpoint(name));

    expect(await refusalOf(grantee.send(endpoint("f")))).toContain("EndpointsPerAuthorizationLimitExceeded 400");
    expect(await refusalOf(client.send(new Revoke({ ...grant, VpcIds: ["vpc-2"] })))).toBe("no error");
    expect(await refusalOf(client.send(new Revoke({ ...grant, VpcIds: ["vpc-1"] })))).toContain("InvalidAuthorizationState 400");
  });
});
