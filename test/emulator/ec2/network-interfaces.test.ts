import {
  AttachNetworkInterfaceCommand as Attach,
  CreateNetworkInterfaceCommand as Create,
  CreateVpcCommand,
  DescribeNetworkInterfacesCommand as Describe,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  paginateDescribeNetworkInterfaces,
} from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand, CreateServerlessCacheCommand, ModifyCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { CreateClusterCommand, DeleteClusterCommand } from "@aws-sdk/client-redshift";
import { CreateNamespaceCommand, CreateWorkgroupCommand } from "@aws-sdk/client-redshift-serverless";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, elasticacheClient, redshiftClient, refusalOf, serverlessClient } from "../clients.ts";
import { groupIn } from "./groups.ts";

async function defaultSubnet(client: EC2Client): Promise<string> {
  const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }));
  const Filters = [{ Name: "vpc-id", Values: [Vpcs[0]?.VpcId ?? ""] }];
  const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({ Filters }));
  return Subnets[0]?.SubnetId ?? "";
}

async function interfacesOf(client: EC2Client, group: string) {
  const { NetworkInterfaces = [] } = await client.send(new Describe({ Filters: [{ Name: "group-id", Values: [group] }] }));
  return NetworkInterfaces.map((one) => [one.RequesterManaged, one.RequesterId, one.InterfaceType, one.Description]);
}

test("the network interfaces of all kinds of stores are found by their security group", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  const group = await groupIn(client);
  const [elasticache, redshift, serverless] = [elasticacheClient(emulator), redshiftClient(emulator), serverlessClient(emulator)];
  const SecurityGroupIds = [group];

  await client.send(new Create({ SubnetId: await defaultSubnet(client), Groups: [group], Description: "a server's" }));
  await elasticache.send(new CreateCacheClusterCommand({ CacheClusterId: "sessions", Engine: "redis", SecurityGroupIds }));
  await elasticache.send(new CreateServerlessCacheCommand({ ServerlessCacheName: "carts", Engine: "valkey", SecurityGroupIds }));
  const cluster = { ClusterIdentifier: "sales", NodeType: "ra3.large", MasterUsername: "admin", VpcSecurityGroupIds: [group] };
  await redshift.send(new CreateClusterCommand(cluster));
  await serverless.send(new CreateNamespaceCommand({ namespaceName: "reports" }));
  await serverless.send(new CreateWorkgroupCommand({ workgroupName: "reports", namespaceName: "reports", securityGroupIds: [group] }));

  expect(await interfacesOf(client, group)).toEqual([
    [false, "123456789012", "interface", "a server's"],
    [true, "amazon-elasticache", "interface", "ElastiCache sessions"],
    [true, "727180483921", "vpc_endpoint", expect.stringMatching(/^VPC Endpoint Interface vpce-/)],
    [true, "amazon-redshift", "interface", "RedshiftNetworkInterface"],
    [true, "727180483921", "vpc_endpoint", expect.stringMatching(/^VPC Endpoint Interface vpce-/)],
  ]);
  await redshift.send(new DeleteClusterCommand({ ClusterIdentifier: "sales", SkipFinalClusterSnapshot: true }));
  await elasticache.send(new ModifyCacheClusterCommand({ CacheClusterId: "sessions", SecurityGroupIds: [await groupIn(client, "other")] }));
  expect((await interfacesOf(client, group)).map(([, , , description]) => description)).not.toContain("RedshiftNetworkInterface");
  expect(await interfacesOf(client, group)).toHaveLength(3);
});

test("a network interface needs a subnet and groups of the same VPC", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  const SubnetId = await defaultSubnet(client);
  const { Vpc: { VpcId = "" } = {} } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const elsewhere = await groupIn(client, "elsewhere", VpcId);

  const { NetworkInterface } = await client.send(new Create({ SubnetId }));
  expect(NetworkInterface?.Groups).toMatchObject([{ GroupName: "default" }]);
  expect(await refusalOf(client.send(new Create({ SubnetId, Groups: [elsewhere] })))).toBe("InvalidParameter InvalidParameter 400");
  expect(await refusalOf(client.send(new Create({ SubnetId: "subnet-01234567" })))).toContain("InvalidSubnetID.NotFound 400");
  expect(await refusalOf(client.send(new Create({ SubnetId, Groups: ["sg-01234567"] })))).toContain("InvalidGroup.NotFound 400");
  expect(await refusalOf(client.send(new Describe({ NetworkInterfaceIds: ["eni-01234567"] })))).toContain(
    "InvalidNetworkInterfaceID.NotFound",
  );
});

test("a network interface is available until it is attached to an instance", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  const SubnetId = await defaultSubnet(client);
  const withStatus = async (...Values: string[]) => {
    const { NetworkInterfaces = [] } = await client.send(new Describe({ Filters: [{ Name: "status", Values }] }));
    return NetworkInterfaces.map((one) => [one.Description, one.Attachment?.InstanceId]);
  };
  await elasticacheClient(emulator).send(new CreateCacheClusterCommand({ CacheClusterId: "sessions", Engine: "redis" }));
  const { NetworkInterface } = await client.send(new Create({ SubnetId, Description: "a server's" }));
  const instance = { InstanceId: "i-0123456789abcdef0", DeviceIndex: 1 };
  const attach = new Attach({ ...instance, NetworkInterfaceId: NetworkInterface?.NetworkInterfaceId });

  expect(NetworkInterface).toMatchObject({ Status: "available" });
  expect([await withStatus("available"), await withStatus("in-use")]).toEqual([
    [["a server's", undefined]],
    [["ElastiCache sessions", undefined]],
  ]);
  const { AttachmentId } = await client.send(attach);
  expect(await withStatus("available")).toEqual([]);
  expect(await withStatus("in-use")).toEqual([
    ["ElastiCache sessions", undefined],
    ["a server's", instance.InstanceId],
  ]);
  const { NetworkInterfaces = [] } = await client.send(new Describe({ Filters: [{ Name: "description", Values: ["a server's"] }] }));
  expect(NetworkInterfaces[0]?.Attachment).toMatchObject({ ...instance, AttachmentId, Status: "attached" });

  expect(await refusalOf(client.send(attach))).toContain("InvalidNetworkInterface.InUse 400");
  const unknown = { NetworkInterfaceId: "eni-01234567", DeviceIndex: 1 };
  expect(await refusalOf(client.send(new Attach({ ...unknown, InstanceId: instance.InstanceId })))).toContain(
    "InvalidNetworkInterfaceID.NotFound 400",
  );
  const malformed = new Attach({ ...instance, InstanceId: "web", NetworkInterfaceId: NetworkInterface?.NetworkInterfaceId });
  expect(await refusalOf(client.send(malformed))).toContain("InvalidInstanceID.Malformed 400");
});

test("network interfaces are listed in pages", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  const SubnetId = await defaultSubnet(client);
  for (let n = 0; n < 7; n += 1) await client.send(new Create({ SubnetId }));

  const sizes: number[] = [];
  for await (const page of paginateDescribeNetworkInterfaces({ client, pageSize: 5 }, {})) sizes.push(page.NetworkInterfaces?.length ?? 0);

  expect(sizes).toEqual([5, 2]);
});
