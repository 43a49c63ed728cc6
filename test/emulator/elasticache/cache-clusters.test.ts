import {
  CreateCacheClusterCommand as CreateCache,
  DescribeCacheClustersCommand as DescribeCaches,
  ModifyCacheClusterCommand as ModifyCache,
} from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { elasticacheClient, passTime, refusalOf } from "../clients.ts";
import { groupIn } from "./groups.ts";

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

  test("the status of a cache is creating, available and modifying; ModifyCacheCluster changes its groups", async () => {
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

  test("a cache outside a VPC has cache security groups", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    const { CacheCluster } = await client.send(
      new CreateCache({ CacheClusterId: "old", Engine: "redis", CacheSecurityGroupNames: ["sessions"] }),
    );
    expect(CacheCluster).toMatchObject({ SecurityGroups: [], CacheSecurityGroups: [{ CacheSecurityGroupName: "sessions" }] });
  });

  test("invalid requests fail with AWS's codes", async () => {
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
