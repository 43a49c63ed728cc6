import {
  CreateServerlessCacheCommand as CreateServerless,
  DescribeServerlessCachesCommand as DescribeServerless,
  ModifyServerlessCacheCommand as ModifyServerless,
} from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { elasticacheClient, passTime, refusalOf } from "../clients.ts";
import { groupIn } from "./groups.ts";

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

  test("its status is creating and modifying, and ModifyServerlessCache changes its groups", async () => {
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
