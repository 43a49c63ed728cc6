import {
  AuthorizeSecurityGroupIngressCommand as Authorize,
  CreateSecurityGroupCommand as CreateGroup,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand as DescribeGroups,
  DescribeNetworkInterfacesCommand as DescribeInterfaces,
  DescribeSecurityGroupRulesCommand as DescribeRules,
  type EC2Client,
  GetManagedPrefixListEntriesCommand,
  type IpPermission,
  ModifySecurityGroupRulesCommand as Modify,
  ModifyManagedPrefixListCommand,
  RevokeSecurityGroupIngressCommand as Revoke,
} from "@aws-sdk/client-ec2";

/** The identifier that an earlier step kept under a name. */
type Ids = (name: string) => string;

/** One call, and what EC2 says to it: members of its answer in which identifiers have the names they were kept under, or a wire code. */
interface Step {
  readonly call: (client: EC2Client, id: Ids) => Promise<object>;
  /** Names for identifiers of the answer, by their paths in it. */
  readonly keep?: Readonly<Record<string, string>>;
  readonly expect: object | string;
  /** Where moto 5.2.5 says something else, and why EC2's answer is the one above. */
  readonly moto?: { readonly says: object | string; readonly because: string };
}

/** Calls that build on each other, in a VPC of their own. */
interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

const tcp = (port: number, more: IpPermission): IpPermission => ({ IpProtocol: "tcp", FromPort: port, ToPort: port, ...more });
const range = (CidrIp: string, port = 5439) => tcp(port, { IpRanges: [{ CidrIp }] });
const rulesOf = (client: EC2Client, group: string) => client.send(new DescribeRules({ Filters: [{ Name: "group-id", Values: [group] }] }));

/** A VPC that is not the default one, and a group in it. */
const ground: readonly Step[] = [
  { call: (client) => client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" })), keep: { vpc: "Vpc.VpcId" }, expect: {} },
  {
    call: (client, id) => client.send(new CreateGroup({ GroupName: "web", Description: "for tests", VpcId: id("vpc") })),
    keep: { web: "GroupId" },
    expect: { GroupId: "web" },
  },
];

/** A permission is authorized and gets a rule. */
const authorized = (permission: IpPermission, rule: object, differs?: Step["moto"]): Step => ({
  call: (client, id) => client.send(new Authorize({ GroupId: id("web"), IpPermissions: [permission] })),
  keep: { rule: "SecurityGroupRules.0.SecurityGroupRuleId" },
  expect: { Return: true, SecurityGroupRules: [{ SecurityGroupRuleId: "rule", GroupId: "web", IsEgress: false, ...rule }] },
  ...(differs && { moto: differs }),
});

/** Any text at all. */
const expectText = "(text)";

const egress = { IsEgress: true, IpProtocol: "-1", FromPort: -1, ToPort: -1, CidrIpv4: "0.0.0.0/0" };
const noRuleSet = "moto answers a revoke without RevokedSecurityGroupRules";

/** What the emulator and moto are both asked. */
export const scenarios: readonly Scenario[] = [
  {
    name: "a rule is authorized, found by its id and revoked by it",
    steps: [
      ...ground,
      authorized(range("203.0.113.0/24"), { IpProtocol: "tcp", FromPort: 5439, ToPort: 5439, CidrIpv4: "203.0.113.0/24" }),
      {
        call: (client, id) => client.send(new DescribeRules({ SecurityGroupRuleIds: [id("rule")] })),
        expect: { SecurityGroupRules: [{ SecurityGroupRuleId: "rule", GroupId: "web", CidrIpv4: "203.0.113.0/24" }] },
      },
      {
        call: (client, id) => rulesOf(client, id("web")),
        expect: { SecurityGroupRules: [egress, { SecurityGroupRuleId: "rule", IsEgress: false }] },
      },
      {
        call: (client, id) => client.send(new Revoke({ GroupId: id("web"), SecurityGroupRuleIds: [id("rule")] })),
        expect: { Return: true, RevokedSecurityGroupRules: [{ SecurityGroupRuleId: "rule", GroupId: "web", CidrIpv4: "203.0.113.0/24" }] },
        moto: { says: { Return: true }, because: noRuleSet },
      },
      { call: (client, id) => rulesOf(client, id("web")), expect: { SecurityGroupRules: [egress] } },
      {
        call: (client, id) => client.send(new Revoke({ GroupId: id("web"), SecurityGroupRuleIds: [id("rule")] })),
        expect: "InvalidSecurityGroupRuleId.NotFound",
        moto: {
          says: "InvalidPermission.NotFound",
          because: "moto has one code for both; the one for rule ids is in EC2's page of error codes",
        },
      },
    ],
  },
  {
    name: "ranges are stored canonically",
    steps: [
      ...ground,
      authorized(
        range("10.8.10.1/16"),
        { CidrIpv4: "10.8.0.0/16" },
        {
          says: { SecurityGroupRules: [{ CidrIpv4: "10.8.10.1/16" }] },
          because: 'moto keeps the text; page API_SecurityGroupRuleRequest: "canonicalizes IPv4 and IPv6 CIDRs"',
        },
      ),
      authorized(
        tcp(5439, { Ipv6Ranges: [{ CidrIpv6: "2001:DB8:0:0:1::/64" }] }),
        { CidrIpv6: "2001:db8::/64" },
        { says: { SecurityGroupRules: [{ CidrIpv6: "2001:DB8:0:0:1::/64" }] }, because: "the same" },
      ),
      {
        call: (client, id) => client.send(new Authorize({ GroupId: id("web"), IpPermissions: [range("10.8.0.0/16")] })),
        expect: "InvalidPermission.Duplicate",
        moto: { says: { Return: true }, because: "the same" },
      },
    ],
  },
  {
    name: "a second rule that says the same is refused, whatever its description",
    steps: [
      ...ground,
      authorized(range("203.0.113.0/24"), {}),
      {
        call: (client, id) => {
          const IpRanges = [{ CidrIp: "203.0.113.0/24", Description: "again" }];
          return client.send(new Authorize({ GroupId: id("web"), IpPermissions: [tcp(5439, { IpRanges })] }));
        },
        expect: "InvalidPermission.Duplicate",
      },
      authorized(range("203.0.113.0/24", 5440), { FromPort: 5440, ToPort: 5440 }),
    ],
  },
  {
    name: "a permission that is not there revokes nothing in a VPC of one's own",
    steps: [
      ...ground,
      authorized(range("203.0.113.0/24"), {}),
      {
        call: (client, id) =>
          client.send(new Revoke({ GroupId: id("web"), IpPermissions: [range("203.0.113.0/24"), range("198.51.100.0/24")] })),
        expect: "InvalidPermission.NotFound",
      },
      {
        call: (client, id) => client.send(new DescribeRules({ SecurityGroupRuleIds: [id("rule")] })),
        expect: { SecurityGroupRules: [{ SecurityGroupRuleId: "rule" }] },
        moto: {
          says: "InvalidSecurityGroupRuleId.NotFound",
          because:
            'moto revokes permission by permission until one is missing; page API_RevokeSecurityGroupIngress: "no rules are revoked"',
        },
      },
    ],
  },
  {
    name: "a permission that is there is revoked by what it says",
    steps: [
      ...ground,
      authorized(range("203.0.113.0/24"), {}),
      {
        call: (client, id) => client.send(new Revoke({ GroupId: id("web"), IpPermissions: [range("203.0.113.0/24")] })),
        expect: { Return: true, RevokedSecurityGroupRules: [{ SecurityGroupRuleId: "rule" }] },
        moto: { says: { Return: true }, because: noRuleSet },
      },
      { call: (client, id) => rulesOf(client, id("web")), expect: { SecurityGroupRules: [egress] } },
    ],
  },
  {
    name: "the flat form of a request does the same",
    steps: [
      ...ground,
      {
        call: (client, id) =>
          client.send(new Authorize({ GroupId: id("web"), IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" })),
        keep: { rule: "SecurityGroupRules.0.SecurityGroupRuleId" },
        expect: { SecurityGroupRules: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIpv4: "0.0.0.0/0" }] },
      },
      {
        call: (client, id) =>
          client.send(new Revoke({ GroupId: id("web"), IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" })),
        expect: { Return: true },
      },
      { call: (client, id) => rulesOf(client, id("web")), expect: { SecurityGroupRules: [egress] } },
    ],
  },
  {
    name: "a rule can let in another group, whose owner is told",
    steps: [
      ...ground,
      {
        call: (client, id) => client.send(new CreateGroup({ GroupName: "peer", Description: "for tests", VpcId: id("vpc") })),
        keep: { peer: "GroupId" },
        expect: {},
      },
      {
        call: (client, id) =>
          client.send(new Authorize({ GroupId: id("web"), IpPermissions: [tcp(6379, { UserIdGroupPairs: [{ GroupId: id("peer") }] })] })),
        expect: { SecurityGroupRules: [{ ReferencedGroupInfo: { GroupId: "peer", UserId: "123456789012" } }] },
      },
      {
        call: (client, id) => client.send(new DescribeGroups({ GroupIds: [id("web")] })),
        expect: { SecurityGroups: [{ IpPermissions: [{ UserIdGroupPairs: [{ GroupId: "peer", UserId: "123456789012" }] }] }] },
      },
      {
        call: (client, id) => client.send(new DescribeGroups({ Filters: [{ Name: "ip-permission.group-id", Values: [id("peer")] }] })),
        expect: { SecurityGroups: [{ GroupId: "web" }] },
      },
    ],
  },
  {
    name: "a rule is modified and keeps its id",
    steps: [
      ...ground,
      authorized(range("10.0.0.0/8"), {}),
      {
        call: (client, id) => {
          const SecurityGroupRule = { IpProtocol: "tcp", FromPort: 5439, ToPort: 5439, CidrIpv4: "0.0.0.0/0" };
          const SecurityGroupRules = [{ SecurityGroupRuleId: id("rule"), SecurityGroupRule }];
          return client.send(new Modify({ GroupId: id("web"), SecurityGroupRules }));
        },
        expect: { Return: true },
      },
      {
        call: (client, id) => client.send(new DescribeRules({ SecurityGroupRuleIds: [id("rule")] })),
        expect: { SecurityGroupRules: [{ SecurityGroupRuleId: "rule", FromPort: 5439, ToPort: 5439, CidrIpv4: "0.0.0.0/0" }] },
      },
      {
        call: (client, id) => {
          const SecurityGroupRules = [{ SecurityGroupRuleId: "sgr-0123456789abcdef0", SecurityGroupRule: { CidrIpv4: "0.0.0.0/0" } }];
          return client.send(new Modify({ GroupId: id("web"), SecurityGroupRules }));
        },
        expect: "InvalidSecurityGroupRuleId.NotFound",
      },
    ],
  },
  {
    name: "a rule can let in a prefix list, whose entries change by version",
    steps: [
      ...ground,
      {
        call: (client) => {
          const Entries = [{ Cidr: "10.0.0.0/8", Description: "office" }];
          return client.send(new CreateManagedPrefixListCommand({ PrefixListName: "own", MaxEntries: 5, AddressFamily: "IPv4", Entries }));
        },
        keep: { list: "PrefixList.PrefixListId" },
        expect: { PrefixList: { PrefixListName: "own", AddressFamily: "IPv4", MaxEntries: 5, Version: 1 } },
      },
      {
        call: (client, id) => {
          const permission = tcp(5439, { PrefixListIds: [{ PrefixListId: id("list") }] });
          return client.send(new Authorize({ GroupId: id("web"), IpPermissions: [permission] }));
        },
        expect: { SecurityGroupRules: [{ PrefixListId: "list" }] },
      },
      {
        call: (client, id) => {
          const change = { AddEntries: [{ Cidr: "0.0.0.0/1" }], RemoveEntries: [{ Cidr: "10.0.0.0/8" }] };
          return client.send(new ModifyManagedPrefixListCommand({ PrefixListId: id("list"), CurrentVersion: 1, ...change }));
        },
        expect: { PrefixList: { PrefixListId: "list", Version: 2 } },
      },
      {
        call: (client, id) => client.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: id("list") })),
        expect: { Entries: [{ Cidr: "0.0.0.0/1" }] },
      },
      {
        call: (client, id) => client.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: id("list"), TargetVersion: 1 })),
        expect: { Entries: [{ Cidr: "10.0.0.0/8", Description: "office" }] },
      },
    ],
  },
  {
    name: "a group is found in front of a network interface",
    steps: [
      ...ground,
      {
        call: (client, id) => client.send(new CreateSubnetCommand({ VpcId: id("vpc"), CidrBlock: "10.0.1.0/24" })),
        keep: { subnet: "Subnet.SubnetId" },
        expect: {},
      },
      {
        call: (client, id) =>
          client.send(new CreateNetworkInterfaceCommand({ SubnetId: id("subnet"), Groups: [id("web")], Description: "a server's" })),
        keep: { interface: "NetworkInterface.NetworkInterfaceId" },
        expect: { NetworkInterface: { Groups: [{ GroupId: "web", GroupName: "web" }], Description: "a server's" } },
      },
      {
        call: (client, id) => client.send(new DescribeInterfaces({ Filters: [{ Name: "group-id", Values: [id("web")] }] })),
        expect: { NetworkInterfaces: [{ NetworkInterfaceId: "interface", VpcId: "vpc", SubnetId: "subnet", InterfaceType: "interface" }] },
      },
    ],
  },
  {
    name: "what does not exist is refused by its kind",
    steps: [
      ...ground,
      {
        call: (client) => client.send(new Authorize({ GroupId: "sg-0123456789abcdef0", IpPermissions: [range("10.0.0.0/8")] })),
        expect: "InvalidGroup.NotFound",
      },
      {
        call: (client) => client.send(new DescribeGroups({ GroupIds: ["sg-0123456789abcdef0"] })),
        expect: "InvalidGroup.NotFound",
      },
      {
        call: (client, id) => {
          const UserIdGroupPairs = [{ GroupId: "sg-0123456789abcdef0" }];
          return client.send(new Authorize({ GroupId: id("web"), IpPermissions: [tcp(6379, { UserIdGroupPairs })] }));
        },
        expect: "InvalidGroup.NotFound",
      },
      {
        call: (client, id) => client.send(new CreateGroup({ GroupName: "web", Description: "for tests", VpcId: id("vpc") })),
        expect: "InvalidGroup.Duplicate",
      },
      {
        call: (client, id) => client.send(new Authorize({ GroupId: id("web"), DryRun: true, IpPermissions: [range("10.0.0.0/8")] })),
        expect: "DryRunOperation",
      },
      {
        call: (client, id) => client.send(new Authorize({ GroupId: id("web"), IpPermissions: [range("10.0.0.0/33")] })),
        expect: "InvalidParameterValue",
      },
    ],
  },
  {
    name: "pages hold what was asked for",
    steps: [
      ...ground,
      ...Array.from({ length: 5 }, (_, n) => authorized(range(`10.0.${n}.0/24`), {})),
      {
        call: (client, id) => client.send(new DescribeRules({ Filters: [{ Name: "group-id", Values: [id("web")] }], MaxResults: 5 })),
        expect: { NextToken: expectText, SecurityGroupRules: Array.from({ length: 5 }, () => ({ GroupId: "web" })) },
        moto: { says: { SecurityGroupRules: Array.from({ length: 6 }, () => ({ GroupId: "web" })) }, because: "moto does not page here" },
      },
    ],
  },
];

/** What was said to a step, in the names that identifiers were kept under, beside what was to be said. */
interface Heard {
  readonly said: unknown;
  readonly expected: unknown;
}

/** Plays a scenario against an endpoint. `isMoto`: where moto is known to say something else, that is what is to be said. */
export async function play(client: EC2Client, scenario: Scenario, isMoto: boolean): Promise<readonly Heard[]> {
  const ids = new Map<string, string>();
  const id: Ids = (name) => ids.get(name) ?? `no ${name} was kept`;
  const heard: Heard[] = [];
  for (const { call, keep = {}, expect, moto } of scenario.steps) {
    const expected = isMoto && moto !== undefined ? moto.says : expect;
    const answer = await call(client, id).catch((error: unknown) => (error instanceof Error ? error.name : String(error)));
    for (const [name, path] of Object.entries(keep)) ids.set(name, String(at(answer, path)));
    const names = new Map([...ids].map(([name, value]) => [value, name]));
    heard.push({ said: only(answer, expected, names), expected });
  }
  return heard;
}

function at(answer: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => Object.entries(Object(value)).find(([name]) => name === key)?.[1], answer);
}

/** Of an answer, only the members that are expected, and all items of every list. */
function only(said: unknown, expected: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof said === "string") return expected === expectText ? expectText : (names.get(said) ?? said);
  if (Array.isArray(said)) return said.map((item, n) => only(item, Array.isArray(expected) ? expected[n] : {}, names));
  if (typeof said !== "object" || said === null) return said;
  return Object.fromEntries(Object.keys(Object(expected)).map((key) => [key, only(at(said, key), at(expected, key), names)]));
}
