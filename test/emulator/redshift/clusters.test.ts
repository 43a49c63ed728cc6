import { CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand as Create,
  type CreateClusterCommandInput,
  DeleteClusterCommand as Delete,
  DescribeClustersCommand as Describe,
  ModifyClusterCommand as Modify,
  PauseClusterCommand,
  paginateDescribeClusters,
  ResumeClusterCommand,
} from "@aws-sdk/client-redshift";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, passTime, redshiftClient, refusalOf } from "../clients.ts";

const ClusterIdentifier = "sales";
const create = (change: Partial<CreateClusterCommandInput> = {}) =>
  new Create({ ClusterIdentifier, NodeType: "ra3.large", MasterUsername: "admin", ...change });

test("the status of a cluster is creating, available, modifying and deleting", async () => {
  const elapse = passTime();
  await using emulator = await startEmulator({ settleMs: 60_000 });
  const client = redshiftClient(emulator);
  const cluster = async () => (await client.send(new Describe({ ClusterIdentifier }))).Clusters?.[0];
  const busy = "InvalidClusterStateFault InvalidClusterState 400";

  const { Cluster } = await client.send(create());
  expect([Cluster?.ClusterStatus, Cluster?.Endpoint]).toEqual(["creating", undefined]);
  expect(await refusalOf(client.send(new Modify({ ClusterIdentifier, PubliclyAccessible: true })))).toBe(busy);
  elapse(60_000);
  expect(await cluster()).toMatchObject({ ClusterStatus: "available", Endpoint: { Port: 5439 }, PubliclyAccessible: false });
  expect(Cluster?.ClusterNamespaceArn).toMatch(/^arn:aws:redshift:eu-west-1:123456789012:namespace:[0-9a-f-]{36}$/);
  await client.send(new Modify({ ClusterIdentifier, PubliclyAccessible: true, Port: 8191 }));
  expect((await cluster())?.ClusterStatus).toBe("modifying");
  expect(await refusalOf(client.send(new Delete({ ClusterIdentifier, SkipFinalClusterSnapshot: true })))).toBe(busy);
  elapse(60_000);
  expect(await cluster()).toMatchObject({ PubliclyAccessible: true, Endpoint: { Port: 8191 } });
  expect(await refusalOf(client.send(new Delete({ ClusterIdentifier })))).toContain("InvalidParameterCombination");
  expect((await client.send(new Delete({ ClusterIdentifier, SkipFinalClusterSnapshot: true }))).Cluster?.ClusterStatus).toBe("deleting");
  elapse(60_000);
  expect(await refusalOf(cluster())).toBe("ClusterNotFoundFault ClusterNotFound 404");
});

test.each([
  [false, 5439],
  [true, undefined],
])("a paused cluster is resumed before anything else; its endpoint is hidden: %s", async (pausedClustersHideEndpoint, port) => {
  const elapse = passTime();
  await using emulator = await startEmulator({ settleMs: 60_000, pausedClustersHideEndpoint });
  const client = redshiftClient(emulator);
  const cluster = async () => (await client.send(new Describe({ ClusterIdentifier }))).Clusters?.[0];
  const pause = new PauseClusterCommand({ ClusterIdentifier });
  const resume = new ResumeClusterCommand({ ClusterIdentifier });
  const busy = "InvalidClusterStateFault InvalidClusterState 400";
  await client.send(create());

  expect(await refusalOf(client.send(pause))).toBe(busy);
  elapse(60_000);
  expect(await refusalOf(client.send(resume))).toBe(busy);
  expect((await client.send(pause)).Cluster?.ClusterStatus).toBe("pausing");
  expect((await cluster())?.Endpoint).toMatchObject({ Port: 5439 });
  elapse(60_000);
  const paused = await cluster();
  expect(paused).toMatchObject({ ClusterStatus: "paused", VpcSecurityGroups: [{ Status: "active" }] });
  expect(paused?.Endpoint?.Port).toBe(port);
  expect(await refusalOf(client.send(pause))).toBe(busy);
  expect(await refusalOf(client.send(new Modify({ ClusterIdentifier })))).toBe(busy);
  expect(await refusalOf(client.send(new Delete({ ClusterIdentifier, SkipFinalClusterSnapshot: true })))).toBe(busy);
  expect((await client.send(resume)).Cluster?.ClusterStatus).toBe("resuming");
  elapse(60_000);
  expect(await cluster()).toMatchObject({ ClusterStatus: "available", Endpoint: { Port: 5439 } });
  expect(await refusalOf(client.send(new PauseClusterCommand({ ClusterIdentifier: "other" })))).toContain("ClusterNotFound 404");
});

test("a cluster has the requested VPC security groups or cluster security groups, or else the default group", async () => {
  await using emulator = await startEmulator();
  const client = redshiftClient(emulator);
  const { GroupId = "" } = await ec2Client(emulator).send(new CreateSecurityGroupCommand({ GroupName: "web", Description: "for tests" }));

  const { Cluster } = await client.send(create());
  const modified = await client.send(new Modify({ ClusterIdentifier, VpcSecurityGroupIds: [GroupId] }));
  const classic = await client.send(create({ ClusterIdentifier: "old", ClusterSecurityGroups: ["analytics"] }));

  expect(Cluster?.VpcSecurityGroups).toMatchObject([{ VpcSecurityGroupId: expect.stringMatching(/^sg-/), Status: "active" }]);
  expect(modified.Cluster?.VpcSecurityGroups).toEqual([{ VpcSecurityGroupId: GroupId, Status: "active" }]);
  expect(classic.Cluster?.VpcSecurityGroups).toEqual([]);
  expect(classic.Cluster?.ClusterSecurityGroups).toEqual([{ ClusterSecurityGroupName: "analytics", Status: "active" }]);
});

test("invalid requests fail with AWS's codes", async () => {
  await using emulator = await startEmulator();
  const client = redshiftClient(emulator);
  await client.send(create());

  expect(await refusalOf(client.send(create()))).toBe("ClusterAlreadyExistsFault ClusterAlreadyExists 400");
  expect(await refusalOf(client.send(new Modify({ ClusterIdentifier: "other" })))).toBe("ClusterNotFoundFault ClusterNotFound 404");
  for (const wrong of ["Sales", "1st", "two--hyphens", "last-", "s".repeat(64)]) {
    expect(await refusalOf(client.send(create({ ClusterIdentifier: wrong })))).toContain("InvalidParameterValue 400");
  }
  const groups = { ClusterSecurityGroups: ["analytics"], VpcSecurityGroupIds: ["sg-01234567"] };
  expect(await refusalOf(client.send(create({ ClusterIdentifier: "other", ...groups })))).toContain("InvalidParameterCombination 400");
  expect(await refusalOf(client.send(create({ ClusterIdentifier: "other", VpcSecurityGroupIds: ["sg-01234567"] })))).toContain(
    "InvalidParameterValue 400",
  );
  expect(await refusalOf(client.send(create({ ClusterIdentifier: "other", Port: 80 })))).toContain("InvalidParameterValue 400");
});

test("clusters are listed in pages", async () => {
  await using emulator = await startEmulator({ pageSize: 2 });
  const client = redshiftClient(emulator);
  for (const name of ["c", "a", "b"]) await client.send(create({ ClusterIdentifier: name }));

  const pages: unknown[] = [];
  for await (const { Clusters = [] } of paginateDescribeClusters({ client }, {})) pages.push(Clusters.map((one) => one.ClusterIdentifier));

  expect(pages).toEqual([["a", "b"], ["c"]]);
});

test("with createMissing, ModifyCluster creates an unknown cluster with its groups", async () => {
  await using emulator = await startEmulator({ createMissing: true });
  const client = redshiftClient(emulator);
  const VpcSecurityGroupIds = ["sg-0123456789abcdef0"];
  const { Cluster } = await client.send(new Modify({ ClusterIdentifier, VpcSecurityGroupIds }));
  expect(Cluster?.VpcSecurityGroups).toMatchObject([{ VpcSecurityGroupId: VpcSecurityGroupIds[0] }]);
});
