import {
  CreateVpcEndpointCommand as Create,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteVpcEndpointsCommand as Delete,
  DescribeVpcEndpointsCommand as Describe,
  DescribeNetworkInterfacesCommand,
  type EC2Client,
  paginateDescribeVpcEndpoints,
} from "@aws-sdk/client-ec2";
import { CreateServerlessCacheCommand } from "@aws-sdk/client-elasticache";
import { CreateClusterCommand, DeleteClusterCommand, DescribeClustersCommand, ModifyClusterCommand } from "@aws-sdk/client-redshift";
import { CreateNamespaceCommand, CreateWorkgroupCommand, ListWorkgroupsCommand } from "@aws-sdk/client-redshift-serverless";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, elasticacheClient, redshiftClient, refusalOf, serverlessClient } from "../clients.ts";
import { groupIn } from "./groups.ts";

async function endpointsWith(client: EC2Client, Name: string, ...Values: string[]) {
  return (await client.send(new Describe({ Filters: [{ Name, Values }] }))).VpcEndpoints ?? [];
}

/** The groups and attributes of the network interfaces with these ids. */
async function interfaces(client: EC2Client, NetworkInterfaceIds: string[] = []) {
  const { NetworkInterfaces = [] } = await client.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds }));
  return NetworkInterfaces.map((one) => ({
    form: [one.InterfaceType, one.RequesterId, one.RequesterManaged, one.Description],
    groups: one.Groups?.map(({ GroupName }) => GroupName),
  }));
}

const cluster = { ClusterIdentifier: "sales", NodeType: "ra3.large", MasterUsername: "admin", AvailabilityZoneRelocation: true };

describe("VPC endpoints of stores", () => {
  test("the service manages the endpoint of a serverless cache, whose network interface has the cache's groups", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const SecurityGroupIds = [await groupIn(client)];
    const create = new CreateServerlessCacheCommand({ ServerlessCacheName: "carts", Engine: "valkey", SecurityGroupIds });
    await elasticacheClient(emulator).send(create);

    const [endpoint, ...others] = await endpointsWith(client, "service-name", "com.amazonaws.elasticache.serverless.*");

    expect(others).toEqual([]);
    expect(endpoint).toMatchObject({
      VpcEndpointType: "Interface",
      State: "available",
      RequesterManaged: true,
      Groups: [{ GroupName: "web" }],
    });
    expect(await interfaces(client, endpoint?.NetworkInterfaceIds)).toEqual([
      { form: ["vpc_endpoint", "727180483921", true, `VPC Endpoint Interface ${endpoint?.VpcEndpointId}`], groups: ["web"] },
    ]);
    const { Unsuccessful = [] } = await client.send(new Delete({ VpcEndpointIds: [endpoint?.VpcEndpointId ?? ""] }));
    expect(Unsuccessful).toMatchObject([{ ResourceId: endpoint?.VpcEndpointId, Error: { Code: "InvalidParameter" } }]);
  });

  test.each([
    [true, "web"],
    [false, "default"],
  ])("the endpoints of Redshift carry the groups of their store: %s", async (endpointsCarryGroups, GroupName) => {
    await using emulator = await startEmulator({ endpointsCarryGroups });
    const [client, redshift, serverless] = [ec2Client(emulator), redshiftClient(emulator), serverlessClient(emulator)];
    const group = await groupIn(client);
    await redshift.send(new CreateClusterCommand({ ...cluster, VpcSecurityGroupIds: [group] }));
    await serverless.send(new CreateNamespaceCommand({ namespaceName: "reports" }));
    await serverless.send(new CreateWorkgroupCommand({ workgroupName: "reports", namespaceName: "reports", securityGroupIds: [group] }));

    const { Clusters = [] } = await redshift.send(new DescribeClustersCommand({}));
    const { workgroups = [] } = await serverless.send(new ListWorkgroupsCommand({}));

    const [ofCluster] = Clusters[0]?.Endpoint?.VpcEndpoints ?? [];
    const [ofWorkgroup] = workgroups[0]?.endpoint?.vpcEndpoints ?? [];
    expect(workgroups[0]?.securityGroupIds).toEqual([group]);
    expect(ofCluster).toMatchObject({ NetworkInterfaces: [{ SubnetId: expect.anything(), AvailabilityZone: "eu-west-1a" }] });
    const ids = [ofCluster?.NetworkInterfaces?.[0]?.NetworkInterfaceId, ofWorkgroup?.networkInterfaces?.[0]?.networkInterfaceId];
    expect(await interfaces(client, ids.map(String))).toEqual([
      { form: expect.arrayContaining([`VPC Endpoint Interface ${ofCluster?.VpcEndpointId}`]), groups: [GroupName] },
      { form: expect.arrayContaining([`VPC Endpoint Interface ${ofWorkgroup?.vpcEndpointId}`]), groups: [GroupName] },
    ]);
    const endpoints = await endpointsWith(client, "vpc-endpoint-id", `${ofCluster?.VpcEndpointId}`, `${ofWorkgroup?.vpcEndpointId}`);
    expect(endpoints).toMatchObject([{ RequesterManaged: true, Groups: [{ GroupName }] }, { RequesterManaged: true }]);
    expect(endpoints[0]?.ServiceName).toMatch(/^com\.amazonaws\.vpce\./);
  });

  test("a cluster has an endpoint beside its own network interface while it can be relocated", async () => {
    await using emulator = await startEmulator();
    const [client, redshift] = [ec2Client(emulator), redshiftClient(emulator)];
    const ClusterIdentifier = cluster.ClusterIdentifier;
    const descriptions = async () => {
      const { NetworkInterfaces = [] } = await client.send(new DescribeNetworkInterfacesCommand({}));
      return NetworkInterfaces.map(({ Description }) => Description?.slice(0, 22));
    };

    await redshift.send(new CreateClusterCommand({ ...cluster, AvailabilityZoneRelocation: false }));
    expect((await redshift.send(new DescribeClustersCommand({}))).Clusters?.[0]?.Endpoint?.VpcEndpoints).toEqual([]);
    await redshift.send(new ModifyClusterCommand({ ClusterIdentifier, AvailabilityZoneRelocation: true }));
    expect(await descriptions()).toEqual(["RedshiftNetworkInterfa", "VPC Endpoint Interface"]);
    const group = await groupIn(client);
    await redshift.send(new ModifyClusterCommand({ ClusterIdentifier, VpcSecurityGroupIds: [group] }));
    expect(await endpointsWith(client, "vpc-endpoint-type", "Interface")).toMatchObject([{ Groups: [{ GroupId: group }] }]);
    await redshift.send(new DeleteClusterCommand({ ClusterIdentifier, SkipFinalClusterSnapshot: true }));
    expect([await descriptions(), await endpointsWith(client, "vpc-endpoint-state", "available")]).toEqual([[], []]);
  });
});

describe("an account's own VPC endpoints", () => {
  test("are its own, although AWS manages their network interfaces, and can be deleted", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const { Vpc: { VpcId = "" } = {} } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const subnets = await Promise.all(
      ["10.0.1.0/24", "10.0.2.0/24"].map((CidrBlock) => client.send(new CreateSubnetCommand({ VpcId, CidrBlock }))),
    );
    const form = { VpcId, VpcEndpointType: "Interface", SubnetIds: subnets.map(({ Subnet }) => `${Subnet?.SubnetId}`) } as const;
    const ServiceName = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0";

    const own = await client.send(new Create({ ...form, ServiceName, SecurityGroupIds: [await groupIn(client, "web", VpcId)] }));
    await client.send(new Create({ ...form, ServiceName: "com.amazonaws.eu-west-1.s3" }));

    const id = own.VpcEndpoint?.VpcEndpointId ?? "";
    expect(await endpointsWith(client, "vpc-id", VpcId)).toMatchObject([
      { ServiceName, RequesterManaged: false, Groups: [{ GroupName: "web" }], SubnetIds: form.SubnetIds },
      { ServiceName: "com.amazonaws.eu-west-1.s3", RequesterManaged: false, Groups: [{ GroupName: "default" }] },
    ]);
    const attached = { form: ["vpc_endpoint", "727180483921", true, `VPC Endpoint Interface ${id}`], groups: ["web"] };
    expect(await interfaces(client, own.VpcEndpoint?.NetworkInterfaceIds)).toEqual([attached, attached]);
    const { Unsuccessful = [] } = await client.send(new Delete({ VpcEndpointIds: [id, "vpce-0123456789abcdef0"] }));
    expect(Unsuccessful).toMatchObject([{ ResourceId: "vpce-0123456789abcdef0" }]);
    expect(await endpointsWith(client, "vpc-id", VpcId)).toHaveLength(1);
    expect(await refusalOf(client.send(new Describe({ VpcEndpointIds: [id] })))).toContain("InvalidVpcEndpointId.NotFound 400");
    expect(await refusalOf(client.send(new Describe({ VpcEndpointIds: ["one"] })))).toContain("InvalidVpcEndpointId.Malformed 400");
  });

  test("are listed in pages of at most 1000", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const { Vpc: { VpcId = "" } = {} } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const create = new Create({ VpcId, VpcEndpointType: "Interface", ServiceName: "com.amazonaws.eu-west-1.s3" });
    for (let n = 0; n < 3; n += 1) await client.send(create);

    const sizes: number[] = [];
    for await (const page of paginateDescribeVpcEndpoints({ client, pageSize: 2 }, {})) sizes.push(page.VpcEndpoints?.length ?? 0);

    expect(sizes).toEqual([2, 1]);
    expect((await client.send(new Describe({ MaxResults: 5000 }))).VpcEndpoints).toHaveLength(3);
  });
});
