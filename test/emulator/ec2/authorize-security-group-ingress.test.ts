import {
  AuthorizeSecurityGroupIngressCommand as Authorize,
  type AuthorizeSecurityGroupIngressCommandInput,
  DescribeSecurityGroupsCommand as DescribeGroups,
  DescribeSecurityGroupRulesCommand as DescribeRules,
  ModifySecurityGroupRulesCommand as Modify,
  RevokeSecurityGroupIngressCommand as Revoke,
} from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, refusalOf } from "../clients.ts";
import { authorize, groupIn, range, ranges, tcp } from "./groups.ts";

describe("authorizing", () => {
  test("each source of each permission becomes a rule with its own id", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    const permission = tcp(5439, { IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "office" }, { CidrIp: "11.0.0.0/8" }] });
    const everything = { IpProtocol: "-1", FromPort: 0, ToPort: 0, Ipv6Ranges: [{ CidrIpv6: "::/0" }] };

    const { SecurityGroupRules } = await client.send(new Authorize({ GroupId, IpPermissions: [permission, everything] }));

    const rule = { GroupId, GroupOwnerId: "123456789012", IsEgress: false };
    expect(SecurityGroupRules).toMatchObject([
      { ...rule, IpProtocol: "tcp", FromPort: 5439, ToPort: 5439, CidrIpv4: "10.0.0.0/8", Description: "office" },
      { ...rule, CidrIpv4: "11.0.0.0/8" },
      { ...rule, IpProtocol: "-1", FromPort: -1, ToPort: -1, CidrIpv6: "::/0" },
    ]);
    expect(new Set(SecurityGroupRules?.map((one) => one.SecurityGroupRuleId)).size).toBe(3);
    const { SecurityGroups } = await client.send(new DescribeGroups({ GroupIds: [GroupId] }));
    expect(SecurityGroups?.[0]?.IpPermissions?.map(({ IpRanges, FromPort }) => [IpRanges?.length, FromPort])).toEqual([
      [2, 5439],
      [0, undefined],
    ]);
  });

  test.each([
    ["10.8.10.1/16", "10.8.0.0/16"],
    ["255.255.255.255/0", "0.0.0.0/0"],
    ["203.0.113.7/32", "203.0.113.7/32"],
    ["2001:DB8::1/32", "2001:db8::/32"],
    ["2001:db8:0:0:1:0:0:0/80", "2001:db8:0:0:1::/80"],
    ["1:2:3::5:6:7:8/128", "1:2:3:0:5:6:7:8/128"],
    ["ffff::/1", "8000::/1"],
    ["::ffff:10.0.0.1/104", "::ffff:a00:0/104"],
  ])("%s is stored as %s", async (given, stored) => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const id = await groupIn(client);
    await authorize(client, id, given.includes(":") ? tcp(5439, { Ipv6Ranges: [{ CidrIpv6: given }] }) : range(given));
    expect(await ranges(client, id)).toEqual([stored]);
  });

  test.each<[string, Omit<AuthorizeSecurityGroupIngressCommandInput, "GroupId">, string]>([
    ["no permission", {}, "MissingParameter"],
    ["a permission without a source", { IpPermissions: [tcp(22, {})] }, "InvalidPermission.Malformed"],
    ["a permission without a protocol", { IpPermissions: [{ IpRanges: [{ CidrIp: "10.0.0.0/8" }] }] }, "MissingParameter"],
    ["an unknown protocol", { IpPermissions: [{ IpProtocol: "gopher", IpRanges: [{ CidrIp: "10.0.0.0/8" }] }] }, "InvalidParameterValue"],
    ["no ports", { IpPermissions: [{ IpProtocol: "tcp", IpRanges: [{ CidrIp: "10.0.0.0/8" }] }] }, "InvalidParameterValue"],
    ["a port above 65535", { IpProtocol: "tcp", FromPort: 1, ToPort: 65536, CidrIp: "10.0.0.0/8" }, "InvalidParameterValue"],
    ["a first port above the last", { IpProtocol: "tcp", FromPort: 2, ToPort: 1, CidrIp: "10.0.0.0/8" }, "InvalidParameterValue"],
    ["an address without a prefix length", { IpPermissions: [range("10.0.0.0")] }, "InvalidParameterValue"],
    ["a prefix length with a leading zero", { IpPermissions: [range("10.0.0.0/08")] }, "InvalidParameterValue"],
    ["an IPv6 range as IPv4", { IpPermissions: [range("::/0")] }, "InvalidParameterValue"],
    ["an IPv4 range as IPv6", { IpPermissions: [tcp(1, { Ipv6Ranges: [{ CidrIpv6: "10.0.0.0/8" }] })] }, "InvalidParameterValue"],
    ["the same permission twice", { IpPermissions: [range("10.0.0.0/8"), range("10.1.0.0/8")] }, "InvalidParameterValue"],
    ["both forms of a request at once", { IpPermissions: [range("10.0.0.0/8")], CidrIp: "11.0.0.0/8" }, "InvalidParameterCombination"],
    [
      "an unknown prefix list",
      { IpPermissions: [tcp(1, { PrefixListIds: [{ PrefixListId: "pl-01234567" }] })] },
      "InvalidPrefixListID.NotFound",
    ],
    ["an unknown group", { IpPermissions: [tcp(1, { UserIdGroupPairs: [{ GroupId: "sg-01234567" }] })] }, "InvalidGroup.NotFound"],
  ])("%s is refused", async (_case, input, code) => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    expect(await refusalOf(client.send(new Authorize({ GroupId, ...input })))).toBe(`${code} ${code} 400`);
    expect(await ranges(client, GroupId)).toEqual([]);
  });

  test("a request with one existing permission is refused as a whole", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const id = await groupIn(client);
    await authorize(client, id, range("10.0.0.0/8"));

    expect(await refusalOf(authorize(client, id, range("11.0.0.0/8"), range("10.0.0.0/8")))).toContain("InvalidPermission.Duplicate 400");

    expect(await ranges(client, id)).toEqual(["10.0.0.0/8"]);
  });

  test("the tags of a rule stay when it is modified; tags for anything else are refused", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    const tagged = (ResourceType: "security-group" | "security-group-rule", Key = "team") =>
      new Authorize({ GroupId, IpPermissions: [range("10.0.0.0/8")], TagSpecifications: [{ ResourceType, Tags: [{ Key, Value: "" }] }] });

    expect(await refusalOf(client.send(tagged("security-group")))).toContain("InvalidParameterValue 400");
    expect(await refusalOf(client.send(tagged("security-group-rule", "")))).toContain("MissingParameter 400");
    expect(await ranges(client, GroupId)).toEqual([]);
    const { SecurityGroupRules: [{ SecurityGroupRuleId = "" } = {}] = [] } = await client.send(tagged("security-group-rule"));
    const SecurityGroupRule = { IpProtocol: "-1", CidrIpv4: "11.0.0.0/8" };
    await client.send(new Modify({ GroupId, SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }] }));
    const { SecurityGroupRules } = await client.send(new DescribeRules({ SecurityGroupRuleIds: [SecurityGroupRuleId] }));
    expect(SecurityGroupRules).toMatchObject([{ CidrIpv4: "11.0.0.0/8", Tags: [{ Key: "team", Value: "" }] }]);
  });

  test.each([
    [60, {}],
    [100, { rulesPerGroup: 100 }],
  ])("a group accepts %i rules for IPv4, and counts IPv6 separately", async (length, options) => {
    await using emulator = await startEmulator(options);
    const client = ec2Client(emulator);
    const id = await groupIn(client);
    await authorize(client, id, ...Array.from({ length }, (_, n) => range(`10.0.${n}.0/24`)));

    expect(await refusalOf(authorize(client, id, range("10.1.0.0/24")))).toContain("RulesPerSecurityGroupLimitExceeded 400");
    expect(await refusalOf(authorize(client, id, tcp(5439, { Ipv6Ranges: [{ CidrIpv6: "::/0" }] })))).toBe("no error");
  });

  test("the owner of a referenced group is looked up by its id, or taken from the request if the group is unknown", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const peer = await groupIn(ec2Client(emulator, { account: "210987654321" }));
    const id = await groupIn(client);
    const pairs = [{ GroupId: peer }, { GroupId: "sg-01234567", UserId: "111122223333", VpcPeeringConnectionId: "pcx-1" }];

    const { SecurityGroupRules } = await client.send(
      new Authorize({ GroupId: id, IpPermissions: [tcp(6379, { UserIdGroupPairs: pairs })] }),
    );

    expect(SecurityGroupRules?.map((rule) => rule.ReferencedGroupInfo)).toEqual([
      { GroupId: peer, UserId: "210987654321" },
      { GroupId: "sg-01234567", UserId: "111122223333", VpcPeeringConnectionId: "pcx-1", PeeringStatus: "active" },
    ]);
  });

  test("a source group by name, in the flat form, gets all of tcp, udp and icmp", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    const { SecurityGroupRules = [] } = await client.send(new Authorize({ GroupId, SourceSecurityGroupName: "default" }));
    expect(SecurityGroupRules.map((rule) => [rule.IpProtocol, rule.FromPort, rule.ToPort])).toEqual([
      ["tcp", 0, 65535],
      ["udp", 0, 65535],
      ["icmp", -1, -1],
    ]);
  });

  test("with createMissing, unknown groups, prefix lists and rules are created", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    const client = ec2Client(emulator);
    const GroupId = "sg-0123456789abcdef0";
    const UserIdGroupPairs = [{ GroupId: "sg-0123456789abcdef1" }];
    const PrefixListIds = [{ PrefixListId: "pl-0123456789abcdef0" }];

    const rule = await authorize(client, GroupId, tcp(5439, { PrefixListIds, UserIdGroupPairs }));
    const rewritten = { SecurityGroupRuleId: "sgr-0123456789abcdef0", SecurityGroupRule: { IpProtocol: "-1", CidrIpv4: "0.0.0.0/0" } };
    await client.send(new Modify({ GroupId, SecurityGroupRules: [rewritten] }));

    const SecurityGroupRuleIds = [rule, rewritten.SecurityGroupRuleId];
    expect((await client.send(new DescribeRules({ SecurityGroupRuleIds }))).SecurityGroupRules).toMatchObject([
      { GroupId },
      { CidrIpv4: "0.0.0.0/0" },
    ]);
    const revoke = new Revoke({ GroupId: "sg-0123456789abcdef2", IpPermissions: [range("10.0.0.0/8")] });
    expect(await refusalOf(client.send(revoke))).toContain("InvalidGroup.NotFound");
  });
});
