import {
  CreateCacheClusterCommand as CreateCache,
  CreateReplicationGroupCommand as CreateGroup,
  CreateServerlessCacheCommand as CreateServerless,
  DescribeCacheClustersCommand as DescribeCaches,
  ModifyCacheClusterCommand as ModifyCache,
  ModifyReplicationGroupCommand as ModifyGroup,
  ModifyServerlessCacheCommand as ModifyServerless,
  paginateDescribeCacheClusters,
  paginateDescribeReplicationGroups,
  paginateDescribeServerlessCaches,
} from "@aws-sdk/client-elasticache";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { elasticacheClient } from "../clients.ts";

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

test("with createMissing, Modify calls create unknown caches with their groups", async () => {
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
