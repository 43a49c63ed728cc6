import {
  CreateCacheClusterCommand as CreateCache,
  CreateReplicationGroupCommand as CreateGroup,
  DescribeCacheClustersCommand as DescribeCaches,
  DescribeReplicationGroupsCommand as DescribeGroups,
  ModifyReplicationGroupCommand as ModifyGroup,
} from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { elasticacheClient, refusalOf } from "../clients.ts";
import { groupIn } from "./groups.ts";

describe("replication groups", () => {
  const group = { ReplicationGroupId: "carts", ReplicationGroupDescription: "for tests" };

  test("its caches have its name, port and groups", async () => {
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

  test("in cluster mode there is one endpoint, and ModifyReplicationGroup changes the groups of all shards", async () => {
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

  test("invalid requests fail with AWS's codes", async () => {
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
