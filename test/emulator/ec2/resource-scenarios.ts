import {
  AuthorizeSecurityGroupIngressCommand as Authorize,
  CreateSecurityGroupCommand as CreateGroup,
  CreateManagedPrefixListCommand,
  DescribeSecurityGroupsCommand as DescribeGroups,
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupRulesCommand as DescribeRules,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
} from "@aws-sdk/client-ec2";
import { range, tcp } from "./groups.ts";
import { anyText, type Scenario } from "./scenario.ts";
import { authorized, ground } from "./scenario-steps.ts";

/** What rules refer to, unknown resources, and pages. */
export const resourceScenarios: readonly Scenario[] = [
  {
    name: "a rule can refer to a prefix list, which keeps the entries of each version",
    steps: [
      ...ground,
      {
        call: (client) => {
          const Entries = [{ Cidr: "10.0.0.0/8", Description: "office" }];
          return client.send(new CreateManagedPrefixListCommand({ PrefixListName: "own", MaxEntries: 5, AddressFamily: "IPv4", Entries }));
        },
        save: { list: "PrefixList.PrefixListId" },
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
        call: (client, id) =>
          client.send(new DescribeGroups({ Filters: [{ Name: "ip-permission.prefix-list-id", Values: [id("list")] }] })),
        expect: { SecurityGroups: [{ GroupId: "web" }] },
        moto: { answers: "Error", because: "moto's filter ends with an internal error" },
      },
      {
        call: (client, id) => {
          const change = { AddEntries: [{ Cidr: "0.0.0.0/1" }], RemoveEntries: [{ Cidr: "10.0.0.0/8" }] };
          return client.send(new ModifyManagedPrefixListCommand({ PrefixListId: id("list"), CurrentVersion: 1, ...change }));
        },
        expect: { PrefixList: { PrefixListId: "list", State: "modify-in-progress", Version: 1 } },
        moto: { answers: { PrefixList: { PrefixListId: "list", Version: 2 } }, because: "moto completes the change at once" },
      },
      {
        call: (client, id) => client.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [id("list")] })),
        expect: { PrefixLists: [{ State: "modify-complete", Version: 2 }] },
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
    name: "unknown resources, duplicates and invalid requests fail with their own codes",
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
    name: "a page has the requested number of items",
    steps: [
      ...ground,
      ...Array.from({ length: 5 }, (_, n) => authorized(range(`10.0.${n}.0/24`), {})),
      {
        call: (client, id) => client.send(new DescribeRules({ Filters: [{ Name: "group-id", Values: [id("web")] }], MaxResults: 5 })),
        expect: { NextToken: anyText, SecurityGroupRules: Array.from({ length: 5 }, () => ({ GroupId: "web" })) },
        moto: {
          answers: { SecurityGroupRules: Array.from({ length: 6 }, () => ({ GroupId: "web" })) },
          because: "moto does not page here",
        },
      },
    ],
  },
];
