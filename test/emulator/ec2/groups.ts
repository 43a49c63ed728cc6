import {
  AuthorizeSecurityGroupIngressCommand as Authorize,
  CreateSecurityGroupCommand as CreateGroup,
  DescribeSecurityGroupsCommand as DescribeGroups,
  type EC2Client,
  type IpPermission,
} from "@aws-sdk/client-ec2";

/** A permission for one TCP port. */
export const tcp = (port: number, more: IpPermission): IpPermission => ({ IpProtocol: "tcp", FromPort: port, ToPort: port, ...more });
/** A permission for an IPv4 range. */
export const range = (CidrIp: string, port = 5439): IpPermission => tcp(port, { IpRanges: [{ CidrIp }] });

/** Creates a security group and returns its id. */
export async function groupIn(client: EC2Client, GroupName = "web", VpcId?: string): Promise<string> {
  const { GroupId = "" } = await client.send(new CreateGroup({ GroupName, Description: "for tests", ...(VpcId && { VpcId }) }));
  return GroupId;
}

/** Authorizes permissions and returns the id of the first rule. */
export async function authorize(client: EC2Client, GroupId: string, ...IpPermissions: IpPermission[]): Promise<string> {
  const { SecurityGroupRules = [] } = await client.send(new Authorize({ GroupId, IpPermissions }));
  return SecurityGroupRules[0]?.SecurityGroupRuleId ?? "";
}

/** The ranges of the ingress rules of a group, as EC2 stores them. */
export async function ranges(client: EC2Client, GroupId: string): Promise<readonly (string | undefined)[]> {
  const { SecurityGroups = [] } = await client.send(new DescribeGroups({ GroupIds: [GroupId] }));
  const { IpPermissions = [] } = SecurityGroups[0] ?? {};
  return IpPermissions.flatMap(({ IpRanges = [], Ipv6Ranges = [] }) => [
    ...IpRanges.map(({ CidrIp }) => CidrIp),
    ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
  ]);
}
