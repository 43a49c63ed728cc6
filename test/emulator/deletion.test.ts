import { DescribeNetworkInterfacesCommand, DescribeVpcEndpointsCommand } from "@aws-sdk/client-ec2";
import {
  CreateCacheClusterCommand,
  CreateReplicationGroupCommand,
  CreateServerlessCacheCommand,
  DeleteCacheClusterCommand as DeleteCache,
  DeleteReplicationGroupCommand as DeleteGroup,
  DeleteServerlessCacheCommand as DeleteServerless,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  DescribeServerlessCachesCommand,
} from "@aws-sdk/client-elasticache";
import { CreateClusterCommand, DeleteClusterCommand, DescribeClustersCommand } from "@aws-sdk/client-redshift";
import {
  CreateNamespaceCommand,
  CreateWorkgroupCommand,
  DeleteWorkgroupCommand,
  ListWorkgroupsCommand,
} from "@aws-sdk/client-redshift-serverless";
import { expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { ec2Client, elasticacheClient, passTime, redshiftClient, refusalOf, serverlessClient } from "./clients.ts";

const redis = { Engine: "redis" };
const group = { ReplicationGroupId: "orders", ReplicationGroupDescription: "for tests" };

function clients(emulator: Emulator) {
  return {
    ec2: ec2Client(emulator),
    elasticache: elasticacheClient(emulator),
    redshift: redshiftClient(emulator),
    serverless: serverlessClient(emulator),
  };
}

/** Creates one store of each kind. */
async function createAll({ elasticache, redshift, serverless }: ReturnType<typeof clients>) {
  await elasticache.send(new CreateCacheClusterCommand({ ...redis, CacheClusterId: "sessions" }));
  await elasticache.send(new CreateReplicationGroupCommand({ ...group, NumCacheClusters: 2 }));
  await elasticache.send(new CreateServerlessCacheCommand({ ...redis, ServerlessCacheName: "carts" }));
  const form = { ClusterIdentifier: "sales", NodeType: "ra3.large", MasterUsername: "admin", AvailabilityZoneRelocation: true };
  await redshift.send(new CreateClusterCommand(form));
  await serverless.send(new CreateNamespaceCommand({ namespaceName: "reports" }));
  await serverless.send(new CreateWorkgroupCommand({ workgroupName: "reports", namespaceName: "reports" }));
}

/** Deletes them. Returns the statuses in the responses. */
async function deleteAll({ elasticache, redshift, serverless }: ReturnType<typeof clients>) {
  return [
    (await elasticache.send(new DeleteCache({ CacheClusterId: "sessions" }))).CacheCluster?.CacheClusterStatus,
    (await elasticache.send(new DeleteGroup({ ReplicationGroupId: "orders" }))).ReplicationGroup?.Status,
    (await elasticache.send(new DeleteServerless({ ServerlessCacheName: "carts" }))).ServerlessCache?.Status,
    (await redshift.send(new DeleteClusterCommand({ ClusterIdentifier: "sales", SkipFinalClusterSnapshot: true }))).Cluster?.ClusterStatus,
    (await serverless.send(new DeleteWorkgroupCommand({ workgroupName: "reports" }))).workgroup?.status,
  ];
}

/** The status of every store, and whether reads show how clients reach it. */
async function listed({ elasticache, redshift, serverless }: ReturnType<typeof clients>) {
  const { CacheClusters = [] } = await elasticache.send(new DescribeCacheClustersCommand({ ShowCacheNodeInfo: true }));
  const { ReplicationGroups = [] } = await elasticache.send(new DescribeReplicationGroupsCommand({}));
  const { ServerlessCaches = [] } = await elasticache.send(new DescribeServerlessCachesCommand({}));
  const { Clusters = [] } = await redshift.send(new DescribeClustersCommand({}));
  const { workgroups = [] } = await serverless.send(new ListWorkgroupsCommand({}));
  return [
    ...CacheClusters.map((one) => [one.CacheClusterId, one.CacheClusterStatus, one.CacheNodes?.length === 1]),
    ...ReplicationGroups.map((one) => [one.ReplicationGroupId, one.Status, one.NodeGroups?.length === 1]),
    ...ServerlessCaches.map((one) => [one.ServerlessCacheName, one.Status, one.Endpoint !== undefined]),
    ...Clusters.map((one) => [one.ClusterIdentifier, one.ClusterStatus, one.Endpoint !== undefined]),
    ...workgroups.map((one) => [one.workgroupName, one.status?.toLowerCase(), one.endpoint !== undefined]),
  ];
}

const names = ["orders-001", "orders-002", "sessions", "orders", "carts", "sales", "reports"];

test("a store that is deleted is listed until the change settles, but not how clients reach it", async () => {
  const elapse = passTime();
  await using emulator = await startEmulator({ settleMs: 60_000 });
  const all = clients(emulator);
  const interfaces = async () => (await all.ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces?.length;
  await createAll(all);
  elapse(60_000);
  expect(await listed(all)).toEqual(names.map((name) => [name, "available", true]));
  expect(await interfaces()).toBe(7);

  expect(await deleteAll(all)).toEqual(["deleting", "deleting", "deleting", "deleting", "DELETING"]);

  expect(await listed(all)).toEqual(names.map((name) => [name, "deleting", false]));
  expect(await interfaces()).toBe(7);
  const { elasticache, redshift, serverless } = all;
  const deleteCluster = new DeleteClusterCommand({ ClusterIdentifier: "sales", SkipFinalClusterSnapshot: true });
  const refusals = [
    elasticache.send(new DeleteCache({ CacheClusterId: "sessions" })),
    elasticache.send(new DeleteGroup({ ReplicationGroupId: "orders" })),
    elasticache.send(new DeleteServerless({ ServerlessCacheName: "carts" })),
    redshift.send(deleteCluster),
    serverless.send(new DeleteWorkgroupCommand({ workgroupName: "reports" })),
  ].map(refusalOf);
  expect((await Promise.all(refusals)).map((text) => text.split(" ")[0])).toEqual([
    "InvalidCacheClusterStateFault",
    "InvalidReplicationGroupStateFault",
    "InvalidServerlessCacheStateFault",
    "InvalidClusterStateFault",
    "ConflictException",
  ]);
  elapse(60_000);
  expect([await listed(all), await interfaces()]).toEqual([[], 0]);
  expect((await all.ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints).toEqual([]);
});

test("without a time to settle, a deleted store is gone at once, and its name is free", async () => {
  await using emulator = await startEmulator();
  const all = clients(emulator);
  await createAll(all);
  await deleteAll(all);
  expect(await listed(all)).toEqual([]);
  const again = await all.elasticache.send(new CreateCacheClusterCommand({ ...redis, CacheClusterId: "sessions" }));
  expect(again.CacheCluster?.CacheClusterStatus).toBe("creating");
});

test("the VPC endpoint of a deleted store can stay for days, with its network interface in use", async () => {
  const elapse = passTime();
  const day = 86_400_000;
  await using emulator = await startEmulator({ settleMs: 60_000, endpointsOutliveStoresMs: 2 * day });
  const all = clients(emulator);
  const remaining = async () => [
    (await all.ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints?.map(({ RequesterManaged }) => RequesterManaged),
    (await all.ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces?.map(({ InterfaceType, Status }) => [
      InterfaceType,
      Status,
    ]),
  ];
  await createAll(all);
  elapse(60_000);
  await deleteAll(all);
  elapse(day);
  const inUse = ["vpc_endpoint", "in-use"];
  expect([await listed(all), await remaining()]).toEqual([
    [],
    [
      [true, true, true],
      [inUse, inUse, inUse],
    ],
  ]);
  elapse(day + 60_000);
  expect(await remaining()).toEqual([[], []]);
});

test("of a replication group, only a replica that is not the last one can be deleted alone", async () => {
  await using emulator = await startEmulator();
  const client = elasticacheClient(emulator);
  const members = async () =>
    (await client.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: "orders" }))).ReplicationGroups?.[0]?.MemberClusters;
  await client.send(new CreateReplicationGroupCommand({ ...group, NumCacheClusters: 3 }));
  await client.send(
    new CreateReplicationGroupCommand({ ...group, ReplicationGroupId: "sharded", NumNodeGroups: 2, ReplicasPerNodeGroup: 3 }),
  );
  const refusal = (CacheClusterId: string) => refusalOf(client.send(new DeleteCache({ CacheClusterId })));
  const invalid = "InvalidCacheClusterStateFault InvalidCacheClusterState 400";

  expect(await refusal("orders-001")).toBe(invalid);
  expect(await refusal("sharded-0001-002")).toBe(invalid);
  expect(await refusal("orders-002")).toBe("no error");
  expect(await members()).toEqual(["orders-001", "orders-003"]);
  expect(await refusal("orders-003")).toBe(invalid);
});
