import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, CreateVpcCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { AuthorizeCacheSecurityGroupIngressCommand, CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import {
  AuthorizeClusterSecurityGroupIngressCommand,
  AuthorizeSnapshotAccessCommand,
  CreateClusterCommand,
} from "@aws-sdk/client-redshift";
import { type Emulator, type EmulatorOptions, startEmulator } from "#emulator/index.ts";
import { type ClientOptions, ec2Client, elasticacheClient, redshiftClient } from "../../emulator/clients.ts";

/** The account of the command's credentials. */
export const own = "123456789012";
/** An account in which the command assumes the role `reader`. */
export const member = "111122223333";

/** An emulator with the role `reader` in the account `member`, and the environment of commands that call it. */
export interface SweepWorld extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts one. */
export async function startWorld(options: EmulatorOptions = {}): Promise<SweepWorld> {
  const emulator = await startEmulator({ createMissing: true, ...options });
  emulator.addRole({ arn: `arn:aws:iam::${member}:role/reader`, externalId: "secret" });
  const env = { AWS_ENDPOINT_URL: emulator.url, AWS_ACCESS_KEY_ID: own, AWS_SECRET_ACCESS_KEY: "x", AWS_REGION: "eu-west-1" };
  return { emulator, env, [Symbol.asyncDispose]: () => emulator.close() };
}

/** Grants a range access to a cluster security group. */
export function openClusterGroup(
  emulator: Emulator,
  ClusterSecurityGroupName: string,
  CIDRIP: string,
  options: ClientOptions = {},
): Promise<unknown> {
  return redshiftClient(emulator, options).send(new AuthorizeClusterSecurityGroupIngressCommand({ ClusterSecurityGroupName, CIDRIP }));
}

/** Grants the security group `default` of an account access to a cache security group. */
export function openCacheGroup(
  emulator: Emulator,
  CacheSecurityGroupName: string,
  owner: string,
  options: ClientOptions = {},
): Promise<unknown> {
  const source = { EC2SecurityGroupName: "default", EC2SecurityGroupOwnerId: owner };
  return elasticacheClient(emulator, options).send(new AuthorizeCacheSecurityGroupIngressCommand({ CacheSecurityGroupName, ...source }));
}

/** Lets an account restore a snapshot. */
export function shareSnapshot(emulator: Emulator, cluster: string, account: string, options: ClientOptions = {}): Promise<unknown> {
  const snapshot = { SnapshotIdentifier: `before-${cluster}`, SnapshotClusterIdentifier: cluster };
  return redshiftClient(emulator, options).send(new AuthorizeSnapshotAccessCommand({ ...snapshot, AccountWithRestoreAccess: account }));
}

/** Creates a VPC with a security group and these rules for TCP. Returns the group's id. */
export async function groupWith(ec2: EC2Client, rules: readonly (readonly [range: string, port: number])[]): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const { GroupId = "" } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "web", Description: "for tests", VpcId: Vpc?.VpcId }),
  );
  const IpPermissions = rules.map(([CidrIp, port]) => ({ IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp }] }));
  if (rules.length > 0) await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  return GroupId;
}

/** Creates a cache behind a new group with these rules. Returns the group's id. */
export async function cacheBehind(
  emulator: Emulator,
  CacheClusterId: string,
  rules: readonly (readonly [range: string, port: number])[],
  options: ClientOptions = {},
): Promise<string> {
  const group = await groupWith(ec2Client(emulator, options), rules);
  const node = { CacheClusterId, Engine: "redis", CacheNodeType: "cache.t4g.micro", NumCacheNodes: 1, SecurityGroupIds: [group] };
  await elasticacheClient(emulator, options).send(new CreateCacheClusterCommand(node));
  return group;
}

/** Creates a cluster behind a group. */
export function clusterBehind(emulator: Emulator, ClusterIdentifier: string, group: string, options: ClientOptions = {}): Promise<unknown> {
  const login = { NodeType: "ra3.large", MasterUsername: "admin", MasterUserPassword: "Secret123" };
  return redshiftClient(emulator, options).send(new CreateClusterCommand({ ...login, ClusterIdentifier, VpcSecurityGroupIds: [group] }));
}

/** The lines of NDJSON. */
export function linesIn(text: string): readonly Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
