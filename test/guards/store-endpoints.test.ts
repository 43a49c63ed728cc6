import { setTimeout as sleep } from "node:timers/promises";
import { CreateVpcEndpointCommand } from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { PauseClusterCommand, ResumeClusterCommand } from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { type AttachCall, calls, clusterEndpoint } from "../support/attach-calls.ts";
import { always, error } from "../support/faults.ts";
import { attachToServer, createCluster, ranges, sessions, startVpc, unusedInterface, type Vpc } from "../support/vpc.ts";
import { vpcEvent } from "../support/vpc-events.ts";

const everyone = ["0.0.0.0/0"];
const reachedThroughEndpoints = calls
  .filter(({ eventName }) => ["CreateServerlessCache", "CreateWorkgroup", "CreateCluster", "CreateEndpointAccess"].includes(eventName))
  .map((call): AttachCall => (call.eventName === "CreateCluster" ? { ...call, make: relocatable } : call));
const bothForms = reachedThroughEndpoints.flatMap((call) =>
  [true, false].map((endpointsCarryGroups) => ({ ...call, endpointsCarryGroups })),
);

/** A cluster that can move to another Availability Zone, and so has a VPC endpoint. */
function relocatable(vpc: Vpc, VpcSecurityGroupIds: string[]): Promise<unknown> {
  return createCluster(vpc, "orders", { VpcSecurityGroupIds, AvailabilityZoneRelocation: true });
}

describe.each(bothForms)(
  "a store that $eventName makes, whose endpoint has its groups: $endpointsCarryGroups",
  ({ eventName, service, port, request, make, endpointsCarryGroups }) => {
    const emulator = { endpointsCarryGroups };
    const attach = ({ web }: Vpc) => vpcEvent(eventName, request([web]), null, service);

    test("has a violation revoked when it is opened, and when its group is attached", async () => {
      await using vpc = await startVpc({ store: false, emulator });
      await make(vpc, [vpc.web]);
      expect((await vpc.invoke(await vpc.open([ranges(everyone, port)]))).results).toEqual(["revoked"]);
      await vpc.open([ranges(everyone, port)]);
      expect((await vpc.invoke(attach(vpc))).results).toEqual(["revoked"]);
      expect(await vpc.rules()).toEqual([]);
    });

    test("has a violation reported when a server has the same group", async () => {
      await using vpc = await startVpc({ store: false, emulator });
      await make(vpc, [vpc.web]);
      const server = await attachToServer(vpc, "a server's");
      const { outcomes } = await vpc.invoke(await vpc.open([ranges(everyone, port)]));
      expect(outcomes).toMatchObject([{ result: "reported", note: expect.stringContaining(`also attached to ${server};`) }]);
    });
  },
);

/** An endpoint of the account itself, with the group "web". Returns the id of its network interface. */
async function ownEndpoint(vpc: Vpc, ServiceName: string): Promise<string | undefined> {
  const subnet = await vpc.subnet();
  const form = { VpcId: vpc.vpcId, SubnetIds: [subnet], SecurityGroupIds: [vpc.web], ServiceName };
  const { VpcEndpoint } = await vpc.ec2.send(new CreateVpcEndpointCommand({ ...form, VpcEndpointType: "Interface" }));
  return VpcEndpoint?.NetworkInterfaceIds?.[0];
}

test.each([
  "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718",
  "com.amazonaws.eu-west-1.s3",
  "com.amazonaws.elasticache.serverless.eu-west-1.forged",
])("an endpoint of the account itself, of the service %s, has the violation reported", async (service) => {
  await using vpc = await startVpc();
  const id = await ownEndpoint(vpc, service);
  const { outcomes } = await vpc.invoke(await vpc.open([ranges(everyone)]));
  expect(outcomes).toMatchObject([{ result: "reported", note: expect.stringContaining(`also attached to ${id};`) }]);
});

test("a network interface that is attached to nothing spares nothing", async () => {
  await using vpc = await startVpc();
  await unusedInterface(vpc, "left over", vpc.web);
  expect((await vpc.invoke(await vpc.open([ranges(everyone)]))).results).toEqual(["revoked"]);
});

test("an endpoint that outlives its serverless cache spares nothing", async () => {
  await using vpc = await startVpc({ store: false });
  const [serverless] = reachedThroughEndpoints;
  await serverless?.make(vpc, [vpc.web]);
  const rewrite = (response: string) => response.replace(/<ServerlessCaches>.*<\/ServerlessCaches>/s, "<ServerlessCaches/>");
  vpc.emulator.fail({ action: "DescribeServerlessCaches", times: always, answer: "rewritten", rewrite });
  await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [vpc.web] }));
  expect((await vpc.invoke(await vpc.open([ranges(everyone)]))).results).toEqual(["revoked"]);
});

test("a list that fails leaves it open whose an endpoint is: the grant fails, and is not reported", async () => {
  await using vpc = await startVpc();
  await clusterEndpoint.make(vpc, [vpc.web]);
  const event = await vpc.open([ranges(everyone)]);
  vpc.emulator.fail({ action: "DescribeEndpointAccess", times: always, ...error("AccessDenied") });
  const { outcomes } = await vpc.invoke(event);
  expect(outcomes).toMatchObject([{ result: "failed", error: { message: expect.stringContaining("cluster endpoints (AccessDenied") } }]);
  vpc.emulator.heal();
  expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
});

test("a denied list of VPC endpoints fails the grant, and nothing is revoked", async () => {
  await using vpc = await startVpc();
  await ownEndpoint(vpc, "com.amazonaws.eu-west-1.s3");
  vpc.emulator.fail({ action: "DescribeVpcEndpoints", answer: "error", code: "UnauthorizedOperation", status: 403 });
  const { outcomes } = await vpc.invoke(await vpc.open([ranges(everyone)]));
  expect(outcomes).toMatchObject([{ result: "failed", error: { name: "UnauthorizedOperation" } }]);
  expect(await vpc.rules()).toHaveLength(1);
});

test("a violation of a cluster with a VPC endpoint is retried while the cluster is being created, and then revoked", async () => {
  await using vpc = await startVpc({ store: false, emulator: { settleMs: 300 } });
  const event = await vpc.open([ranges(everyone, 5439)]);
  await sleep(300);
  await relocatable(vpc, [vpc.web]);
  const attach = vpcEvent("CreateCluster", { clusterIdentifier: "orders", port: 5439, vpcSecurityGroupIds: [vpc.web] }, null, "redshift");
  expect((await vpc.invoke(attach)).outcomes).toMatchObject([
    { result: "failed", error: { message: expect.stringMatching(/ belongs to the cluster orders$/), retryable: true } },
  ]);
  await sleep(300);
  expect((await vpc.invoke(attach)).results).toEqual(["revoked"]);
  expect((await vpc.invoke(event)).results).toEqual(["alreadyGone"]);
});

test("a violation of a paused cluster with a VPC endpoint is not only reported", async () => {
  await using vpc = await startVpc({ store: false, emulator: { pausedClustersHideEndpoint: true } });
  await relocatable(vpc, [vpc.web]);
  await vpc.redshift.send(new PauseClusterCommand({ ClusterIdentifier: "orders" }));
  const event = await vpc.open([ranges(everyone, 1150, 65_535)]);
  expect((await vpc.invoke(event)).results).toEqual(["failed"]);
  await vpc.redshift.send(new ResumeClusterCommand({ ClusterIdentifier: "orders" }));
  expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
});
