import { DescribeSecurityGroupRulesCommand as DescribeRules, RevokeSecurityGroupIngressCommand as Revoke } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, refusalOf } from "../clients.ts";
import { authorize, groupIn, range, ranges } from "./groups.ts";

describe("revoking", () => {
  test("in the default VPC, unknown permissions are listed in the response and the others are revoked", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    await authorize(client, GroupId, range("10.0.0.0/8"));

    const answer = await client.send(new Revoke({ GroupId, IpPermissions: [range("10.0.0.0/8"), range("11.0.0.0/8")] }));

    expect(answer).toMatchObject({
      Return: true,
      UnknownIpPermissions: [{ IpProtocol: "tcp", FromPort: 5439, ToPort: 5439, IpRanges: [{ CidrIp: "11.0.0.0/8" }] }],
      RevokedSecurityGroupRules: [{ GroupId, CidrIpv4: "10.0.0.0/8", IsEgress: false }],
    });
    expect(await ranges(client, GroupId)).toEqual([]);
  });

  test("nothing is revoked if an id is of another group, of an egress rule or malformed", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    const own = await authorize(client, GroupId, range("10.0.0.0/8"));
    const foreign = await authorize(client, await groupIn(client, "other"), range("10.0.0.0/8"));
    const { SecurityGroupRules = [] } = await client.send(new DescribeRules({ Filters: [{ Name: "group-id", Values: [GroupId] }] }));
    const egress = SecurityGroupRules.find((rule) => rule.IsEgress)?.SecurityGroupRuleId ?? "";
    const revoke = (id: string) => refusalOf(client.send(new Revoke({ GroupId, SecurityGroupRuleIds: [own, id] })));

    const notFound = "InvalidSecurityGroupRuleId.NotFound InvalidSecurityGroupRuleId.NotFound 400";
    expect([await revoke(foreign), await revoke(egress)]).toEqual([notFound, notFound]);
    expect(await revoke("sgr-1")).toContain("InvalidSecurityGroupRuleId.Malformed 400");
    expect(await ranges(client, GroupId)).toEqual(["10.0.0.0/8"]);
    const both = new Revoke({ GroupId, SecurityGroupRuleIds: [own], IpPermissions: [range("10.0.0.0/8")] });
    expect(await refusalOf(client.send(both))).toContain("InvalidParameterCombination");
  });
});
