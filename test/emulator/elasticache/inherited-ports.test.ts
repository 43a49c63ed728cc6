import {
  CreateCacheClusterCommand as CreateCache,
  CreateGlobalReplicationGroupCommand as CreateGlobal,
  CreateReplicationGroupCommand as CreateGroup,
  CreateSnapshotCommand as CreateSnapshot,
  DescribeCacheClustersCommand as DescribeCaches,
  DescribeGlobalReplicationGroupsCommand as DescribeGlobal,
  DescribeSnapshotsCommand as DescribeSnapshots,
  type ElastiCacheClient,
} from "@aws-sdk/client-elasticache";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { elasticacheClient, refusalOf } from "../clients.ts";

const redis = { Engine: "redis" };
const group = (ReplicationGroupId: string) => ({ ReplicationGroupId, ReplicationGroupDescription: "for tests" });

async function portsOf(client: ElastiCacheClient) {
  const { CacheClusters = [] } = await client.send(new DescribeCaches({ ShowCacheNodeInfo: true }));
  return CacheClusters.map((cache) => [cache.CacheClusterId, cache.ReplicationGroupId, cache.CacheNodes?.[0]?.Endpoint?.Port]);
}

test("what is restored from a snapshot has the port of the snapshot's source, unless the request states another", async () => {
  await using emulator = await startEmulator();
  const client = elasticacheClient(emulator);
  await client.send(new CreateCache({ ...redis, CacheClusterId: "old", Port: 7000 }));
  await client.send(new CreateGroup({ ...group("olds"), Port: 7001 }));
  await client.send(new CreateSnapshot({ SnapshotName: "Nightly", CacheClusterId: "old" }));
  await client.send(new CreateSnapshot({ SnapshotName: "weekly", ReplicationGroupId: "olds" }));

  await client.send(new CreateCache({ ...redis, CacheClusterId: "new", SnapshotName: "nightly" }));
  await client.send(new CreateCache({ ...redis, CacheClusterId: "other", SnapshotName: "nightly", Port: 7002 }));
  await client.send(new CreateGroup({ ...group("news"), SnapshotName: "weekly" }));

  expect(await portsOf(client)).toEqual([
    ["new", undefined, 7000],
    ["news-001", "news", 7001],
    ["old", undefined, 7000],
    ["olds-001", "olds", 7001],
    ["other", undefined, 7002],
  ]);
  const snapshots = async (filter: object) =>
    (await client.send(new DescribeSnapshots(filter))).Snapshots?.map(({ SnapshotName, Port }) => [SnapshotName, Port]);
  expect(await snapshots({})).toEqual([
    ["nightly", 7000],
    ["weekly", 7001],
  ]);
  expect(await snapshots({ SnapshotName: "NIGHTLY" })).toEqual([["nightly", 7000]]);
  expect(await snapshots({ ReplicationGroupId: "olds" })).toEqual([["weekly", 7001]]);
  expect(await snapshots({ CacheClusterId: "olds" })).toEqual([]);
});

test("snapshots that cannot be made or read fail with AWS's codes", async () => {
  await using emulator = await startEmulator();
  const client = elasticacheClient(emulator);
  await client.send(new CreateCache({ Engine: "memcached", CacheClusterId: "pages" }));
  await client.send(new CreateCache({ ...redis, CacheClusterId: "old" }));
  const snapshot = (source: object) => refusalOf(client.send(new CreateSnapshot({ SnapshotName: "nightly", ...source })));

  expect(await snapshot({ CacheClusterId: "pages" })).toContain("SnapshotFeatureNotSupportedFault 400");
  expect(await snapshot({ CacheClusterId: "missing" })).toContain("CacheClusterNotFound 404");
  expect(await snapshot({})).toContain("InvalidParameterCombination 400");
  expect(await snapshot({ CacheClusterId: "old" })).toBe("no error");
  expect(await snapshot({ CacheClusterId: "old" })).toContain("SnapshotAlreadyExistsFault 400");
  expect(await refusalOf(client.send(new DescribeSnapshots({ SnapshotName: "other" })))).toContain("SnapshotNotFoundFault 404");
  const restore = new CreateCache({ ...redis, CacheClusterId: "new", SnapshotName: "other" });
  expect(await refusalOf(client.send(restore))).toContain("InvalidParameterValue 400");
});

test("a secondary of a global datastore has the port of the primary", async () => {
  await using emulator = await startEmulator();
  const [client, other] = [elasticacheClient(emulator), elasticacheClient(emulator, { region: "us-east-1" })];
  await client.send(new CreateGroup({ ...group("orders"), Port: 7000 }));
  const form = { GlobalReplicationGroupIdSuffix: "world", PrimaryReplicationGroupId: "orders" };
  const { GlobalReplicationGroup } = await client.send(new CreateGlobal(form));
  const GlobalReplicationGroupId = GlobalReplicationGroup?.GlobalReplicationGroupId ?? "";

  await other.send(new CreateGroup({ ...group("orders-us"), GlobalReplicationGroupId }));

  expect(await portsOf(other)).toEqual([["orders-us-001", "orders-us", 7000]]);
  const { GlobalReplicationGroups = [] } = await other.send(new DescribeGlobal({ ShowMemberInfo: true }));
  expect(GlobalReplicationGroups).toMatchObject([
    {
      GlobalReplicationGroupId,
      Members: [
        { ReplicationGroupId: "orders", ReplicationGroupRegion: "eu-west-1", Role: "PRIMARY" },
        { ReplicationGroupId: "orders-us", ReplicationGroupRegion: "us-east-1", Role: "SECONDARY" },
      ],
    },
  ]);
  expect(await refusalOf(client.send(new CreateGlobal(form)))).toContain("GlobalReplicationGroupAlreadyExistsFault 400");
  const stray = new CreateGroup({ ...group("stray"), GlobalReplicationGroupId: "ldgnf-other" });
  expect(await refusalOf(other.send(stray))).toContain("GlobalReplicationGroupNotFoundFault 404");
});

test("a cache that becomes the primary of a replication group keeps its name and port", async () => {
  await using emulator = await startEmulator();
  const client = elasticacheClient(emulator);
  await client.send(new CreateCache({ ...redis, CacheClusterId: "old", Port: 7000 }));
  await client.send(new CreateGroup({ ...group("orders"), PrimaryClusterId: "Old" }));
  await client.send(new CreateCache({ CacheClusterId: "replica", ReplicationGroupId: "orders" }));

  expect(await portsOf(client)).toEqual([
    ["old", "orders", 7000],
    ["replica", "orders", 7000],
  ]);
  const again = new CreateGroup({ ...group("others"), PrimaryClusterId: "old" });
  expect(await refusalOf(client.send(again))).toContain("InvalidCacheClusterState 400");
  const missing = new CreateGroup({ ...group("others"), PrimaryClusterId: "missing" });
  expect(await refusalOf(client.send(missing))).toContain("CacheClusterNotFound 404");
});

test("with createMissing, an unknown snapshot or global datastore leaves the default port", async () => {
  await using emulator = await startEmulator({ createMissing: true });
  const client = elasticacheClient(emulator);
  await client.send(new CreateCache({ ...redis, CacheClusterId: "new", SnapshotName: "nightly" }));
  await client.send(new CreateGroup({ ...group("orders"), GlobalReplicationGroupId: "ldgnf-world" }));
  expect(await portsOf(client)).toEqual([
    ["new", undefined, 6379],
    ["orders-001", "orders", 6379],
  ]);
});
