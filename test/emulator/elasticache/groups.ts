import { CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import type { Emulator } from "#emulator/index.ts";
import { ec2Client } from "../clients.ts";

/** Creates a VPC security group and returns its id. */
export async function groupIn(emulator: Emulator, GroupName = "web"): Promise<string> {
  const { GroupId = "" } = await ec2Client(emulator).send(new CreateSecurityGroupCommand({ GroupName, Description: "for tests" }));
  return GroupId;
}
