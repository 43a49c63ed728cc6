import {
  DescribeSecurityGroupRulesCommand as DescribeRules,
  type EC2Client,
  ModifySecurityGroupRulesCommand as Modify,
  type SecurityGroupRuleRequest,
} from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, refusalOf } from "../clients.ts";
import { authorize, groupIn, range, ranges } from "./groups.ts";

describe("modifying", () => {
  const modified = async (client: EC2Client, GroupId: string, id: string, rule: SecurityGroupRuleRequest) =>
    refusalOf(client.send(new Modify({ GroupId, SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule: rule }] })));

  test("the response contains no rules", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    const SecurityGroupRuleId = await authorize(client, GroupId, range("10.0.0.0/8"));
    const SecurityGroupRule = { IpProtocol: "tcp", FromPort: 0, ToPort: 65535, CidrIpv4: "0.0.0.0/0" };

    const { $metadata, ...answer } = await client.send(
      new Modify({ GroupId, SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }] }),
    );

    expect(answer).toEqual({ Return: true });
    expect(await ranges(client, GroupId)).toEqual(["0.0.0.0/0"]);
  });

  test("an update can change only the ports or only the description", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    const id = await authorize(client, GroupId, range("10.0.0.0/8"));

    expect(await modified(client, GroupId, id, { IpProtocol: "tcp", FromPort: 0, ToPort: 9 })).toBe("no error");
    expect(await modified(client, GroupId, id, { Description: "office" })).toBe("no error");

    const { SecurityGroupRules } = await client.send(new DescribeRules({ SecurityGroupRuleIds: [id] }));
    expect(SecurityGroupRules).toMatchObject([{ FromPort: 0, ToPort: 9, CidrIpv4: "10.0.0.0/8", Description: "office" }]);
  });

  test("a rule cannot change its type, duplicate another rule or be modified through another group", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    const id = await authorize(client, GroupId, range("10.0.0.0/8"));
    await authorize(client, GroupId, range("11.0.0.0/8"));

    expect(await modified(client, GroupId, id, { CidrIpv6: "::/0" })).toContain("InvalidParameterValue");
    expect(await modified(client, GroupId, id, { CidrIpv4: "0.0.0.0/0", CidrIpv6: "::/0" })).toContain("InvalidParameterValue");
    expect(await modified(client, GroupId, id, { CidrIpv4: "11.0.0.0/8" })).toContain("InvalidPermission.Duplicate");
    expect(await modified(client, await groupIn(client, "other"), id, { CidrIpv4: "0.0.0.0/0" })).toContain(
      "InvalidSecurityGroupRuleId.NotFound",
    );
    expect(await ranges(client, GroupId)).toEqual(["10.0.0.0/8", "11.0.0.0/8"]);
  });
});
