import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand as Describe,
  DescribeNetworkInterfacesCommand as DescribeInterfaces,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { Scenario } from "./scenario.ts";
import { ground } from "./scenario-steps.ts";

const s3 = "com.amazonaws.eu-west-1.s3";
const ownEndpoint = {
  ...{ VpcEndpointId: "endpoint", VpcEndpointType: "Interface", State: "available" },
  ...{ ServiceName: s3, NetworkInterfaceIds: ["interface"] },
};

/** What rules protect: network interfaces, and the endpoints that have some. */
export const networkScenarios: readonly Scenario[] = [
  {
    name: "a network interface is found by its security group",
    steps: [
      ...ground,
      {
        call: (client, id) => client.send(new CreateSubnetCommand({ VpcId: id("vpc"), CidrBlock: "10.0.1.0/24" })),
        save: { subnet: "Subnet.SubnetId" },
        expect: {},
      },
      {
        call: (client, id) =>
          client.send(new CreateNetworkInterfaceCommand({ SubnetId: id("subnet"), Groups: [id("web")], Description: "a server's" })),
        save: { interface: "NetworkInterface.NetworkInterfaceId" },
        expect: { NetworkInterface: { Groups: [{ GroupId: "web", GroupName: "web" }], Description: "a server's" } },
      },
      {
        call: (client, id) => client.send(new DescribeInterfaces({ Filters: [{ Name: "group-id", Values: [id("web")] }] })),
        expect: {
          NetworkInterfaces: [
            { NetworkInterfaceId: "interface", VpcId: "vpc", SubnetId: "subnet", InterfaceType: "interface", Status: "available" },
          ],
        },
      },
      {
        // The emulator has no instances: any id is one.
        call: (client) =>
          client
            .send(new RunInstancesCommand({ ImageId: "ami-0123456789abcdef0", MinCount: 1, MaxCount: 1 }))
            .catch(() => ({ Instances: [{ InstanceId: "i-0123456789abcdef0" }] })),
        save: { instance: "Instances.0.InstanceId" },
        expect: {},
      },
      {
        call: (client, id) => {
          const form = { NetworkInterfaceId: id("interface"), InstanceId: id("instance"), DeviceIndex: 1 };
          return client.send(new AttachNetworkInterfaceCommand(form));
        },
        save: { attachment: "AttachmentId" },
        expect: { AttachmentId: "attachment" },
      },
      {
        call: (client, id) =>
          client.send(new DescribeInterfaces({ Filters: [{ Name: "network-interface-id", Values: [id("interface")] }] })),
        expect: {
          NetworkInterfaces: [
            { Status: "in-use", Attachment: { AttachmentId: "attachment", InstanceId: "instance", DeviceIndex: 1, Status: "attached" } },
          ],
        },
      },
    ],
  },
  {
    name: "an interface endpoint is found by its VPC, its service and its id",
    steps: [
      ...ground,
      {
        call: (client, id) => client.send(new CreateSubnetCommand({ VpcId: id("vpc"), CidrBlock: "10.0.1.0/24" })),
        save: { subnet: "Subnet.SubnetId" },
        expect: {},
      },
      {
        call: (client, id) => {
          const form = { VpcId: id("vpc"), SubnetIds: [id("subnet")], SecurityGroupIds: [id("web")], ServiceName: s3 };
          return client.send(new CreateVpcEndpointCommand({ ...form, VpcEndpointType: "Interface" }));
        },
        save: { endpoint: "VpcEndpoint.VpcEndpointId" },
        expect: { VpcEndpoint: { VpcEndpointId: "endpoint", VpcId: "vpc", SubnetIds: ["subnet"], Groups: [{ GroupId: "web" }] } },
      },
      {
        call: (client, id) => client.send(new Describe({ Filters: [{ Name: "vpc-id", Values: [id("vpc")] }] })),
        save: { interface: "VpcEndpoints.0.NetworkInterfaceIds.0" },
        expect: { VpcEndpoints: [{ ...ownEndpoint, RequesterManaged: false }] },
        moto: {
          answers: { VpcEndpoints: [{ ...ownEndpoint, RequesterManaged: undefined }] },
          because: "moto answers without requesterManaged, which real answers have (github.com/hashicorp/terraform-provider-aws/pull/8396)",
        },
      },
      {
        call: (client, id) =>
          client.send(
            new Describe({ VpcEndpointIds: [id("endpoint")], Filters: [{ Name: "service-name", Values: ["com.amazonaws.vpce.*"] }] }),
          ),
        expect: { VpcEndpoints: [] },
      },
      {
        call: (client, id) => client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id("endpoint")] })),
        expect: { Unsuccessful: [] },
      },
      {
        call: (client, id) => client.send(new Describe({ VpcEndpointIds: [id("endpoint")] })),
        expect: "InvalidVpcEndpointId.NotFound",
        moto: { answers: { VpcEndpoints: [{ State: "deleted" }] }, because: "moto lists a deleted endpoint for good" },
      },
    ],
  },
];
