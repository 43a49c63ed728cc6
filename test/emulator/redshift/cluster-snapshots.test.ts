import {
  AuthorizeSnapshotAccessCommand as Authorize,
  type AuthorizeSnapshotAccessCommandInput,
  CreateClusterSnapshotCommand as Create,
  CreateClusterCommand,
  DescribeClusterSnapshotsCommand as Describe,
  paginateDescribeClusterSnapshots,
  type RedshiftClient,
  RestoreFromClusterSnapshotCommand as Restore,
  RevokeSnapshotAccessCommand as Revoke,
} from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { redshiftClient, refusalOf } from "../clients.ts";

const SnapshotIdentifier = "nightly";
const SnapshotArn = "arn:aws:redshift:eu-west-1:123456789012:snapshot:sales/nightly";
const partner = "210987654321";
const notFound = "ClusterSnapshotNotFoundFault ClusterSnapshotNotFound 404";

async function withSnapshot(emulator: Emulator): Promise<RedshiftClient> {
  const client = redshiftClient(emulator);
  await client.send(new CreateClusterCommand({ ClusterIdentifier: "sales", NodeType: "ra3.large", MasterUsername: "admin", Port: 5440 }));
  await client.send(new Create({ SnapshotIdentifier: "Nightly", ClusterIdentifier: "sales" }));
  return client;
}

async function accounts(client: RedshiftClient) {
  const { Snapshots = [] } = await client.send(new Describe({ SnapshotIdentifier }));
  return Snapshots[0]?.AccountsWithRestoreAccess?.map((one) => one.AccountId ?? one.AccountAlias);
}

describe("sharing", () => {
  test("access to a snapshot is authorized and revoked by its identifier or its ARN", async () => {
    await using emulator = await startEmulator();
    const client = await withSnapshot(emulator);

    const { Snapshot } = await client.send(new Authorize({ SnapshotIdentifier, AccountWithRestoreAccess: partner }));
    await client.send(
      new Authorize({ SnapshotArn, SnapshotClusterIdentifier: "sales", AccountWithRestoreAccess: "amazon-redshift-support" }),
    );

    expect(Snapshot).toMatchObject({
      ...{ SnapshotIdentifier, SnapshotArn, ClusterIdentifier: "sales", OwnerAccount: "123456789012", Status: "available" },
      AccountsWithRestoreAccess: [{ AccountId: partner }],
    });
    expect(await accounts(client)).toEqual([partner, "amazon-redshift-support"]);
    await client.send(new Revoke({ SnapshotArn, AccountWithRestoreAccess: partner }));
    expect(await accounts(client)).toEqual(["amazon-redshift-support"]);
    expect(await refusalOf(client.send(new Revoke({ SnapshotArn, AccountWithRestoreAccess: partner })))).toBe(
      "AuthorizationNotFoundFault AuthorizationNotFound 404",
    );
  });

  test.each<[string, Partial<AuthorizeSnapshotAccessCommandInput>, string]>([
    ["an unknown snapshot", { SnapshotIdentifier: "weekly" }, notFound],
    ["a snapshot of another cluster", { SnapshotIdentifier, SnapshotClusterIdentifier: "other" }, notFound],
    ["a snapshot of another account", { SnapshotArn: SnapshotArn.replace("123456789012", partner) }, notFound],
    ["no snapshot", {}, "InvalidParameterCombination InvalidParameterCombination 400"],
    ["two names of one", { SnapshotIdentifier, SnapshotArn }, "InvalidParameterCombination InvalidParameterCombination 400"],
    ["an invalid account", { SnapshotArn, AccountWithRestoreAccess: "everyone" }, "InvalidParameterValue InvalidParameterValue 400"],
  ])("%s: access cannot be authorized or revoked", async (_case, input, refusal) => {
    await using emulator = await startEmulator();
    const client = await withSnapshot(emulator);
    for (const command of [Authorize, Revoke]) {
      expect(await refusalOf(client.send(new command({ AccountWithRestoreAccess: partner, ...input })))).toBe(refusal);
    }
  });

  test("an account is authorized once, and a snapshot has at most 20 accounts", async () => {
    await using emulator = await startEmulator();
    const client = await withSnapshot(emulator);
    const authorize = (account: number) =>
      refusalOf(client.send(new Authorize({ SnapshotIdentifier, AccountWithRestoreAccess: String(account) })));
    for (let n = 0; n < 20; n += 1) expect(await authorize(111_111_111_100 + n)).toBe("no error");

    expect(await authorize(111_111_111_100)).toBe("AuthorizationAlreadyExistsFault AuthorizationAlreadyExists 400");
    expect(await authorize(211_111_111_111)).toBe("AuthorizationQuotaExceededFault AuthorizationQuotaExceeded 400");
  });

  test("with createMissing, an unknown snapshot of the own account is created with its cluster", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    const client = redshiftClient(emulator);

    await client.send(new Authorize({ SnapshotArn, AccountWithRestoreAccess: partner }));
    await client.send(new Authorize({ SnapshotIdentifier: "weekly", AccountWithRestoreAccess: partner }));

    expect(await accounts(client)).toEqual([partner]);
    const foreign = { SnapshotArn: SnapshotArn.replace("123456789012", partner), AccountWithRestoreAccess: partner };
    expect(await refusalOf(client.send(new Authorize(foreign)))).toBe(notFound);
    expect(await refusalOf(client.send(new Revoke({ SnapshotIdentifier: "hourly", AccountWithRestoreAccess: partner })))).toBe(notFound);
  });
});

describe("listing and restoring", () => {
  test("another account can list and restore a snapshot once it is authorized", async () => {
    await using emulator = await startEmulator();
    const client = await withSnapshot(emulator);
    const other = redshiftClient(emulator, { account: partner });
    const OwnerAccount = "123456789012";
    const restore = (ClusterIdentifier: string) => other.send(new Restore({ ClusterIdentifier, SnapshotIdentifier, OwnerAccount }));

    expect((await other.send(new Describe({ OwnerAccount }))).Snapshots).toEqual([]);
    expect(await refusalOf(restore("stolen"))).toBe("AccessToSnapshotDeniedFault AccessToSnapshotDenied 400");
    await client.send(new Authorize({ SnapshotIdentifier, AccountWithRestoreAccess: partner }));
    expect((await other.send(new Describe({ OwnerAccount }))).Snapshots).toMatchObject([{ SnapshotArn }]);
    expect((await other.send(new Describe({}))).Snapshots).toEqual([]);
    expect((await restore("copy")).Cluster).toMatchObject({ ClusterIdentifier: "copy", ClusterStatus: "creating" });
    expect((await client.send(new Restore({ ClusterIdentifier: "again", SnapshotArn }))).Cluster?.VpcSecurityGroups).toHaveLength(1);
    expect(await refusalOf(client.send(new Restore({ ClusterIdentifier: "again", SnapshotArn })))).toContain("ClusterAlreadyExists 400");
    expect(await refusalOf(client.send(new Restore({ ClusterIdentifier: "x", SnapshotIdentifier: "weekly" })))).toBe(notFound);
  });

  test("snapshots are listed in pages, by cluster and by identifier", async () => {
    await using emulator = await startEmulator({ pageSize: 2 });
    const client = await withSnapshot(emulator);
    for (const name of ["b", "a"]) await client.send(new Create({ SnapshotIdentifier: name, ClusterIdentifier: "sales" }));

    const pages: unknown[] = [];
    for await (const { Snapshots = [] } of paginateDescribeClusterSnapshots({ client }, { ClusterIdentifier: "sales" })) {
      pages.push(Snapshots.map((one) => one.SnapshotIdentifier));
    }

    expect(pages).toEqual([["a", "b"], ["nightly"]]);
    expect(await refusalOf(client.send(new Describe({ ClusterIdentifier: "other" })))).toBe("ClusterNotFoundFault ClusterNotFound 404");
    expect(await refusalOf(client.send(new Describe({ SnapshotIdentifier: "other" })))).toBe(notFound);
    expect(await refusalOf(client.send(new Create({ SnapshotIdentifier: "a", ClusterIdentifier: "sales" })))).toContain(
      "ClusterSnapshotAlreadyExists 400",
    );
  });
});
