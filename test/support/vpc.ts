import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  type EC2Client,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand, type ElastiCacheClient } from "@aws-sdk/client-elasticache";
import type { RedshiftClient } from "@aws-sdk/client-redshift";
import type { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import { ec2Client, elasticacheClient, redshiftClient, serverlessClient } from "../emulator/clients.ts";
import type { Envelope } from "./events.ts";
import { policyOf, type Scene, startScene } from "./scene.ts";

/** A network in an AWS, with real clients of its owner. */
export interface Vpc extends Scene {
  readonly ec2: EC2Client;
  readonly elasticache: ElastiCacheClient;
  readonly redshift: RedshiftClient;
  readonly serverless: RedshiftServerlessClient;
  /** A group of the network, and the group of the cache "sessions", which is made first. */
  group(name: string): Promise<string>;
  readonly web: string;
  subnet(): Promise<string>;
  /** Opens a group; the event that CloudTrail makes of it. */
  open(permissions: readonly IpPermission[], group?: string): Promise<Envelope>;
  /** Changes rules; the event that CloudTrail makes of it. */
  change(changes: readonly Change[], group?: string): Promise<Envelope>;
  /** The ingress rules of a group: whom they let in, and to which ports. */
  rules(group?: string): Promise<readonly string[]>;
  ids(group?: string): Promise<readonly string[]>;
  /** Takes a rule away, as somebody else would. */
  drop(id: string | undefined, group?: string): Promise<void>;
}

type Change = readonly [id: string | undefined, form: SecurityGroupRuleForm];
type SecurityGroupRuleForm = NonNullable<ModifySecurityGroupRulesCommand["input"]["SecurityGroupRules"]>[number]["SecurityGroupRule"];
type VpcOptions = Parameters<typeof startScene>[0] & {
  readonly permit?: readonly object[];
  readonly more?: object;
  readonly store?: false;
};

/** Permits what no test opens. */
export const nobody: object = { name: "nobody", owners: ["000000000000"] };

/** Starts one whose group "web" guards the cache "sessions" on port 6379, before nothing has been asked yet. */
export async function startVpc({ permit = [nobody], more, store, ...options }: VpcOptions = {}): Promise<Vpc> {
  const policy = await policyOf({ mode: "enforce", ...more, permit });
  const scene = await startScene({ policy, ...options, emulator: { createMissing: false, ...options.emulator } });
  const { emulator } = scene;
  const clients = { ec2: ec2Client(emulator), elasticache: elasticacheClient(emulator) };
  const { ec2, elasticache } = clients;
  const VpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId;
  const group = async (name: string) =>
    (await ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: "for tests", VpcId }))).GroupId ?? "";
  const web = await group("web");
  if (store !== false) await elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [web] }));
  scene.requests();

  const listed = async (of: string): Promise<SecurityGroupRule[]> => {
    const Filters = [{ Name: "group-id", Values: [of] }];
    const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    scene.requests();
    return SecurityGroupRules.filter(({ IsEgress }) => !IsEgress);
  };

  return {
    ...scene,
    ...clients,
    redshift: redshiftClient(emulator),
    serverless: serverlessClient(emulator),
    group,
    web,
    async subnet() {
      return (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.1.0/24" }))).Subnet?.SubnetId ?? "";
    },
    async open(permissions, GroupId = web) {
      const IpPermissions = [...permissions];
      const { Return, SecurityGroupRules } = await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      scene.requests();
      const requestParameters = { groupId: GroupId, ipPermissions: itemsOf(IpPermissions.map(permissionIn)) };
      const responseElements = { requestId: "59dbff89", _return: Return, securityGroupRuleSet: trailed(SecurityGroupRules) };
      return vpcEvent("AuthorizeSecurityGroupIngress", requestParameters, responseElements);
    },
    async change(changes, GroupId = web) {
      const SecurityGroupRules = changes.map(([SecurityGroupRuleId, SecurityGroupRule]) => ({ SecurityGroupRuleId, SecurityGroupRule }));
      await ec2.send(new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }));
      scene.requests();
      return changeEvent(GroupId, changes);
    },
    async rules(of = web) {
      return (await listed(of)).map((rule) => `${sourceIn(rule)} ${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort}`).sort();
    },
    async ids(of = web) {
      return (await listed(of)).map(({ SecurityGroupRuleId = "" }) => SecurityGroupRuleId);
    },
    async drop(id = "", GroupId = web) {
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [id] }));
      scene.requests();
    },
  };
}

/** A cache, as it is made. */
export const sessions = { CacheClusterId: "sessions", Engine: "redis", CacheNodeType: "cache.t4g.micro", NumCacheNodes: 1 } as const;

/** Permissions of TCP; a port, or two. */
export function tcp(more: IpPermission, from = 6379, to: number = from): IpPermission {
  return { IpProtocol: "tcp", FromPort: from, ToPort: to, ...more };
}

/** A permission of TCP for ranges of either family. */
export function ranges(texts: readonly string[], from?: number, to?: number): IpPermission {
  const IpRanges = texts.filter((text) => !text.includes(":")).map((CidrIp) => ({ CidrIp }));
  const Ipv6Ranges = texts.filter((text) => text.includes(":")).map((CidrIpv6) => ({ CidrIpv6 }));
  return tcp({ ...(IpRanges.length > 0 && { IpRanges }), ...(Ipv6Ranges.length > 0 && { Ipv6Ranges }) }, from, to);
}

/** Makes a prefix list that holds these ranges. */
export async function prefixList({ ec2 }: Vpc, entries: readonly string[]): Promise<string> {
  const Entries = entries.map((Cidr) => ({ Cidr }));
  const form = { PrefixListName: "list", MaxEntries: Math.max(entries.length, 1), AddressFamily: "IPv4" };
  return (await ec2.send(new CreateManagedPrefixListCommand({ ...form, Entries }))).PrefixList?.PrefixListId ?? "";
}

/** The account that strangers and partners are. */
export const stranger = "999988887777";

/** Makes a group of the stranger's, which this account cannot describe. */
export async function strangersGroup({ emulator }: Vpc): Promise<string> {
  const command = new CreateSecurityGroupCommand({ GroupName: "etl", Description: "for tests" });
  return (await ec2Client(emulator, { account: stranger }).send(command)).GroupId ?? "";
}

/** Puts a group before a network interface of the account's own, such as a server's. */
export async function putBeforeServer(vpc: Vpc, Description: string, group: string = vpc.web): Promise<string> {
  const command = new CreateNetworkInterfaceCommand({ SubnetId: await vpc.subnet(), Groups: [group], Description });
  return (await vpc.ec2.send(command)).NetworkInterface?.NetworkInterfaceId ?? "";
}

/** What EventBridge hands over of a call in the tests' account (the shapes are of real records: aws.md §1.5 and §2). */
export function vpcEvent(eventName: string, requestParameters: unknown, responseElements: unknown, source = "ec2"): Envelope {
  const account = "123456789012";
  return {
    version: "0",
    id: "8f2c6ec8-cc41-49a3-ae3a-2b7fdfe01893",
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${source}`,
    account,
    time: "2026-11-20T10:00:00Z",
    region: "eu-west-1",
    resources: [],
    detail: {
      eventVersion: "1.10",
      userIdentity: { type: "AssumedRole", arn: `arn:aws:sts::${account}:assumed-role/Admin/bob`, accountId: account },
      eventTime: new Date().toISOString(),
      eventSource: `${source}.amazonaws.com`,
      eventName,
      awsRegion: "eu-west-1",
      sourceIPAddress: "198.51.100.7",
      userAgent: "aws-cli/2",
      requestParameters,
      responseElements,
      requestID: "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
      eventID: "f3aed0b6-c7ac-4491-9ef8-8334e647cb8f",
      recipientAccountId: account,
    },
  };
}

/** The event of a change: one rule is an object, several are taken to be a list, each with its number. */
export function changeEvent(GroupId: string, changes: readonly Change[]): Envelope {
  const items = changes.map(([SecurityGroupRuleId, SecurityGroupRule], n) => ({ SecurityGroupRuleId, tag: n + 1, SecurityGroupRule }));
  const SecurityGroupRule = items.length === 1 ? items[0] : items;
  return vpcEvent("ModifySecurityGroupRules", { ModifySecurityGroupRulesRequest: { GroupId, SecurityGroupRule } }, null);
}

/** The same event with other things said in its record. */
export function said(event: Envelope, detail: Record<string, unknown>): Envelope {
  return { ...event, detail: { ...event.detail, ...detail } };
}

/** The same event as older records are: its answer shows no rules. */
export function withoutRules(event: Envelope): Envelope {
  return said(event, { responseElements: { requestId: "59dbff89", _return: true } });
}

/** The same event, handed over so many milliseconds after its call: unless told, when every read has caught up. */
export function later(event: Envelope, ms = 600_000): Envelope {
  return said(event, { eventTime: new Date(Date.now() - ms).toISOString() });
}

/** EC2's lists stand under `items`, an empty one is an empty object. */
export function itemsOf(items: readonly unknown[]): object {
  return items.length === 0 ? {} : { items };
}

/** A permission as a request shows it: with every list, and no owner of a group. */
function permissionIn({ IpProtocol, FromPort, ToPort, ...lists }: IpPermission): object {
  const groups = (lists.UserIdGroupPairs ?? []).map(({ GroupId }) => ({ groupId: GroupId }));
  return {
    ipProtocol: IpProtocol,
    ...(FromPort !== undefined && { fromPort: FromPort, toPort: ToPort }),
    groups: itemsOf(groups),
    ipRanges: trailed(lists.IpRanges ?? []),
    ipv6Ranges: trailed(lists.Ipv6Ranges ?? []),
    prefixListIds: trailed(lists.PrefixListIds ?? []),
  };
}

/** CloudTrail's casing: the first letter of each name in lower case. */
function trailed(value: unknown): unknown {
  if (Array.isArray(value)) return itemsOf(value.map(trailed));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.charAt(0).toLowerCase() + key.slice(1), trailed(each)]));
}

function sourceIn({ CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo }: SecurityGroupRule): string {
  return CidrIpv4 ?? CidrIpv6 ?? PrefixListId ?? `${ReferencedGroupInfo?.UserId}/${ReferencedGroupInfo?.GroupId}`;
}

/** The calls that change something. */
export function changesIn(scene: Scene): readonly string[] {
  return scene
    .requests()
    .map(({ action }) => action)
    .filter((action) => !/^(Describe|List|Get)/.test(action));
}

/** An answer with no rules in it, for a fault that rewrites. */
export function noRules(right: string): string {
  return right.replace(/<securityGroupRuleSet>.*<\/securityGroupRuleSet>/s, "<securityGroupRuleSet/>");
}
