import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  GetManagedPrefixListEntriesCommand,
  type IpPermission,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateClusterCommand, DescribeClustersCommand, RedshiftClient } from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { vpcRule } from "#authorizations/index.ts";
import { connect } from "#aws/connect.ts";
import { ownReads } from "#aws/reads.ts";
import type { Send, SendCommand } from "#aws/send.ts";
import type { Place } from "#domain/place.ts";
import { sourceText } from "#domain/source.ts";
import type { PlaceLine } from "#inventory/line.ts";
import { placeLines } from "#inventory/list.ts";
import { until } from "../support/authorizations.ts";
import { home } from "../support/grants.ts";

/** The URL of a moto server. Without it, moto is not tested; CI starts one. */
const endpoint = process.env["MOTO_ENDPOINT"] ?? "";
/** A Region in which no other suite has anything. */
const place: Place = { ...home, region: "eu-north-1" };
const credentials = { accessKeyId: "x", secretAccessKey: "x" };
const settings = { endpoint, region: place.region, maxAttempts: 1, credentials };
const [ec2, redshift] = [new EC2Client(settings), new RedshiftClient(settings)];

/** The commands that moto 5.2.5 lacks. */
const missing: readonly string[] = [
  "DescribeServerlessCachesCommand",
  "DescribeEndpointAccessCommand",
  "ListWorkgroupsCommand",
  "ListEndpointAccessCommand",
];

/** The inventory's lines of VPC rules. Lists that moto lacks are empty. */
async function listed(): Promise<readonly PlaceLine[]> {
  console.warn(`SKIPPED: moto lacks ${missing.join(", ")}. NOT CHECKED: these stores in the inventory.`);
  const aws = connect({ endpoint, credentials: () => credentials });
  const sender = aws.sender(place, until(30_000));
  const sendKnown: SendCommand = async (service, command, key, final) =>
    missing.includes(command.constructor.name) ? ({ [key]: [] } as never) : sender(service, command, key, final);
  const send: Send = Object.assign(sendKnown, { deadline: sender.deadline });
  const lines = await Array.fromAsync(placeLines(place, Object.assign(send, ownReads(() => send)(0, place)), [vpcRule], Date.now));
  aws.destroy();
  return lines;
}

/** Makes clusters behind groups with rules of every kind of source, and a server behind one of the groups. Returns the groups of clusters. */
async function makeAccount(): Promise<readonly string[]> {
  const VpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId;
  const SubnetId = (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.1.0/24" }))).Subnet?.SubnetId;
  const group = async (GroupName: string) =>
    (await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: "for tests", VpcId }))).GroupId ?? "";
  const [web, shared, unused] = [await group("web"), await group("shared"), await group("unused")];
  const list = { PrefixListName: "offices", MaxEntries: 5, AddressFamily: "IPv4" };
  const Entries = ["203.0.113.0/24", "198.51.100.7/32"].map((Cidr) => ({ Cidr }));
  const { PrefixList } = await ec2.send(new CreateManagedPrefixListCommand({ ...list, Entries }));
  const tcp = (from: number, to = from) => ({ IpProtocol: "tcp", FromPort: from, ToPort: to });
  const rules: readonly (readonly [string, IpPermission])[] = [
    [web, { ...tcp(5439), IpRanges: [{ CidrIp: "203.0.113.0/24", Description: "office" }, { CidrIp: "0.0.0.0/0" }] }],
    [web, { ...tcp(5000, 6000), Ipv6Ranges: [{ CidrIpv6: "2001:db8::/32" }] }],
    [web, { ...tcp(22), IpRanges: [{ CidrIp: "10.0.0.0/8" }] }],
    [web, { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: shared }] }],
    [shared, { ...tcp(5440), PrefixListIds: [{ PrefixListId: PrefixList?.PrefixListId }] }],
    [shared, { ...tcp(5439), PrefixListIds: [{ PrefixListId: PrefixList?.PrefixListId }] }],
    [unused, { ...tcp(5439), IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
  ];
  for (const [GroupId, permission] of rules)
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] }));
  const login = { NodeType: "ra3.large", MasterUsername: "admin", MasterUserPassword: "Secret123" };
  await redshift.send(new CreateClusterCommand({ ...login, ClusterIdentifier: "sales", VpcSecurityGroupIds: [web] }));
  await redshift.send(new CreateClusterCommand({ ...login, ClusterIdentifier: "orders", Port: 5440, VpcSecurityGroupIds: [web, shared] }));
  const server = { ImageId: "ami-12c6146b", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1, SubnetId } as const;
  await ec2.send(new RunInstancesCommand({ ...server, SecurityGroupIds: [shared] }));
  return [web, shared];
}

/** The rules of groups as moto describes the groups, which is another call than the inventory's: `group source protocol from-to`. */
async function described(GroupIds: readonly string[]): Promise<readonly string[]> {
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [...GroupIds] }));
  return SecurityGroups.flatMap(({ GroupId, IpPermissions = [] }) =>
    IpPermissions.flatMap(({ IpProtocol, FromPort, ToPort, ...lists }) =>
      [
        ...(lists.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
        ...(lists.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
        ...(lists.UserIdGroupPairs ?? []).map((pair) => `${pair.UserId}/${pair.GroupId}`),
        ...(lists.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
      ].map((source) => `${GroupId} ${source} ${IpProtocol} ${IpProtocol === "-1" ? "" : `${FromPort}-${ToPort}`}`),
    ),
  ).toSorted();
}

describe.skipIf(endpoint === "")("the EC2 part of the inventory", () => {
  test("equals moto's own state: rules, sources, entries, stores, and what else a group is attached to", async () => {
    const groups = await makeAccount();

    const lines = await listed();

    const grants = lines.flatMap((line) => (line.line === "grant" ? line.grant : []));
    const rules = grants.map(({ resource, source, rule }) => {
      const ports = rule?.protocol === "-1" ? "" : `${rule?.fromPort}-${rule?.toPort}`;
      return `${resource} ${sourceText(source)} ${rule?.protocol} ${ports}`;
    });
    expect(rules.toSorted()).toEqual(await described(groups));
    expect(rules).toHaveLength(7);

    const { Clusters = [] } = await redshift.send(new DescribeClustersCommand({}));
    const stores = lines.flatMap((line) => (line.line === "store" ? [[line.resource, line.ports, line.groups]] : []));
    expect(stores).toEqual(
      Clusters.map(({ ClusterIdentifier, Endpoint, VpcSecurityGroups = [] }) => [
        ClusterIdentifier,
        [Endpoint?.Port],
        VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
      ]),
    );
    const reached = (from: string) =>
      grants.find(({ source }) => sourceText(source).startsWith(from))?.stores?.map(({ resource }) => resource);
    expect(["0.0.0.0/0", "2001:db8::", "10.0.0.0/8"].map(reached)).toEqual([["sales"], ["sales", "orders"], []]);

    for (const line of lines.filter((each) => each.line === "prefixList")) {
      const { Entries = [] } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: line.prefixList }));
      expect(line.entries).toEqual(Entries.map(({ Cidr }) => Cidr));
    }
    expect(lines.filter(({ line }) => line === "prefixList")).toHaveLength(1);

    const shared = lines.flatMap((line) => (line.line === "sharedGroup" && "interfaces" in line ? [[line.group, line.interfaces]] : []));
    const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
    const used = NetworkInterfaces.filter(({ Status }) => Status === "in-use");
    const attached = groups.map((group) => [
      group,
      used.filter(({ Groups = [] }) => Groups.some(({ GroupId }) => GroupId === group)).map(({ NetworkInterfaceId }) => NetworkInterfaceId),
    ]);
    expect(shared).toEqual(attached.filter(([, interfaces = []]) => interfaces.length > 0));
    expect(shared).toHaveLength(1);
    expect(lines.at(-1)).toMatchObject({ line: "end", complete: true, grants: grants.length });
  });
});
