import {
  AuthorizeSecurityGroupIngressCommand as Authorize,
  type AuthorizeSecurityGroupIngressCommandInput,
  CreateSecurityGroupCommand as CreateGroup,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand as DescribeGroups,
  DescribeSecurityGroupRulesCommand as DescribeRules,
  type EC2Client,
  type IpPermission,
  ModifySecurityGroupRulesCommand as Modify,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  RevokeSecurityGroupIngressCommand as Revoke,
  type SecurityGroupRuleRequest,
} from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, passTime, post, refusalOf } from "../clients.ts";

const tcp = (port: number, more: IpPermission): IpPermission => ({ IpProtocol: "tcp", FromPort: port, ToPort: port, ...more });
const range = (CidrIp: string) => tcp(5439, { IpRanges: [{ CidrIp }] });

async function groupIn(client: EC2Client, GroupName = "web", VpcId?: string): Promise<string> {
  const { GroupId = "" } = await client.send(new CreateGroup({ GroupName, Description: "for tests", ...(VpcId && { VpcId }) }));
  return GroupId;
}

async function authorize(client: EC2Client, GroupId: string, ...IpPermissions: IpPermission[]): Promise<string> {
  const { SecurityGroupRules = [] } = await client.send(new Authorize({ GroupId, IpPermissions }));
  return SecurityGroupRules[0]?.SecurityGroupRuleId ?? "";
}

async function ranges(client: EC2Client, GroupId: string) {
  const { SecurityGroups = [] } = await client.send(new DescribeGroups({ GroupIds: [GroupId] }));
  const { IpPermissions = [] } = SecurityGroups[0] ?? {};
  return IpPermissions.flatMap(({ IpRanges = [], Ipv6Ranges = [] }) => [
    ...IpRanges.map(({ CidrIp }) => CidrIp),
    ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
  ]);
}

describe("groups", () => {
  test("a new group lets nobody in and everybody out", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const id = await groupIn(client);

    const { SecurityGroups } = await client.send(new DescribeGroups({ GroupIds: [id] }));

    expect(SecurityGroups).toMatchObject([
      { GroupId: id, GroupName: "web", OwnerId: "123456789012", IpPermissions: [], IpPermissionsEgress: [{ IpProtocol: "-1" }] },
    ]);
    expect(SecurityGroups?.[0]?.SecurityGroupArn).toBe(`arn:aws:ec2:eu-west-1:123456789012:security-group/${id}`);
  });

  test("every VPC has a default group that lets its members in", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const { Vpc: { VpcId = "" } = {} } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));

    const { SecurityGroups = [] } = await client.send(new DescribeGroups({ Filters: [{ Name: "group-name", Values: ["def*"] }] }));

    expect(SecurityGroups.map((group) => group.VpcId)).toContain(VpcId);
    expect(SecurityGroups).toHaveLength(2);
    for (const { GroupId, IpPermissions } of SecurityGroups) expect(IpPermissions?.[0]?.UserIdGroupPairs).toMatchObject([{ GroupId }]);
  });

  test("names name groups of the default VPC only", async () => {
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

  test("groups and rules are listed in pages of 5 to 1000, or all at once", async () => {
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

  test("small pages are forced, but not on what is named by its id", async () => {
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

describe("authorizing", () => {
  test("each source of each permission becomes a rule with an id of its own", async () => {
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
    ["a port too high", { IpProtocol: "tcp", FromPort: 1, ToPort: 65536, CidrIp: "10.0.0.0/8" }, "InvalidParameterValue"],
    ["ports the wrong way round", { IpProtocol: "tcp", FromPort: 2, ToPort: 1, CidrIp: "10.0.0.0/8" }, "InvalidParameterValue"],
    ["an address without a length", { IpPermissions: [range("10.0.0.0")] }, "InvalidParameterValue"],
    ["a length with a zero before it", { IpPermissions: [range("10.0.0.0/08")] }, "InvalidParameterValue"],
    ["an IPv6 range as IPv4", { IpPermissions: [range("::/0")] }, "InvalidParameterValue"],
    ["an IPv4 range as IPv6", { IpPermissions: [tcp(1, { Ipv6Ranges: [{ CidrIpv6: "10.0.0.0/8" }] })] }, "InvalidParameterValue"],
    ["two permissions that say the same", { IpPermissions: [range("10.0.0.0/8"), range("10.1.0.0/8")] }, "InvalidParameterValue"],
    ["both forms at once", { IpPermissions: [range("10.0.0.0/8")], CidrIp: "11.0.0.0/8" }, "InvalidParameterCombination"],
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

  test("one permission that is there already refuses the whole request", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const id = await groupIn(client);
    await authorize(client, id, range("10.0.0.0/8"));

    expect(await refusalOf(authorize(client, id, range("11.0.0.0/8"), range("10.0.0.0/8")))).toContain("InvalidPermission.Duplicate 400");

    expect(await ranges(client, id)).toEqual(["10.0.0.0/8"]);
  });

  test("the 61st rule of a kind is one too many", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const id = await groupIn(client);
    await authorize(client, id, ...Array.from({ length: 60 }, (_, n) => range(`10.0.${n}.0/24`)));

    expect(await refusalOf(authorize(client, id, range("10.1.0.0/24")))).toContain("RulesPerSecurityGroupLimitExceeded 400");
    expect(await refusalOf(authorize(client, id, tcp(5439, { Ipv6Ranges: [{ CidrIpv6: "::/0" }] })))).toBe("no error");
  });

  test("a group of another account is known by its id, and one that nobody knows by its owner", async () => {
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

  test("a group by its name, in the flat form, may do everything", async () => {
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

  test("what is missing is made on request", async () => {
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

describe("revoking", () => {
  test("in the default VPC, what is not there comes back as unknown and the rest is revoked", async () => {
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

  test("a rule of another group, one that lets out and one that is no id revoke nothing", async () => {
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

describe("modifying", () => {
  const modified = async (client: EC2Client, GroupId: string, id: string, rule: SecurityGroupRuleRequest) =>
    refusalOf(client.send(new Modify({ GroupId, SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule: rule }] })));

  test("the answer tells of no rules", async () => {
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

  test("ports or the description alone can change", async () => {
    await using emulator = await startEmulator();
    const client = ec2Client(emulator);
    const GroupId = await groupIn(client);
    const id = await authorize(client, GroupId, range("10.0.0.0/8"));

    expect(await modified(client, GroupId, id, { IpProtocol: "tcp", FromPort: 0, ToPort: 9 })).toBe("no error");
    expect(await modified(client, GroupId, id, { Description: "told" })).toBe("no error");

    const { SecurityGroupRules } = await client.send(new DescribeRules({ SecurityGroupRuleIds: [id] }));
    expect(SecurityGroupRules).toMatchObject([{ FromPort: 0, ToPort: 9, CidrIpv4: "10.0.0.0/8", Description: "told" }]);
  });

  test("a rule keeps its type, cannot become a second of its kind and is of its group", async () => {
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

describe("reads that lag behind", () => {
  test("a new rule is not found at first, a changed and a revoked one are still as they were", async () => {
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

test("EC2's answers have no wrapper, and its refusals are Errors", async () => {
  await using emulator = await startEmulator();
  const success = await post(emulator, "ec2", "Action=DescribeManagedPrefixLists&Version=2016-11-15");
  const refusal = await post(emulator, "ec2", "Action=DescribeSecurityGroups&GroupId.1=sg-01234567&Version=2016-11-15");

  const [first, second] = [success, refusal].map((answer) => answer.headers.get("x-amzn-requestid"));
  expect(await success.text()).toBe(
    `<DescribeManagedPrefixListsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${first}</requestId>` +
      "<prefixListSet/></DescribeManagedPrefixListsResponse>",
  );
  expect(await refusal.text()).toBe(
    "<Response><Errors><Error><Code>InvalidGroup.NotFound</Code><Message>The security group &#x27;sg-01234567&#x27; does not exist" +
      `</Message></Error></Errors><RequestID>${second}</RequestID></Response>`,
  );
});

test("faults meet EC2 in its own protocol", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  emulator.fail({ service: "ec2", answer: "error", code: "RequestLimitExceeded", status: 503 });
  emulator.fail({ action: "DescribeSecurityGroupRules", answer: "garbled", body: "truncated", status: 200 });

  expect(await refusalOf(client.send(new DescribeGroups({})))).toBe("RequestLimitExceeded RequestLimitExceeded 503");
  expect(await refusalOf(client.send(new DescribeRules({})))).toBe("Error - 200");
  expect(await refusalOf(client.send(new DescribeRules({})))).toBe("no error");
});
