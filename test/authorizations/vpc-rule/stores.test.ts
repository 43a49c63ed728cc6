import { setTimeout as sleep } from "node:timers/promises";
import { CreateCacheClusterCommand, CreateReplicationGroupCommand, CreateServerlessCacheCommand } from "@aws-sdk/client-elasticache";
import { CreateNamespaceCommand, CreateWorkgroupCommand } from "@aws-sdk/client-redshift-serverless";
import { describe, expect, test } from "vitest";
import { writes } from "../../support/scene.ts";
import { createCluster, ranges, sessions, startVpc, tcp, type Vpc } from "../../support/vpc.ts";

const everyone = ["0.0.0.0/0"];
const everyRange = { IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const node = "cache.t4g.micro";

type Making = (vpc: Vpc, group: string) => Promise<unknown>;

const cache =
  (id: string, more: object): Making =>
  ({ elasticache }, group) =>
    elasticache.send(new CreateCacheClusterCommand({ ...sessions, CacheClusterId: id, SecurityGroupIds: [group], ...more }));
const replicas =
  (more: object): Making =>
  ({ elasticache }, group) => {
    const form = { ReplicationGroupDescription: "for tests", CacheNodeType: node, NumCacheClusters: 2 };
    return elasticache.send(
      new CreateReplicationGroupCommand({ ...form, ReplicationGroupId: "Orders", SecurityGroupIds: [group], ...more }),
    );
  };
const serverless =
  (Engine: string): Making =>
  ({ elasticache }, group) =>
    elasticache.send(new CreateServerlessCacheCommand({ ServerlessCacheName: "burst", Engine, SecurityGroupIds: [group] }));
const cluster =
  (more: object): Making =>
  (vpc, group) =>
    createCluster(vpc, "sales", { VpcSecurityGroupIds: [group], ...more });
const workgroup =
  (more: object): Making =>
  async ({ serverless: client }, group) => {
    await client.send(new CreateNamespaceCommand({ namespaceName: "reports" }));
    await client.send(
      new CreateWorkgroupCommand({ workgroupName: "reports", namespaceName: "reports", securityGroupIds: [group], ...more }),
    );
  };

describe.each<[kind: string, service: string, resource: string, port: number, make: Making, other: number]>([
  ["Redis cache", "elasticache", "queue", 6379, cache("queue", {}), 11211],
  ["Redis cache on its own port", "elasticache", "queue", 7001, cache("queue", { Port: 7001 }), 6379],
  ["Memcached cache", "elasticache", "queue", 11211, cache("queue", { Engine: "memcached", NumCacheNodes: 2 }), 6379],
  ["replication group", "elasticache", "orders", 6379, replicas({}), 11211],
  [
    "replication group in shards",
    "elasticache",
    "orders",
    7002,
    replicas({ Port: 7002, NumNodeGroups: 2, NumCacheClusters: undefined }),
    6379,
  ],
  ["serverless cache", "elasticache", "burst", 6379, serverless("valkey"), 6378],
  ["serverless cache's readers", "elasticache", "burst", 6380, serverless("valkey"), 6381],
  ["serverless Memcached cache", "elasticache", "burst", 11211, serverless("memcached"), 6379],
  ["Redshift cluster", "redshift", "sales", 5439, cluster({}), 5440],
  ["Redshift cluster on its own port", "redshift", "sales", 8200, cluster({ Port: 8200 }), 5439],
  ["workgroup", "redshift-serverless", "reports", 5439, workgroup({}), 5440],
  ["workgroup on its own port", "redshift-serverless", "reports", 5450, workgroup({ port: 5450 }), 5439],
])("a %s:", (_kind, service, resource, port, make, other) => {
  test("a rule for its port is a grant on it, and a rule for another port is out of scope", async () => {
    await using vpc = await startVpc({ store: false, emulator: { pageSize: 20 } });
    await make(vpc, vpc.web);
    const event = await vpc.open([ranges(everyone, port), ranges(everyone, other)]);

    const { outcomes, results } = await vpc.invoke(event);

    expect(results).toEqual(["revoked", "outOfScope"]);
    expect(outcomes).toMatchObject([
      { grant: { service: "ec2", resource: vpc.web, stores: [{ service, resource }] } },
      { grant: { stores: [] } },
    ]);
    expect(await vpc.rules()).toEqual([`0.0.0.0/0 tcp ${other}-${other}`]);
  });

  test("a rule that includes its port is revoked while it is being created, or once its endpoint is listed", async () => {
    await using vpc = await startVpc({ store: false, emulator: { settleMs: 400 } });
    await make(vpc, vpc.web);
    const event = await vpc.open([tcp(everyRange, 0, 65535)]);
    const first = await vpc.invoke(event);
    if (service === "redshift-serverless") {
      expect(first.outcomes).toMatchObject([
        { result: "failed", error: { retryable: true, message: expect.stringMatching(/ belongs to the workgroup reports$/) } },
      ]);
      await sleep(400);
      expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
    } else expect(first.results).toEqual(["revoked"]);
  });
});

describe("a rule reaches a port", () => {
  test.each([
    ["with all protocols", { IpProtocol: "-1" }],
    ["with a port range that includes it", tcp({}, 0, 65535)],
    ["with a port range that begins with it", tcp({}, 6379, 7000)],
    ["with a port range that ends with it", tcp({}, 6000, 6379)],
    ["with the number of TCP", { ...tcp({}), IpProtocol: "6" }],
    ["with TCP in capitals", { ...tcp({}), IpProtocol: "TCP" }],
  ])("%s", async (_how, permission) => {
    await using vpc = await startVpc();
    expect((await vpc.invoke(await vpc.open([{ ...permission, ...everyRange }]))).results).toEqual(["revoked"]);
    expect(await vpc.rules()).toEqual([]);
  });

  test.each([
    ["with a port range that ends before it", tcp({}, 0, 6378)],
    ["with a port range that begins after it", tcp({}, 6380, 65535)],
    ["with UDP", { ...tcp({}), IpProtocol: "udp" }],
    ["with ICMP", { IpProtocol: "icmp", FromPort: -1, ToPort: -1 }],
    ["with another protocol", { IpProtocol: "50" }],
  ])("not %s: it is out of scope, and nothing is written", async (_how, permission) => {
    await using vpc = await startVpc();
    const { outcomes, results } = await vpc.invoke(await vpc.open([{ ...permission, ...everyRange }]));
    expect(results).toEqual(["outOfScope"]);
    expect(outcomes).toMatchObject([{ decision: { reason: "it reaches no cache and no warehouse" }, grant: { stores: [] } }]);
    expect(writes(vpc.requests())).toEqual([]);
  });
});

describe("a rule that reaches several stores", () => {
  const both = [
    { name: "cache", ranges: ["203.0.113.0/24"], services: ["elasticache"] },
    { name: "warehouse", ranges: ["203.0.113.0/25"], services: ["redshift"], resources: ["sales"] },
  ];

  test("is permitted only if it is permitted for each of them, and its outcome names them all", async () => {
    await using vpc = await startVpc({ permit: both });
    await cluster({})(vpc, vpc.web);
    const event = await vpc.open([ranges(["203.0.113.0/25", "203.0.113.0/24"], 0, 65535)]);

    const { outcomes, results } = await vpc.invoke(event);

    expect(results).toEqual(["permitted", "revoked"]);
    const stores = [
      { service: "elasticache", resource: "sessions" },
      { service: "redshift", resource: "sales" },
    ];
    expect(outcomes).toMatchObject([
      { grant: { stores }, decision: { statements: ["cache", "warehouse"] } },
      { grant: { stores }, decision: { reason: expect.stringContaining("for redshift sales"), uncovered: ["203.0.113.128/25"] } },
    ]);
    expect(outcomes[1]).toMatchObject({ permitWith: { services: ["elasticache", "redshift"], resources: ["sessions", "sales"] } });
  });

  test("counts only for the stores of its own group", async () => {
    await using vpc = await startVpc();
    const other = await vpc.group("warehouse");
    await cluster({})(vpc, other);
    const { results } = await vpc.invoke(await vpc.open([ranges(everyone, 5439)]));
    expect(results).toEqual(["outOfScope"]);
    expect((await vpc.invoke(await vpc.open([ranges(everyone, 5439)], other))).results).toEqual(["revoked"]);
  });

  test("is only reported if one of them is in audit mode", async () => {
    await using vpc = await startVpc({ more: { auditOnly: [{ services: ["redshift"] }] } });
    await cluster({})(vpc, vpc.web);
    expect((await vpc.invoke(await vpc.open([ranges(everyone, 0, 65535), ranges(everyone)]))).results).toEqual(["reported", "revoked"]);
  });
});

test("a rule that was out of scope is re-evaluated if its group has been attached to a cache since", async () => {
  await using vpc = await startVpc({ store: false });
  const event = await vpc.open([ranges(everyone)]);
  expect((await vpc.invoke(event)).results).toEqual(["outOfScope"]);
  await cache("queue", {})(vpc, vpc.web);
  expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
});

test("the clusters and workgroups on every page of their lists are found", async () => {
  await using vpc = await startVpc({ store: false, emulator: { pageSize: 1 } });
  const other = await vpc.group("other");
  for (const [name, Port] of [
    ["aaa", 5440],
    ["zzz", 5441],
  ] as const)
    await createCluster(vpc, name, { Port });
  for (const [name, port] of [
    ["aaa", 5442],
    ["zzz", 5443],
  ] as const) {
    await vpc.serverless.send(new CreateNamespaceCommand({ namespaceName: name }));
    const form = { workgroupName: name, namespaceName: name, securityGroupIds: [name === "zzz" ? vpc.web : other] };
    await vpc.serverless.send(new CreateWorkgroupCommand({ ...form, port }));
  }
  const { results } = await vpc.invoke(await vpc.open([ranges(everyone, 5441), ranges(everyone, 5443)]));
  expect(results).toEqual(["revoked", "revoked"]);
});

test("the caches on every page of the list are found", async () => {
  await using vpc = await startVpc({ emulator: { pageSize: 1 } });
  for (const name of ["aaa", "bbb", "zzz"]) await cache(name, { Port: name === "zzz" ? 7777 : 7000 })(vpc, vpc.web);
  expect((await vpc.invoke(await vpc.open([ranges(everyone, 7777)]))).results).toEqual(["revoked"]);
});
