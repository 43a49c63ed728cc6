import { CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import {
  CreateCacheClusterCommand as CreateCache,
  CreateReplicationGroupCommand as CreateGroup,
  CreateServerlessCacheCommand as CreateServerless,
  DescribeCacheClustersCommand as DescribeCaches,
  DescribeReplicationGroupsCommand as DescribeGroups,
  DescribeServerlessCachesCommand as DescribeServerless,
  ModifyCacheClusterCommand as ModifyCache,
  ModifyReplicationGroupCommand as ModifyGroup,
  ModifyServerlessCacheCommand as ModifyServerless,
  paginateDescribeCacheClusters,
  paginateDescribeReplicationGroups,
  paginateDescribeServerlessCaches,
} from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { ec2Client, elasticacheClient, passTime, refusalOf } from "../clients.ts";

async function groupIn(emulator: Emulator, GroupName = "web"): Promise<string> {
  const { GroupId = "" } = await ec2Client(emulator).send(new CreateSecurityGroupCommand({ GroupName, Description: "for tests" }));
  return GroupId;
}

describe("node-based caches", () => {
  test.each([
    ["memcached", 11211, 2],
    ["redis", 6379, 1],
    ["valkey", 6379, 1],
  ])("%s listens on %i", async (Engine, port, NumCacheNodes) => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    const SecurityGroupIds = [await groupIn(emulator)];
    await client.send(new CreateCache({ CacheClusterId: "Sessions", Engine, NumCacheNodes, SecurityGroupIds }));

    const plain = await client.send(new DescribeCaches({ CacheClusterId: "SESSIONS" }));
    const { CacheClusters } = await client.send(new DescribeCaches({ ShowCacheNodeInfo: true }));

    expect(CacheClusters).toMatchObject([
      {
        ...{ CacheClusterId: "sessions", CacheClusterStatus: "available", Engine, NumCacheNodes, CacheSecurityGroups: [] },
        SecurityGroups: [{ SecurityGroupId: SecurityGroupIds[0], Status: "active" }],
        ARN: "arn:aws:elasticache:eu-west-1:123456789012:cluster:sessions",
      },
    ]);
    expect(CacheClusters?.[0]?.CacheNodes?.map((node) => node.Endpoint?.Port)).toEqual(Array(NumCacheNodes).fill(port));
    expect(CacheClusters?.[0]?.ConfigurationEndpoint?.Port).toBe(Engine === "memcached" ? port : undefined);
    expect(plain.CacheClusters?.[0]?.CacheNodes).toBeUndefined();
  });

  test("a cache is being created, available and being modified, and gets other groups", async () => {
    const elapse = passTime();
    await using emulator = await startEmulator({ settleMs: 60_000 });
    const client = elasticacheClient(emulator);
    const CacheClusterId = "sessions";
    const SecurityGroupIds = [await groupIn(emulator)];
    const created = await client.send(new CreateCache({ CacheClusterId, Engine: "redis", Port: 7000 }));

    expect(created.CacheCluster?.CacheClusterStatus).toBe("creating");
    const modify = new ModifyCache({ CacheClusterId, SecurityGroupIds });
    expect(await refusalOf(client.send(modify))).toBe("InvalidCacheClusterStateFault InvalidCacheClusterState 400");
    elapse(60_000);
    expect((await client.send(modify)).CacheCluster?.CacheClusterStatus).toBe("modifying");
    elapse(60_000);
    const { CacheClusters } = await client.send(new DescribeCaches({ CacheClusterId, ShowCacheNodeInfo: true }));
    expect(CacheClusters?.[0]).toMatchObject({
      CacheClusterStatus: "available",
      SecurityGroups: [{ SecurityGroupId: SecurityGroupIds[0] }],
    });
    expect(CacheClusters?.[0]?.CacheNodes?.[0]?.Endpoint?.Port).toBe(7000);
  });

  test("a cache in no VPC has cache security groups", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    const { CacheCluster } = await client.send(
      new CreateCache({ CacheClusterId: "old", Engine: "redis", CacheSecurityGroupNames: ["sessions"] }),
    );
    expect(CacheCluster).toMatchObject({ SecurityGroups: [], CacheSecurityGroups: [{ CacheSecurityGroupName: "sessions" }] });
  });

  test("what is wrong with a cache is said in AWS's code", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    const create = (change: Partial<ConstructorParameters<typeof CreateCache>[0]>) =>
      refusalOf(client.send(new CreateCache({ CacheClusterId: "sessions", Engine: "redis", ...change })));
    const both = { CacheSecurityGroupNames: ["a"], SecurityGroupIds: ["sg-01234567"] };

    expect(await create({ Engine: "mongodb" })).toBe("InvalidParameterValueException InvalidParameterValue 400");
    expect(await create({ CacheClusterId: "two words" })).toContain("InvalidParameterValue 400");
    expect(await create({ NumCacheNodes: 2 })).toBe("InvalidParameterCombinationException InvalidParameterCombination 400");
    expect(await create(both)).toContain("InvalidParameterCombination 400");
    expect(await create({ SecurityGroupIds: ["sg-01234567"] })).toContain("InvalidParameterValue 400");
    expect(await create({ ReplicationGroupId: "carts" })).toBe("ReplicationGroupNotFoundFault ReplicationGroupNotFoundFault 404");
    expect(await create({})).toBe("no error");
    expect(await create({})).toBe("CacheClusterAlreadyExistsFault CacheClusterAlreadyExists 400");
    expect(await refusalOf(client.send(new ModifyCache({ CacheClusterId: "other" })))).toBe(
      "CacheClusterNotFoundFault CacheClusterNotFound 404",
    );
  });
});

describe("replication groups", () => {
  const group = { ReplicationGroupId: "carts", ReplicationGroupDescription: "for tests" };

  test("its caches carry its name, its port and its groups", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    const SecurityGroupIds = [await groupIn(emulator)];
    await client.send(new CreateGroup({ ...group, NumCacheClusters: 2, SecurityGroupIds }));

    const { ReplicationGroups } = await client.send(new DescribeGroups({ ReplicationGroupId: "Carts" }));
    const { CacheClusters = [] } = await client.send(new DescribeCaches({}));

    expect(ReplicationGroups).toMatchObject([
      { ReplicationGroupId: "carts", Status: "available", MemberClusters: ["carts-001", "carts-002"], ClusterEnabled: false },
    ]);
    expect(ReplicationGroups?.[0]?.NodeGroups).toMatchObject([
      {
        ...{ PrimaryEndpoint: { Port: 6379 }, ReaderEndpoint: { Port: 6379 } },
        NodeGroupMembers: [{ ReadEndpoint: { Port: 6379 }, CurrentRole: "primary" }, { CurrentRole: "replica" }],
      },
    ]);
    for (const cache of CacheClusters) {
      expect(cache).toMatchObject({ ReplicationGroupId: "carts", SecurityGroups: [{ SecurityGroupId: SecurityGroupIds[0] }] });
    }
    expect((await client.send(new DescribeCaches({ ShowCacheClustersNotInReplicationGroups: true }))).CacheClusters).toEqual([]);
  });

  test("in cluster mode there is one endpoint, and all shards get other groups at once", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    const SecurityGroupIds = [await groupIn(emulator)];
    await client.send(new CreateGroup({ ...group, Engine: "valkey", NumNodeGroups: 2, ReplicasPerNodeGroup: 1, Port: 7000 }));
    await client.send(new ModifyGroup({ ReplicationGroupId: "carts", SecurityGroupIds }));
    await client.send(new CreateCache({ CacheClusterId: "more", ReplicationGroupId: "carts" }));

    const { ReplicationGroups } = await client.send(new DescribeGroups({}));
    expect(ReplicationGroups).toMatchObject([{ ConfigurationEndpoint: { Port: 7000 }, ClusterEnabled: true, Engine: "valkey" }]);
    expect(ReplicationGroups?.[0]?.MemberClusters).toEqual([
      "carts-0001-001",
      "carts-0001-002",
      "more",
      "carts-0002-001",
      "carts-0002-002",
    ]);
    const { CacheClusters = [] } = await client.send(new DescribeCaches({}));
    expect(CacheClusters.filter((cache) => cache.SecurityGroups?.[0]?.SecurityGroupId === SecurityGroupIds[0])).toHaveLength(4);
  });

  test("what is wrong with one is said in AWS's code", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    expect(await refusalOf(client.send(new CreateGroup({ ...group, Engine: "memcached" })))).toContain("InvalidParameterValue 400");
    await client.send(new CreateGroup(group));
    expect(await refusalOf(client.send(new CreateGroup(group)))).toBe(
      "ReplicationGroupAlreadyExistsFault ReplicationGroupAlreadyExists 400",
    );
    expect(await refusalOf(client.send(new ModifyGroup({ ReplicationGroupId: "other" })))).toContain("ReplicationGroupNotFoundFault 404");
    expect(await refusalOf(client.send(new DescribeGroups({ ReplicationGroupId: "other" })))).toContain(
      "ReplicationGroupNotFoundFault 404",
    );
  });
});

describe("serverless caches", () => {
  test.each([
    ["memcached", 11211, undefined],
    ["redis", 6379, 6380],
    ["valkey", 6379, 6380],
  ])("%s listens on %i", async (Engine, port, readerPort) => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    const SecurityGroupIds = [await groupIn(emulator)];
    await client.send(new CreateServerless({ ServerlessCacheName: "carts", Engine, SecurityGroupIds }));

    const { ServerlessCaches } = await client.send(new DescribeServerless({}));

    expect(ServerlessCaches).toMatchObject([
      { ServerlessCacheName: "carts", Status: "available", Engine, SecurityGroupIds, Endpoint: { Port: port } },
    ]);
    expect(ServerlessCaches?.[0]?.ReaderEndpoint?.Port).toBe(readerPort);
  });

  test("it is being created and modified, and gets other groups", async () => {
    const elapse = passTime();
    await using emulator = await startEmulator({ settleMs: 60_000 });
    const client = elasticacheClient(emulator);
    const change = { ServerlessCacheName: "carts", SecurityGroupIds: [await groupIn(emulator)] };
    const { ServerlessCache } = await client.send(new CreateServerless({ ServerlessCacheName: "carts", Engine: "redis" }));

    expect([ServerlessCache?.Status, ServerlessCache?.Endpoint]).toEqual(["creating", undefined]);
    const busy = "InvalidServerlessCacheStateFault InvalidServerlessCacheStateFault 400";
    expect(await refusalOf(client.send(new ModifyServerless(change)))).toBe(busy);
    elapse(60_000);
    expect((await client.send(new ModifyServerless(change))).ServerlessCache).toMatchObject({ ...change, Status: "modifying" });
    const again = new CreateServerless({ ServerlessCacheName: "carts", Engine: "redis" });
    expect(await refusalOf(client.send(again))).toContain("ServerlessCacheAlreadyExistsFault 400");
    expect(await refusalOf(client.send(new ModifyServerless({ ServerlessCacheName: "other" })))).toContain(
      "ServerlessCacheNotFoundFault 404",
    );
  });
});

test("caches of each kind are listed in pages", async () => {
  await using emulator = await startEmulator({ pageSize: 2 });
  const client = elasticacheClient(emulator);
  for (const name of ["a", "b", "c"]) {
    await client.send(new CreateCache({ CacheClusterId: name, Engine: "redis" }));
    await client.send(new CreateServerless({ ServerlessCacheName: name, Engine: "redis" }));
    await client.send(new CreateGroup({ ReplicationGroupId: `group-${name}`, ReplicationGroupDescription: "for tests" }));
  }

  const sizes: unknown[] = [];
  for await (const page of paginateDescribeCacheClusters({ client }, {})) sizes.push(page.CacheClusters?.length);
  for await (const page of paginateDescribeReplicationGroups({ client }, {})) sizes.push(page.ReplicationGroups?.length);
  for await (const page of paginateDescribeServerlessCaches({ client }, {})) sizes.push(page.ServerlessCaches?.length);

  expect(sizes).toEqual([2, 2, 2, 2, 1, 2, 1]);
});

test("caches that are to be modified are made on request, with their groups", async () => {
  await using emulator = await startEmulator({ createMissing: true });
  const client = elasticacheClient(emulator);
  const SecurityGroupIds = ["sg-0123456789abcdef0"];
  await client.send(new ModifyCache({ CacheClusterId: "a", SecurityGroupIds }));
  await client.send(new ModifyGroup({ ReplicationGroupId: "b", SecurityGroupIds }));
  const { ServerlessCache } = await client.send(new ModifyServerless({ ServerlessCacheName: "c", SecurityGroupIds }));

  expect(ServerlessCache?.SecurityGroupIds).toEqual(SecurityGroupIds);
  const { CacheClusters = [] } = await client.send(new DescribeCaches({}));
  expect(CacheClusters.map((cache) => cache.SecurityGroups?.[0]?.SecurityGroupId)).toEqual([...SecurityGroupIds, ...SecurityGroupIds]);
});
