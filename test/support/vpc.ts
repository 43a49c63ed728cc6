import {
  AttachNetworkInterfaceCommand,
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
import { CreateClusterCommand, type CreateClusterMessage, type RedshiftClient } from "@aws-sdk/client-redshift";
import type { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import { ec2Client, elasticacheClient, redshiftClient, serverlessClient } from "../emulator/clients.ts";
import type { Envelope } from "./events.ts";
import { nobody, policyOf, type Scene, startScene } from "./scene.ts";
import { authorizeEvent, type Change, changeEvent } from "./vpc-events.ts";

/** The emulator with one VPC in it, SDK clients of the account that owns it, and the function. */
export interface Vpc extends Scene, Clients, Rules {
  /** The security group of the cache "sessions". */
  readonly web: string;
  /** Creates a security group in the VPC. */
  group(name: string): Promise<string>;
  subnet(): Promise<string>;
  /** The id of the VPC. */
  readonly vpcId: string | undefined;
}

interface Clients {
  readonly ec2: EC2Client;
  readonly elasticache: ElastiCacheClient;
  readonly redshift: RedshiftClient;
  readonly serverless: RedshiftServerlessClient;
}

/** What tests do to the ingress rules of a security group, by default "web"; none of it is among the scene's requests. */
interface Rules {
  /** Adds rules. Returns the event of the call. */
  open(permissions: readonly IpPermission[], group?: string): Promise<Envelope>;
  /** Modifies rules. Returns the event of the call. */
  change(changes: readonly Change[], group?: string): Promise<Envelope>;
  /** The rules, as source, protocol and ports. */
  rules(group?: string): Promise<readonly string[]>;
  /** The ids of the rules. */
  ids(group?: string): Promise<readonly string[]>;
  /** Revokes a rule, as another caller would. */
  drop(id: string | undefined, group?: string): Promise<void>;
}

type VpcOptions = Parameters<typeof startScene>[0] & {
  readonly permit?: readonly object[];
  readonly more?: object;
  readonly store?: false;
};

/** Starts one. The cache "sessions" is in it on port 6379, unless `store` is false; `more` adds to the policy. */
export async function startVpc({ permit = [nobody], more, store, ...options }: VpcOptions = {}): Promise<Vpc> {
  const policy = await policyOf({ mode: "enforce", ...more, permit });
  const scene = await startScene({ policy, ...options, emulator: { createMissing: false, ...options.emulator } });
  const clients = clientsOf(scene);
  const { ec2, elasticache } = clients;
  const VpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId;
  const group = async (name: string) =>
    (await ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: "for tests", VpcId }))).GroupId ?? "";
  const web = await group("web");
  if (store !== false) await elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [web] }));
  scene.requests();
  return {
    ...scene,
    ...clients,
    ...rulesOf(scene, ec2, web),
    web,
    group,
    vpcId: VpcId,
    subnet: async () => (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.1.0/24" }))).Subnet?.SubnetId ?? "",
  };
}

function clientsOf({ emulator }: Scene): Clients {
  return {
    ec2: ec2Client(emulator),
    elasticache: elasticacheClient(emulator),
    redshift: redshiftClient(emulator),
    serverless: serverlessClient(emulator),
  };
}

function rulesOf(scene: Scene, ec2: EC2Client, web: string): Rules {
  const listed = async (group: string): Promise<SecurityGroupRule[]> => {
    const Filters = [{ Name: "group-id", Values: [group] }];
    const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    scene.requests();
    return SecurityGroupRules.filter(({ IsEgress }) => !IsEgress);
  };
  return {
    async open(permissions, GroupId = web) {
      const response = await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [...permissions] }));
      scene.requests();
      return authorizeEvent(GroupId, permissions, response);
    },
    async change(changes, GroupId = web) {
      const SecurityGroupRules = changes.map(([SecurityGroupRuleId, SecurityGroupRule]) => ({ SecurityGroupRuleId, SecurityGroupRule }));
      await ec2.send(new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }));
      scene.requests();
      return changeEvent(GroupId, changes);
    },
    async rules(group = web) {
      return (await listed(group)).map((rule) => `${sourceIn(rule)} ${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort}`).sort();
    },
    async ids(group = web) {
      return (await listed(group)).map(({ SecurityGroupRuleId = "" }) => SecurityGroupRuleId);
    },
    async drop(id = "", GroupId = web) {
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [id] }));
      scene.requests();
    },
  };
}

/** The input that creates the cache "sessions". */
export const sessions = { CacheClusterId: "sessions", Engine: "redis", CacheNodeType: "cache.t4g.micro", NumCacheNodes: 1 } as const;

/** Creates a Redshift cluster. */
export function createCluster(
  { redshift, web }: Vpc,
  ClusterIdentifier: string,
  more: Partial<CreateClusterMessage> = {},
): Promise<unknown> {
  const login = { NodeType: "ra3.large", MasterUsername: "admin", MasterUserPassword: "Secret123" };
  return redshift.send(new CreateClusterCommand({ ...login, ClusterIdentifier, VpcSecurityGroupIds: [web], ...more }));
}

/** A permission of TCP for one port, or for a range of ports. */
export function tcp(more: IpPermission, from = 6379, to: number = from): IpPermission {
  return { IpProtocol: "tcp", FromPort: from, ToPort: to, ...more };
}

/** A permission of TCP for ranges of either family. */
export function ranges(texts: readonly string[], from?: number, to?: number): IpPermission {
  const IpRanges = texts.filter((text) => !text.includes(":")).map((CidrIp) => ({ CidrIp }));
  const Ipv6Ranges = texts.filter((text) => text.includes(":")).map((CidrIpv6) => ({ CidrIpv6 }));
  return tcp({ ...(IpRanges.length > 0 && { IpRanges }), ...(Ipv6Ranges.length > 0 && { Ipv6Ranges }) }, from, to);
}

/** Creates a prefix list with these entries. */
export async function prefixList({ ec2 }: Vpc, entries: readonly string[]): Promise<string> {
  const Entries = entries.map((Cidr) => ({ Cidr }));
  const form = { PrefixListName: "list", MaxEntries: entries.length + 4, AddressFamily: "IPv4" };
  return (await ec2.send(new CreateManagedPrefixListCommand({ ...form, Entries }))).PrefixList?.PrefixListId ?? "";
}

/** An account other than the function's. */
export const stranger = "999988887777";

/** Creates a security group in that account, which the function's account cannot describe. */
export async function strangersGroup({ emulator }: Vpc): Promise<string> {
  const command = new CreateSecurityGroupCommand({ GroupName: "etl", Description: "for tests" });
  return (await ec2Client(emulator, { account: stranger }).send(command)).GroupId ?? "";
}

/** Attaches a group to a network interface of the same account, and that to a server. Returns the interface's id. */
export async function attachToServer(vpc: Vpc, Description: string, group: string = vpc.web): Promise<string> {
  const NetworkInterfaceId = await unusedInterface(vpc, Description, group);
  await vpc.ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId: "i-0123456789abcdef0", DeviceIndex: 1 }));
  return NetworkInterfaceId;
}

/** Creates a network interface that has a group and is attached to nothing. Returns its id. */
export async function unusedInterface(vpc: Vpc, Description: string, group: string): Promise<string> {
  const command = new CreateNetworkInterfaceCommand({ SubnetId: await vpc.subnet(), Groups: [group], Description });
  return (await vpc.ec2.send(command)).NetworkInterface?.NetworkInterfaceId ?? "";
}

function sourceIn({ CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo }: SecurityGroupRule): string {
  return CidrIpv4 ?? CidrIpv6 ?? PrefixListId ?? `${ReferencedGroupInfo?.UserId}/${ReferencedGroupInfo?.GroupId}`;
}
