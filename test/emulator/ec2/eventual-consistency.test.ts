import {
  DescribeSecurityGroupRulesCommand as DescribeRules,
  ModifySecurityGroupRulesCommand as Modify,
  RevokeSecurityGroupIngressCommand as Revoke,
} from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, passTime, refusalOf } from "../clients.ts";
import { authorize, groupIn, range, ranges } from "./groups.ts";

describe("eventual consistency", () => {
  test("until a change settles, reads do not return a new rule and return a changed or revoked rule as before", async () => {
    const elapse = passTime();
    await using emulator = await startEmulator({ settleMs: 60_000 });
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);

    const id = await authorize(client, GroupId, range("10.0.0.0/8"));
    const SecurityGroupRuleIds = [id];
    expect(await refusalOf(client.send(new DescribeRules({ SecurityGroupRuleIds })))).toContain("InvalidSecurityGroupRuleId.NotFound");
    expect(await ranges(client, GroupId)).toEqual([]);
    elapse(60_000);
    expect(await ranges(client, GroupId)).toEqual(["10.0.0.0/8"]);

    const SecurityGroupRule = { IpProtocol: "tcp", FromPort: 5439, ToPort: 5439, CidrIpv4: "0.0.0.0/0" };
    await client.send(new Modify({ GroupId, SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule }] }));
    expect(await ranges(client, GroupId)).toEqual(["10.0.0.0/8"]);
    elapse(60_000);
    expect(await ranges(client, GroupId)).toEqual(["0.0.0.0/0"]);

    const revoke = new Revoke({ GroupId, SecurityGroupRuleIds });
    await client.send(revoke);
    expect(await refusalOf(client.send(revoke))).toContain("InvalidSecurityGroupRuleId.NotFound");
    expect(await ranges(client, GroupId)).toEqual(["0.0.0.0/0"]);
    elapse(60_000);
    expect(await ranges(client, GroupId)).toEqual([]);
  });
});
