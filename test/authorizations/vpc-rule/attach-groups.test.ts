import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { calls } from "../../support/attach-calls.ts";
import { always } from "../../support/faults.ts";
import { writes } from "../../support/scene.ts";
import { createCluster, ranges, sessions, startVpc, type Vpc } from "../../support/vpc.ts";
import { vpcEvent } from "../../support/vpc-events.ts";

const everyone = ["0.0.0.0/0"];

describe.each(calls)("$eventName of $service", ({ eventName, service, port, request, response, make }) => {
  const eventOf = (groups: readonly string[], more: object = {}) =>
    vpcEvent(eventName, { ...request(groups), ...more }, response ?? null, service);
  const stores = [{ service, resource: "orders" }];

  test("every existing rule in the store's groups is evaluated, and the violations are revoked", async () => {
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

  test("all groups of a store that is not listed yet are evaluated", async () => {
    await using vpc = await startVpc({ store: false });
    const second = await vpc.group("second");
    // Whatever its port is: only the call that creates a store says that.
    await vpc.open([ranges(everyone, 0, 65_535)]);
    await vpc.open([ranges(everyone, 0, 65_535)], second);
    const { outcomes, results } = await vpc.invoke(eventOf([vpc.web, second]));
    expect(results).toEqual(["revoked", "revoked"]);
    expect(outcomes).toMatchObject([{ grant: { resource: vpc.web, stores } }, { grant: { resource: second, stores } }]);
  });

  test("a group that is not attached to the store has no outcome", async () => {
    await using vpc = await startVpc({ store: false });
    await vpc.open([ranges(everyone, port)]);
    await make(vpc, [await vpc.group("closed")]);
    expect((await vpc.invoke(eventOf([await vpc.group("empty")]))).results).toEqual([]);
    expect(await vpc.rules()).toHaveLength(1);
  });

  test.each([[{ securityGroupIds: [{ id: 1 }], vpcSecurityGroupIds: [{ id: 1 }] }], [{ omitted: true }]])(
    "if the groups are unreadable (%j), the listed groups are evaluated",
    async (more) => {
      await using vpc = await startVpc({ store: false });
      await vpc.open([ranges(everyone, port)]);
      await make(vpc, [vpc.web]);
      expect((await vpc.invoke(eventOf([], more))).results).toEqual(["revoked"]);
    },
  );

  test("an event that names no store is an error, and no call is made", async () => {
    await using vpc = await startVpc({ store: false });
    const { error } = await vpc.invoke(vpcEvent(eventName, { omitted: true }, null, service));
    expect(error?.message).toContain("names no store");
    expect(vpc.requests()).toEqual([]);
  });
});

describe.each(calls.filter(({ eventName }) => /^(Modify|Update)/.test(eventName)))("$eventName", ({ eventName, service, request }) => {
  test("an event that changes neither the groups nor the port makes no call", async () => {
    await using vpc = await startVpc({ store: false });
    for (const more of [{}, { applyImmediately: true }, { securityGroupIds: {}, vpcSecurityGroupIds: [] }]) {
      const { results, error } = await vpc.invoke(vpcEvent(eventName, { ...request([]), ...more }, null, service));
      expect({ results, error }).toEqual({ results: [], error: undefined });
    }
    expect(vpc.requests()).toEqual([]);
  });
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
] as const)("%s without groups attaches the default group, which its response shows", async (eventName, request, service, port, answer) => {
  await using vpc = await startVpc({ store: false });
  await vpc.open([ranges(everyone, port)]);
  expect((await vpc.invoke(vpcEvent(eventName, request, answer(vpc.web), service))).results).toEqual(["revoked"]);
});

test("a new store that is listed without groups fails the event", async () => {
  await using vpc = await startVpc({ store: false });
  await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [vpc.web] }));
  const rewrite = (response: string) => response.replace(/<SecurityGroups>.*?<\/SecurityGroups>/s, "");
  vpc.emulator.fail({ action: "DescribeCacheClusters", times: 1, answer: "rewritten", rewrite });
  const { error } = await vpc.invoke(vpcEvent("CreateCacheCluster", { cacheClusterId: "sessions" }, {}, "elasticache"));
  expect(error?.message).toContain("AWS does not list any security group of sessions yet");
});

describe("an event that attaches a group to a store", () => {
  const attach = (vpc: Vpc) =>
    vpcEvent("ModifyCacheCluster", { cacheClusterId: "sessions", securityGroupIds: [vpc.web] }, null, "elasticache");

  test("does not count for a store of the same name in another service", async () => {
    await using vpc = await startVpc({ store: false });
    await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [vpc.web] }));
    await createCluster(vpc, "sessions", { Port: 5439, VpcSecurityGroupIds: [await vpc.group("theirs")] });
    await vpc.open([ranges(everyone, 5439)]);
    expect((await vpc.invoke(attach(vpc))).results).toEqual(["outOfScope"]);
  });

  test("counts for other stores with the same group, too", async () => {
    await using vpc = await startVpc();
    await createCluster(vpc, "orders", { Port: 5439 });
    await vpc.open([ranges(everyone, 5439)]);
    const { outcomes } = await vpc.invoke(attach(vpc));
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { stores: [{ service: "redshift", resource: "orders" }] } }]);
  });

  test("fails if some stores cannot be listed, but the violations that are found are revoked", async () => {
    await using vpc = await startVpc();
    await vpc.open([ranges(everyone), ranges(everyone, 5439)]);
    vpc.emulator.fail({ action: "DescribeClusters", times: always, answer: "error", code: "AccessDenied", status: 403 });
    const { results, error } = await vpc.invoke(attach(vpc));
    expect(results).toEqual(["revoked"]);
    expect(error?.message).toContain("clusters (AccessDenied");
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 5439-5439"]);
  });
});
