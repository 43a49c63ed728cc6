import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { CreateClusterCommand, CreateClusterSnapshotCommand, RestoreFromClusterSnapshotCommand } from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { calls, cluster, replicas, workgroup } from "../../support/attach-calls.ts";
import { withDetail } from "../../support/events.ts";
import { writes } from "../../support/scene.ts";
import { ranges, sessions, startVpc, type Vpc } from "../../support/vpc.ts";
import { later, vpcEvent } from "../../support/vpc-events.ts";

const everyone = ["0.0.0.0/0"];

describe.each(calls)("$eventName", ({ eventName, service, port, request, make }) => {
  const eventOf = (groups: readonly string[], more: object = {}, answer: unknown = null) =>
    vpcEvent(eventName, { ...request(groups), ...more }, answer, service);
  const stores = [{ service, resource: "orders" }];

  test("judges every rule that already stands in the groups of the store, and takes the violations back", async () => {
    const permit = [{ name: "office", ranges: ["203.0.113.0/24"], services: [service], resources: ["orders"] }];
    await using vpc = await startVpc({ store: false, permit });
    await vpc.open([ranges(["0.0.0.0/0", "203.0.113.0/24"], port), ranges(everyone, 22)]);
    await make(vpc, [vpc.web]);
    vpc.requests();

    const { outcomes, results } = await vpc.invoke(eventOf([vpc.web]));

    expect(results.toSorted()).toEqual(["outOfScope", "permitted", "revoked"]);
    const [revoked] = outcomes.filter(({ result }) => result === "revoked");
    expect(revoked).toMatchObject({
      grant: { service: "ec2", authorization: "AuthorizeSecurityGroupIngress", stores },
      event: { name: eventName },
    });
    expect(writes(vpc.requests())).toMatchObject([{ action: "RevokeSecurityGroupIngress" }]);
    expect(await vpc.rules()).toEqual([`0.0.0.0/0 tcp 22-22`, `203.0.113.0/24 tcp ${port}-${port}`]);
  });

  test("counts for a store that no list shows yet, behind all its groups", async () => {
    await using vpc = await startVpc({ store: false });
    const second = await vpc.group("second");
    await vpc.open([ranges(everyone, port)]);
    await vpc.open([ranges(everyone, port)], second);
    const { outcomes, results } = await vpc.invoke(eventOf([vpc.web, second]));
    expect(results).toEqual(["revoked", "revoked"]);
    expect(outcomes).toMatchObject([{ grant: { resource: vpc.web, stores } }, { grant: { resource: second, stores } }]);
  });

  test("of other groups, or of nothing, tells nothing of this one", async () => {
    await using vpc = await startVpc({ store: false });
    await vpc.open([ranges(everyone, port)]);
    await make(vpc, [await vpc.group("closed")]);
    expect((await vpc.invoke(eventOf([await vpc.group("empty")]))).results).toEqual([]);
    expect(await vpc.rules()).toHaveLength(1);
  });

  test.each([[{ securityGroupIds: [{ id: 1 }], vpcSecurityGroupIds: [{ id: 1 }] }], [{ omitted: true }]])(
    "whose groups cannot be read (%j) has those that are listed",
    async (more) => {
      await using vpc = await startVpc({ store: false });
      await vpc.open([ranges(everyone, port)]);
      await make(vpc, [vpc.web]);
      expect((await vpc.invoke(eventOf([], more))).results).toEqual(["revoked"]);
    },
  );

  test("that names no store is an error, and nothing is called", async () => {
    await using vpc = await startVpc({ store: false });
    const { error } = await vpc.invoke(vpcEvent(eventName, { omitted: true }, null, service));
    expect(error?.message).toContain("names no store");
    expect(vpc.requests()).toEqual([]);
  });
});

describe.each(calls.filter(({ eventName }) => /^(Modify|Update)/.test(eventName)))("$eventName", ({ eventName, service, request }) => {
  test("that leaves the groups and the port alone makes no call", async () => {
    await using vpc = await startVpc({ store: false });
    for (const more of [{}, { applyImmediately: true }, { securityGroupIds: {}, vpcSecurityGroupIds: [] }]) {
      const { results, error } = await vpc.invoke(vpcEvent(eventName, { ...request([]), ...more }, null, service));
      expect({ results, error }).toEqual({ results: [], error: undefined });
    }
    expect(vpc.requests()).toEqual([]);
  });
});

describe("the port", () => {
  test.each([
    ["CreateCacheCluster", { cacheClusterId: "orders", engine: "memcached" }, "elasticache", 11211, 6379],
    ["CreateCacheCluster", { cacheClusterId: "orders", engine: "redis", port: 7000 }, "elasticache", 7000, 6379],
    ["CreateServerlessCache", { serverlessCacheName: "orders", engine: "valkey" }, "elasticache", 6380, 11211],
    ["CreateServerlessCache", { serverlessCacheName: "orders", engine: "memcached" }, "elasticache", 11212, 6379],
    ["CreateWorkgroup", { workgroupName: "orders", port: 5450 }, "redshift-serverless", 5450, 5439],
  ])("of a new store is what %s %j says, or else its engine's", async (eventName, request, service, port, other) => {
    await using vpc = await startVpc({ store: false });
    await vpc.open([ranges(everyone, port), ranges(everyone, other)]);
    const groups = { securityGroupIds: [vpc.web] };
    expect((await vpc.invoke(vpcEvent(eventName, { ...request, ...groups }, null, service))).results).toEqual(["revoked", "outOfScope"]);
  });

  test("of a store that is listed is its own, not the usual one", async () => {
    await using vpc = await startVpc({ store: false });
    await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, Engine: "memcached", SecurityGroupIds: [vpc.web] }));
    await vpc.open([ranges(everyone, 6379)]);
    const request = { cacheClusterId: "sessions", securityGroupIds: [vpc.web] };
    expect((await vpc.invoke(vpcEvent("ModifyCacheCluster", request, null, "elasticache"))).results).toEqual(["outOfScope"]);
  });

  test.each([
    ["ModifyCluster", cluster],
    ["UpdateWorkgroup", workgroup],
  ] as const)(
    "that %s changes to one that is open already counts, and so does the one that it had",
    async (eventName, { make, request, service }) => {
      await using vpc = await startVpc({ store: false });
      await make(vpc, [vpc.web]);
      await vpc.open([ranges(everyone, 5440), ranges(everyone, 5439)]);
      const { results } = await vpc.invoke(vpcEvent(eventName, { ...request([]), port: 5440 }, null, service));
      expect(results).toEqual(["revoked", "revoked"]);
    },
  );
});

test("a member of a replication group goes by the group's name, as the request or the answer has it", async () => {
  const permit = [{ name: "orders", ranges: everyone, everyone: true, resources: ["orders"] }];
  await using vpc = await startVpc({ store: false, permit });
  await replicas.make(vpc, [vpc.web]);
  await vpc.open([ranges(everyone)]);
  const groups = { securityGroupIds: [vpc.web] };
  const added = vpcEvent(
    "CreateCacheCluster",
    { cacheClusterId: "orders-003", replicationGroupId: "Orders", ...groups },
    null,
    "elasticache",
  );
  const changed = vpcEvent(
    "ModifyCacheCluster",
    { cacheClusterId: "orders-001", ...groups },
    { replicationGroupId: "orders" },
    "elasticache",
  );
  expect((await vpc.invoke(added)).results).toEqual(["permitted"]);
  expect((await vpc.invoke(changed)).results).toEqual(["permitted"]);
});

test.each([
  [
    "CreateCacheCluster",
    { cacheClusterId: "new" },
    "elasticache",
    6379,
    (id: string) => ({ securityGroups: [{ securityGroupId: id, status: "active" }] }),
  ],
  [
    "CreateCluster",
    { clusterIdentifier: "new" },
    "redshift",
    5439,
    (id: string) => ({ vpcSecurityGroups: [{ vpcSecurityGroupId: id, status: "active" }] }),
  ],
  [
    "CreateServerlessCache",
    { serverlessCacheName: "new" },
    "elasticache",
    6379,
    (id: string) => ({ serverlessCache: { securityGroupIds: [id] } }),
  ],
  ["CreateWorkgroup", { workgroupName: "new" }, "redshift-serverless", 5439, (id: string) => ({ workgroup: { securityGroupIds: [id] } })],
] as const)("%s without groups gets the default one, which its answer shows", async (eventName, request, service, port, answer) => {
  await using vpc = await startVpc({ store: false });
  await vpc.open([ranges(everyone, port)]);
  expect((await vpc.invoke(vpcEvent(eventName, request, answer(vpc.web), service))).results).toEqual(["revoked"]);
});

const always = Number.POSITIVE_INFINITY;

/** While a cluster is being made, its list shows no endpoint. */
function beingMade({ emulator }: Vpc): void {
  const rewrite = (right: string) => right.replaceAll(/<Endpoint>.*?<\/Endpoint>/gs, "");
  emulator.fail({ action: "DescribeClusters", times: always, answer: "rewritten", rewrite });
}

/** Makes a cluster on a port of its own. */
function makeCluster({ redshift, web }: Vpc, ClusterIdentifier: string, Port: number, group = web): Promise<unknown> {
  const form = { NodeType: "ra3.large", MasterUsername: "admin", MasterUserPassword: "Secret123" };
  return redshift.send(new CreateClusterCommand({ ...form, ClusterIdentifier, Port, VpcSecurityGroupIds: [group] }));
}

test("the port that a call gave counts as long as no list shows another, also in an event that comes late", async () => {
  await using vpc = await startVpc({ store: false });
  await makeCluster(vpc, "orders", 8192);
  await vpc.open([ranges(everyone, 8192), ranges(everyone, 5439)]);
  beingMade(vpc);
  const request = { clusterIdentifier: "orders", port: 8192, vpcSecurityGroupIds: [vpc.web] };

  const { results } = await vpc.invoke(later(vpcEvent("CreateCluster", request, null, "redshift")));

  expect(results.toSorted()).toEqual(["outOfScope", "revoked"]);
  expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 5439-5439"]);
});

describe("a cluster that is restored without a port", () => {
  async function restored(vpc: Vpc): Promise<ReturnType<typeof vpcEvent>> {
    await makeCluster(vpc, "old", 8192, await vpc.group("closed"));
    const names = { ClusterIdentifier: "old", SnapshotIdentifier: "nightly" };
    await vpc.redshift.send(new CreateClusterSnapshotCommand(names));
    await vpc.open([ranges(everyone, 8192), ranges(everyone, 5439)]);
    const request = { clusterIdentifier: "new", snapshotIdentifier: "nightly", vpcSecurityGroupIds: [vpc.web] };
    await vpc.redshift.send(
      new RestoreFromClusterSnapshotCommand({ ClusterIdentifier: "new", SnapshotIdentifier: "nightly", VpcSecurityGroupIds: [vpc.web] }),
    );
    beingMade(vpc);
    return vpcEvent("RestoreFromClusterSnapshot", request, null, "redshift");
  }

  test.each([
    { snapshotIdentifier: "nightly" },
    { snapshotIdentifier: undefined, snapshotArn: "arn:aws:redshift:eu-west-1:123456789012:snapshot:old/nightly" },
  ])("has its snapshot's while it is being made: %j", async (named) => {
    await using vpc = await startVpc({ store: false });
    const event = await restored(vpc);
    const requestParameters = { ...Object(event.detail.requestParameters), ...named };
    const { results, error } = await vpc.invoke(withDetail(event, { requestParameters }));
    expect({ results: results.toSorted(), error }).toEqual({ results: ["outOfScope", "revoked"], error: undefined });
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 5439-5439"]);
  });

  test.each([
    ["must not be read", { answer: "error", code: "AccessDenied", status: 403 }, "AccessDenied"],
    ["shows no port", { answer: "rewritten", rewrite: (right: string) => right.replaceAll(/<Port>\d+<\/Port>/g, "") }, "shows none"],
  ] as const)("keeps its event where its snapshot %s, and has the usual one until then", async (_, fault, why) => {
    await using vpc = await startVpc({ store: false });
    const event = await restored(vpc);
    vpc.emulator.fail({ action: "DescribeClusterSnapshots", times: always, ...fault });

    const { results, error } = await vpc.invoke(event);

    expect(results).toEqual(["revoked"]);
    expect(error?.message).toMatch(new RegExp(`port of a restored cluster is not known yet .*${why}`));
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 8192-8192"]);
  });
});

describe("a cluster that is renamed", () => {
  const permit = [{ name: "office", ranges: ["203.0.113.0/24"], services: ["redshift"], resources: ["analytics"] }];
  const renamed = (more: object) =>
    vpcEvent("ModifyCluster", { clusterIdentifier: "old", newClusterIdentifier: "Analytics", ...more }, null, "redshift");

  test.each(["old", "analytics"])("is judged by its new name, also while the list calls it %s", async (listed) => {
    await using vpc = await startVpc({ store: false, permit });
    await makeCluster(vpc, listed, 5439);
    await vpc.open([ranges(["203.0.113.0/24", "0.0.0.0/0"], 5439)]);
    for (const more of [{ vpcSecurityGroupIds: [vpc.web] }, {}]) {
      const { results, outcomes } = await vpc.invoke(renamed(more));
      expect(results.toSorted()).toEqual("vpcSecurityGroupIds" in more ? ["permitted", "revoked"] : ["permitted"]);
      expect(outcomes[0]).toMatchObject({ grant: { stores: [{ service: "redshift", resource: "analytics" }] } });
    }
  });

  test("is the one that the list shows in an event that comes late", async () => {
    await using vpc = await startVpc({ store: false, permit });
    await makeCluster(vpc, "analytics", 5439);
    await vpc.open([ranges(["203.0.113.0/24", "0.0.0.0/0"], 5439)]);
    expect((await vpc.invoke(later(renamed({})))).results.toSorted()).toEqual(["permitted", "revoked"]);

    // It was renamed once more since.
    const { outcomes } = await vpc.invoke(later(renamed({ clusterIdentifier: "analytics", newClusterIdentifier: "old" })));
    expect(outcomes).toMatchObject([{ result: "permitted", grant: { stores: [{ resource: "analytics" }] } }]);
  });
});

test("a new store that is listed without its groups keeps the event", async () => {
  await using vpc = await startVpc({ store: false });
  await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [vpc.web] }));
  const rewrite = (right: string) => right.replace(/<SecurityGroups>.*?<\/SecurityGroups>/s, "");
  vpc.emulator.fail({ action: "DescribeCacheClusters", times: 1, answer: "rewritten", rewrite });
  const { error } = await vpc.invoke(vpcEvent("CreateCacheCluster", { cacheClusterId: "sessions" }, {}, "elasticache"));
  expect(error?.message).toContain("No security group of sessions is listed yet");
});

describe("beside the store that is attached", () => {
  const attach = (vpc: Vpc) =>
    vpcEvent("ModifyCacheCluster", { cacheClusterId: "sessions", securityGroupIds: [vpc.web] }, null, "elasticache");

  test("a store of the same name in another service is another", async () => {
    await using vpc = await startVpc({ store: false });
    await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [vpc.web] }));
    await makeCluster(vpc, "sessions", 5439, await vpc.group("theirs"));
    await vpc.open([ranges(everyone, 5439)]);
    expect((await vpc.invoke(attach(vpc))).results).toEqual(["outOfScope"]);
  });

  test("another store behind the same group counts, too", async () => {
    await using vpc = await startVpc();
    await makeCluster(vpc, "orders", 5439);
    await vpc.open([ranges(everyone, 5439)]);
    const { outcomes } = await vpc.invoke(attach(vpc));
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { stores: [{ service: "redshift", resource: "orders" }] } }]);
  });

  test("stores that cannot be listed keep the event, and what is found meanwhile is taken back", async () => {
    await using vpc = await startVpc();
    await vpc.open([ranges(everyone), ranges(everyone, 5439)]);
    vpc.emulator.fail({ action: "DescribeClusters", times: always, answer: "error", code: "AccessDenied", status: 403 });
    const { results, error } = await vpc.invoke(attach(vpc));
    expect(results).toEqual(["revoked"]);
    expect(error?.message).toContain("clusters (AccessDenied");
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 5439-5439"]);
  });
});
