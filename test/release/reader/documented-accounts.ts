import {
  AttachNetworkInterfaceCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import type { Emulator } from "#emulator/index.ts";
import { member, openClusterGroup, shareSnapshot } from "../../cli/sweep/world.ts";
import { ec2Client, elasticacheClient } from "../../emulator/clients.ts";
import { ranges, sessions } from "../../support/vpc.ts";

/** Grants the access that docs/OPERATING.md shows, in the own account and in a member account, which has both roles. */
export async function openAccounts(emulator: Emulator): Promise<void> {
  for (const role of ["ingress-warden-reader", "ingress-warden-revoker"])
    emulator.addRole({ arn: `arn:aws:iam::${member}:role/${role}`, externalId: "secret" });
  await openClusterGroup(emulator, "reports", "0.0.0.0/0", { account: member });
  await openClusterGroup(emulator, "analytics", "0.0.0.0/0");
  await openClusterGroup(emulator, "analytics", "203.0.113.0/24");
  await shareSnapshot(emulator, "sales", "999988887777");
  const ec2 = ec2Client(emulator);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: "10.0.1.0/24" }));
  const { GroupId = "" } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: "web", Description: "shared", VpcId: Vpc?.VpcId }));
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ranges(["198.51.100.0/24"])] }));
  await elasticacheClient(emulator).send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [GroupId] }));
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet?.SubnetId, Groups: [GroupId] }));
  const { NetworkInterfaceId } = NetworkInterface ?? {};
  await ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId: "i-0123456789abcdef0", DeviceIndex: 1 }));
}
