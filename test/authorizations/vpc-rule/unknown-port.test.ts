import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateCacheClusterCommand,
  CreateReplicationGroupCommand,
  DeleteCacheClusterCommand,
  DeleteReplicationGroupCommand,
} from "@aws-sdk/client-elasticache";
import { PauseClusterCommand, ResumeClusterCommand } from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { always } from "../../support/faults.ts";
import { writes } from "../../support/scene.ts";
import { createCluster, ranges, sessions, startVpc, tcp, type Vpc } from "../../support/vpc.ts";
import { later, vpcEvent } from "../../support/vpc-events.ts";

const office = "203.0.113.0/24";
const onlyTo = (resource: string, service = "elasticache") => [
  { name: "office", ranges: [office], services: [service], resources: [resource] },
];

/** Replication group "a" on port 7000 and cache "b" on 6379. */
async function twoCaches({ elasticache, web }: Vpc): Promise<void> {
  const form = { ReplicationGroupId: "a", ReplicationGroupDescription: "-", CacheNodeType: sessions.CacheNodeType, NumCacheClusters: 3 };
  await elasticache.send(new CreateReplicationGroupCommand({ ...form, Port: 7000, SecurityGroupIds: [web] }));
  await elasticache.send(new CreateCacheClusterCommand({ ...sessions, CacheClusterId: "b", SecurityGroupIds: [web] }));
}

/** A new member of "a", which is listed without nodes as long as it is being created or deleted. */
async function anotherMember({ elasticache, emulator, web }: Vpc): Promise<void> {
  await elasticache.send(new CreateCacheClusterCommand({ CacheClusterId: "a-004", ReplicationGroupId: "a", SecurityGroupIds: [web] }));
  hidePort(emulator, "DescribeCacheClusters", /(<CacheClusterId>a-004<\/CacheClusterId>.*?)<CacheNodes>.*?<\/CacheNodes>/s);
}

function hidePort(emulator: Vpc["emulator"], action: string, form: RegExp): void {
  emulator.fail({ action, times: always, answer: "rewritten", rewrite: (response) => response.replace(form, "$1") });
}

describe("a member of a replication group that is listed without a port", () => {
  test("has the port of the other members, so a rule for another cache behind its group stays", async () => {
    await using vpc = await startVpc({ store: false, permit: onlyTo("b") });
    await twoCaches(vpc);
    await anotherMember(vpc);

    const { outcomes } = await vpc.invoke(await vpc.open([ranges([office], 6379), ranges([office], 7000)]));

    expect(outcomes.map(({ result, grant }) => [result, grant.stores])).toEqual([
      ["permitted", [{ service: "elasticache", resource: "b" }]],
      ["revoked", [{ service: "elasticache", resource: "a" }]],
    ]);
    expect(await vpc.rules()).toEqual([`${office} tcp 6379-6379`]);
  });

  test("has it also in the event that adds the member", async () => {
    await using vpc = await startVpc({ store: false, permit: onlyTo("b") });
    await twoCaches(vpc);
    await vpc.open([ranges([office], 6379)]);
    await anotherMember(vpc);
    const answer = { replicationGroupId: "a", securityGroups: [{ securityGroupId: vpc.web, status: "active" }] };

    const { results, error } = await vpc.invoke(
      vpcEvent("CreateCacheCluster", { cacheClusterId: "a-004", replicationGroupId: "a" }, answer, "elasticache"),
    );

    expect({ results, error }).toEqual({ results: ["permitted"], error: undefined });
    expect(await vpc.rules()).toHaveLength(1);
  });

  test.each([undefined, 1234])("has it also when its request names the port %s", async (port) => {
    await using vpc = await startVpc({ store: false });
    await twoCaches(vpc);
    await vpc.open([ranges(["0.0.0.0/0"], 7000)]);
    const request = { cacheClusterId: "a-004", replicationGroupId: "a", securityGroupIds: [vpc.web], ...(port && { port }) };
    expect((await vpc.invoke(vpcEvent("CreateCacheCluster", request, null, "elasticache"))).results).toEqual(["revoked"]);
    expect(await vpc.rules()).toEqual([]);
  });
});

test("a port that only a replica's request names convicts no rule", async () => {
  await using vpc = await startVpc({ store: false });
  await twoCaches(vpc);
  await vpc.open([ranges(["0.0.0.0/0"], 1234)]);
  const request = { cacheClusterId: "a-004", replicationGroupId: "a", securityGroupIds: [vpc.web], port: 1234 };
  expect((await vpc.invoke(vpcEvent("CreateCacheCluster", request, null, "elasticache"))).results).toEqual(["outOfScope"]);
});

test("a replica that is being deleted has the port of the other members", async () => {
  await using vpc = await startVpc({ store: false, permit: onlyTo("b"), emulator: { settleMs: 300 } });
  await twoCaches(vpc);
  await sleep(300);
  await vpc.elasticache.send(new DeleteCacheClusterCommand({ CacheClusterId: "a-002" }));
  const { results } = await vpc.invoke(await vpc.open([ranges([office], 6379), ranges([office], 7000)]));
  expect(results).toEqual(["permitted", "revoked"]);
});

test("the only member of a group that is being deleted fails the event until AWS no longer lists it", async () => {
  await using vpc = await startVpc({ store: false, permit: onlyTo("b"), emulator: { settleMs: 300 } });
  await twoCaches(vpc);
  await sleep(300);
  await vpc.elasticache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: "a" }));
  const event = await vpc.open([ranges([office], 6379), ranges([office], 7000)]);
  expect((await vpc.invoke(event)).results).toEqual(["failed", "failed"]);
  await sleep(300);
  expect((await vpc.invoke(event)).results).toEqual(["permitted", "outOfScope"]);
});

test.each([
  [false, "revoked"],
  [true, "failed"],
])("a paused cluster that AWS lists without an endpoint (%s) has its violation %s", async (pausedClustersHideEndpoint, result) => {
  await using vpc = await startVpc({ store: false, emulator: { pausedClustersHideEndpoint } });
  await createCluster(vpc, "nightly", { Port: 5440 });
  await vpc.redshift.send(new PauseClusterCommand({ ClusterIdentifier: "nightly" }));
  const event = await vpc.open([ranges(["0.0.0.0/0"], 5440)]);
  expect((await vpc.invoke(event)).results).toEqual([result]);
  await vpc.redshift.send(new ResumeClusterCommand({ ClusterIdentifier: "nightly" }));
  expect((await vpc.invoke(event)).results).toEqual([result === "revoked" ? "alreadyGone" : "revoked"]);
});

describe("a cluster that is listed without a port", () => {
  const hidden = /(<ClusterIdentifier>made<\/ClusterIdentifier>.*?)<Endpoint>.*?<\/Endpoint>/s;

  async function twoClusters(vpc: Vpc): Promise<void> {
    await createCluster(vpc, "live", { Port: 5439 });
    await createCluster(vpc, "made", { Port: 8192 });
    hidePort(vpc.emulator, "DescribeClusters", hidden);
  }

  test("has no rule revoked that may not reach it: the event fails until the port is listed", async () => {
    await using vpc = await startVpc({ store: false, permit: onlyTo("live", "redshift") });
    await twoClusters(vpc);
    const event = await vpc.open([ranges([office], 5439), ranges([office], 8192)]);

    const { outcomes, error } = await vpc.invoke(event);

    const made = { service: "redshift", resource: "made", portUnknown: true };
    expect(outcomes).toMatchObject([
      { result: "failed", grant: { stores: [{ resource: "live" }, made] }, error: { name: "PortUnknown", attempts: 0, retryable: true } },
      { result: "failed", grant: { stores: [made] }, error: { message: expect.stringContaining("the port of redshift made yet") } },
    ]);
    expect(error?.message).toContain("PortUnknown");
    expect(writes(vpc.requests())).toEqual([]);

    vpc.emulator.heal();
    expect((await vpc.invoke(later(event, 120_000))).results).toEqual(["permitted", "revoked"]);
    expect(await vpc.rules()).toEqual([`${office} tcp 5439-5439`]);
  });

  test("has a rule revoked that violates for another store, or that reaches every port", async () => {
    await using vpc = await startVpc({ store: false, permit: onlyTo("nothing") });
    await twoClusters(vpc);
    const everyPort = tcp({ IpRanges: [{ CidrIp: "0.0.0.0/0" }] }, 1_150, 65_535);
    const event = await vpc.open([ranges([office], 5439), everyPort, ranges(["0.0.0.0/0"], 22)]);

    expect((await vpc.invoke(event)).results).toEqual(["revoked", "revoked", "failed"]);
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 22-22"]);
  });

  test("does not fail the event for a rule that is permitted for it, or that allows no TCP", async () => {
    await using vpc = await startVpc({ store: false, permit: onlyTo("*", "redshift") });
    await twoClusters(vpc);
    const udp = { ...ranges(["0.0.0.0/0"], 5439), IpProtocol: "udp" };
    const { results, error } = await vpc.invoke(await vpc.open([ranges([office], 1234), udp]));
    expect({ results, error }).toEqual({ results: ["permitted", "outOfScope"], error: undefined });
  });

  test("fails the event in audit mode, too: it is not known whether a revoke is due", async () => {
    await using vpc = await startVpc({ store: false, more: { mode: "audit" } });
    await twoClusters(vpc);
    expect((await vpc.invoke(await vpc.open([ranges([office], 8192)]))).outcomes).toMatchObject([
      { result: "failed", error: { name: "PortUnknown" }, policy: { mode: "audit" } },
    ]);
  });
});

describe("a new store that may inherit its port", () => {
  test.each([
    ["CreateCacheCluster", { cacheClusterId: "orders", snapshotName: "nightly" }],
    ["CreateCacheCluster", { cacheClusterId: "orders", replicationGroupId: "orders" }],
    ["CreateReplicationGroup", { replicationGroupId: "orders", snapshotArns: ["arn:aws:s3:::bucket/nightly.rdb"] }],
    ["CreateReplicationGroup", { replicationGroupId: "orders", globalReplicationGroupId: "ldgnf-orders" }],
    ["CreateReplicationGroup", { replicationGroupId: "orders", primaryClusterId: "sessions" }],
    ["CreateReplicationGroup", { replicationGroupId: "orders", omitted: true }],
  ])("%s %j: nothing is revoked by the default port", async (eventName, request) => {
    await using vpc = await startVpc({ store: false });
    await vpc.open([ranges(["0.0.0.0/0"], 6379)]);
    const event = vpcEvent(eventName, { ...request, securityGroupIds: [vpc.web] }, null, "elasticache");
    expect((await vpc.invoke(event)).outcomes).toMatchObject([{ result: "failed", error: { name: "PortUnknown" } }]);
    expect(await vpc.rules()).toHaveLength(1);
  });
});
