import {
  AuthorizeSecurityGroupIngressCommand as Authorize,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand as DescribeGroups,
  DescribeSecurityGroupRulesCommand as DescribeRules,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
} from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, refusalOf } from "../clients.ts";
import { authorize, groupIn, range, ranges } from "./groups.ts";

describe("groups", () => {
  test("a new group has no ingress rule and allows all egress", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const id = await groupIn(client);

    const { SecurityGroups } = await client.send(new DescribeGroups({ GroupIds: [id] }));

    expect(SecurityGroups).toMatchObject([
      { GroupId: id, GroupName: "web", OwnerId: "123456789012", IpPermissions: [], IpPermissionsEgress: [{ IpProtocol: "-1" }] },
    ]);
    expect(SecurityGroups?.[0]?.SecurityGroupArn).toBe(`arn:aws:ec2:eu-west-1:123456789012:security-group/${id}`);
  });

  test("every VPC has a default group that allows ingress from its members", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const { Vpc: { VpcId = "" } = {} } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));

    const { SecurityGroups = [] } = await client.send(new DescribeGroups({ Filters: [{ Name: "group-name", Values: ["def*"] }] }));

    expect(SecurityGroups.map((group) => group.VpcId)).toContain(VpcId);
    expect(SecurityGroups).toHaveLength(2);
    for (const { GroupId, IpPermissions } of SecurityGroups) expect(IpPermissions?.[0]?.UserIdGroupPairs).toMatchObject([{ GroupId }]);
  });

  test("a group name refers only to the default VPC", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const { Vpc: { VpcId = "" } = {} } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const id = await groupIn(client, "web");
    await groupIn(client, "elsewhere", VpcId);
    const GroupName = "web";

    await client.send(new Authorize({ GroupName, IpPermissions: [range("10.0.0.0/8")] }));

    expect(await ranges(client, id)).toEqual(["10.0.0.0/8"]);
    expect((await client.send(new DescribeGroups({ GroupNames: ["web"] }))).SecurityGroups).toMatchObject([{ GroupId: id }]);
    const elsewhere = { GroupName: "elsewhere", IpPermissions: [range("10.0.0.0/8")] };
    expect(await refusalOf(client.send(new Authorize(elsewhere)))).toBe("InvalidGroup.NotFound InvalidGroup.NotFound 400");
    const both = { GroupName, GroupId: id, IpPermissions: [range("11.0.0.0/8")] };
    expect(await refusalOf(client.send(new Authorize(both)))).toContain("InvalidParameterCombination 400");
    expect(await refusalOf(client.send(new Authorize({ IpPermissions: [range("10.0.0.0/8")] })))).toContain("MissingParameter 400");
  });

  test.each([
    ["sg-123", "InvalidGroupId.Malformed"],
    ["web", "InvalidGroupId.Malformed"],
    ["sg-01234567", "InvalidGroup.NotFound"],
  ])("%s is refused as %s", async (id, code) => {
    await using emulator = await startEmulator();
    expect(await refusalOf(ec2Client(emulator).send(new DescribeGroups({ GroupIds: [id] })))).toBe(`${code} ${code} 400`);
  });

  test("groups and rules are listed on pages of 5 to 1000 items, or all on one page", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    for (let n = 0; n < 11; n += 1) await groupIn(client, `group-${n}`);
    const GroupIds = [await groupIn(client)];

    const sizes: number[] = [];
    for await (const { SecurityGroups = [] } of paginateDescribeSecurityGroups({ client, pageSize: 5 }, {})) {
      sizes.push(SecurityGroups.length);
    }
    expect(sizes).toEqual([5, 5, 3]);
    expect((await client.send(new DescribeGroups({}))).SecurityGroups).toHaveLength(13);
    expect((await client.send(new DescribeRules({}))).SecurityGroupRules).toHaveLength(14);
    for (const MaxResults of [4, 1001])
      expect(await refusalOf(client.send(new DescribeGroups({ MaxResults })))).toContain("InvalidParameterValue");
    expect(await refusalOf(client.send(new DescribeGroups({ GroupIds, MaxResults: 5 })))).toContain("InvalidParameterCombination");
    expect(await refusalOf(client.send(new DescribeGroups({ NextToken: "made up" })))).toContain("InvalidParameterValue");
    const Filters = [{ Name: "colour", Values: ["red"] }];
    expect(await refusalOf(client.send(new DescribeGroups({ Filters })))).toContain("InvalidParameterValue");
  });

  test("pageSize applies to lists, but not to rules that are requested by id", async () => {
    await using emulator = await startEmulator({ pageSize: 2 });
    const client = ec2Client(emulator);
    const id = await groupIn(client);
    const rules = [await authorize(client, id, range("10.0.0.0/8")), await authorize(client, id, range("11.0.0.0/8"))];
    rules.push(await authorize(client, id, range("12.0.0.0/8")));

    const sizes: number[] = [];
    const Filters = [{ Name: "group-id", Values: [id] }];
    for await (const page of paginateDescribeSecurityGroupRules({ client }, { Filters })) sizes.push(page.SecurityGroupRules?.length ?? 0);

    expect(sizes).toEqual([2, 2]);
    expect((await client.send(new DescribeRules({ SecurityGroupRuleIds: rules }))).SecurityGroupRules).toHaveLength(3);
  });
});
