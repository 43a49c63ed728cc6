import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { CreateClusterSnapshotCommand, RestoreFromClusterSnapshotCommand } from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { cluster, workgroup } from "../../support/attach-calls.ts";
import { type Envelope, withDetail } from "../../support/events.ts";
import { always } from "../../support/faults.ts";
import { createCluster, ranges, sessions, startVpc, type Vpc } from "../../support/vpc.ts";
import { later, vpcEvent } from "../../support/vpc-events.ts";

const everyone = ["0.0.0.0/0"];

describe("the port", () => {
  test.each([
    ["CreateCacheCluster", { cacheClusterId: "orders", engine: "memcached" }, "elasticache", 11211, 6379],
    ["CreateCacheCluster", { cacheClusterId: "orders", engine: "redis", port: 7000 }, "elasticache", 7000, 6379],
    ["CreateServerlessCache", { serverlessCacheName: "orders", engine: "valkey" }, "elasticache", 6380, 11211],
    ["CreateServerlessCache", { serverlessCacheName: "orders", engine: "memcached" }, "elasticache", 11212, 6379],
    ["CreateWorkgroup", { workgroupName: "orders", port: 5450 }, "redshift-serverless", 5450, 5439],
  ])("of a new store is the one in %s %j, or the default of its engine", async (eventName, request, service, port, other) => {
    await using vpc = await startVpc({ store: false });
    await vpc.open([ranges(everyone, port), ranges(everyone, other)]);
    const groups = { securityGroupIds: [vpc.web] };
    expect((await vpc.invoke(vpcEvent(eventName, { ...request, ...groups }, null, service))).results).toEqual(["revoked", "outOfScope"]);
  });

  test("of a listed store is the listed one, not the default", async () => {
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
    "that %s sets counts even if it is already open, and so does the previous port",
    async (eventName, { make, request, service }) => {
      await using vpc = await startVpc({ store: false });
      await make(vpc, [vpc.web]);
      await vpc.open([ranges(everyone, 5440), ranges(everyone, 5439)]);
      const { results } = await vpc.invoke(vpcEvent(eventName, { ...request([]), port: 5440 }, null, service));
      expect(results).toEqual(["revoked", "revoked"]);
    },
  );
});

/** Clusters are listed without an endpoint, as they are while they are being created. */
function withoutEndpoints({ emulator }: Vpc): void {
  const rewrite = (response: string) => response.replaceAll(/<Endpoint>.*?<\/Endpoint>/gs, "");
  emulator.fail({ action: "DescribeClusters", times: always, answer: "rewritten", rewrite });
}

test("the port in the request counts as long as AWS lists no other, even if the event arrives late", async () => {
  await using vpc = await startVpc({ store: false });
  await createCluster(vpc, "orders", { Port: 8192 });
  await vpc.open([ranges(everyone, 8192), ranges(everyone, 5439)]);
  withoutEndpoints(vpc);
  const request = { clusterIdentifier: "orders", port: 8192, vpcSecurityGroupIds: [vpc.web] };

  const { results } = await vpc.invoke(later(vpcEvent("CreateCluster", request, null, "redshift")));

  expect(results.toSorted()).toEqual(["outOfScope", "revoked"]);
  expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 5439-5439"]);
});

describe("a cluster that is restored without a port", () => {
  async function restored(vpc: Vpc): Promise<Envelope> {
    await createCluster(vpc, "old", { Port: 8192, VpcSecurityGroupIds: [await vpc.group("closed")] });
    const names = { ClusterIdentifier: "old", SnapshotIdentifier: "nightly" };
    await vpc.redshift.send(new CreateClusterSnapshotCommand(names));
    await vpc.open([ranges(everyone, 8192), ranges(everyone, 5439)]);
    const request = { clusterIdentifier: "new", snapshotIdentifier: "nightly", vpcSecurityGroupIds: [vpc.web] };
    await vpc.redshift.send(
      new RestoreFromClusterSnapshotCommand({ ClusterIdentifier: "new", SnapshotIdentifier: "nightly", VpcSecurityGroupIds: [vpc.web] }),
    );
    withoutEndpoints(vpc);
    return vpcEvent("RestoreFromClusterSnapshot", request, null, "redshift");
  }

  test.each([
    { snapshotIdentifier: "nightly" },
    { snapshotIdentifier: undefined, snapshotArn: "arn:aws:redshift:eu-west-1:123456789012:snapshot:old/nightly" },
  ])("has its snapshot's port while it is being created: %j", async (named) => {
    await using vpc = await startVpc({ store: false });
    const event = await restored(vpc);
    const requestParameters = { ...Object(event.detail.requestParameters), ...named };
    const { results, error } = await vpc.invoke(withDetail(event, { requestParameters }));
    expect({ results: results.toSorted(), error }).toEqual({ results: ["outOfScope", "revoked"], error: undefined });
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 5439-5439"]);
  });

  test.each([
    ["cannot be read", { answer: "error", code: "AccessDenied", status: 403 }],
    ["has no port", { answer: "rewritten", rewrite: (response: string) => response.replaceAll(/<Port>\d+<\/Port>/g, "") }],
  ] as const)("fails the event if its snapshot %s, and nothing is revoked until AWS lists the port", async (_, fault) => {
    await using vpc = await startVpc({ store: false });
    const event = await restored(vpc);
    vpc.emulator.fail({ action: "DescribeClusterSnapshots", times: always, ...fault });

    expect(await vpc.invoke(event)).toMatchObject({
      results: ["failed", "failed"],
      error: { message: expect.stringContaining("PortUnknown") },
    });
    expect(await vpc.rules()).toHaveLength(2);

    vpc.emulator.heal();
    expect((await vpc.invoke(event)).results.toSorted()).toEqual(["outOfScope", "revoked"]);
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 5439-5439"]);
  });
});

test.each([[[]], [{}], [true], ["6379 "], ["-1"], [70000.5]])("an invalid port (%j) is ignored", async (port) => {
  await using vpc = await startVpc({ store: false });
  await vpc.open([ranges(["0.0.0.0/0"])]);
  const request = { cacheClusterId: "orders", securityGroupIds: [vpc.web], port };
  expect((await vpc.invoke(vpcEvent("CreateCacheCluster", request, null, "elasticache"))).results).toEqual(["revoked"]);
});
