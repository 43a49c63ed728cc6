import { DescribeNetworkInterfacesCommand, DescribeVpcEndpointsCommand, type NetworkInterface } from "@aws-sdk/client-ec2";
import { ec2 } from "#aws/ec2.ts";
import { AwsFailure } from "#aws/failure.ts";
import { pages } from "#aws/pages.ts";
import type { SharingSend } from "#aws/reads.ts";
import type { Send } from "#aws/send.ts";
import { printable } from "#domain/text.ts";
import type { StoreKind, VpcStore } from "../event.ts";
import { defined } from "./defined.ts";
import { type Stores, storesAt } from "./stores.ts";

/**
 * Returns, for each security group, the ids of the network interfaces that it is attached to and that do not belong to a store; or, while
 * AWS does not show yet whose an interface is, the failure. An interface that is attached to nothing is not among them. Throws an AwsFailure.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
 */
export async function otherInterfaces(
  groups: readonly string[],
  send: SharingSend,
): Promise<ReadonlyMap<string, readonly string[] | AwsFailure>> {
  const used: NetworkInterface[] = [];
  const Filters = [{ Name: "group-id", Values: [...groups] }];
  const ask = (NextToken?: string) =>
    send(ec2, new DescribeNetworkInterfacesCommand({ Filters, NextToken, MaxResults: 1000 }), "NetworkInterfaces");
  for await (const page of pages(ask, "NextToken"))
    used.push(...page.NetworkInterfaces.filter((each) => each.Status !== "available" && !isOfNodes(each)));
  const endpoints = used.filter(({ RequesterManaged }) => RequesterManaged);
  const ofStores = endpoints.length > 0 ? await storeEndpoints(endpoints, send) : new Set();
  const others = used.filter(({ NetworkInterfaceId = "" }) => !ofStores.has(NetworkInterfaceId));
  const stores = others.some(({ RequesterManaged }) => RequesterManaged) ? await storesAt(send) : undefined;
  const othersOf = (group: string) => others.filter(({ Groups = [] }) => Groups.some(({ GroupId }) => GroupId === group));
  const answerFor = (group: string, own: readonly NetworkInterface[]) =>
    (stores && undecided(group, own, stores)) ?? own.flatMap(({ NetworkInterfaceId }) => NetworkInterfaceId ?? []);
  return new Map(groups.map((group) => [group, answerFor(group, othersOf(group))]));
}

/** True for a node of ElastiCache or Redshift. The description counts only if AWS manages the interface, as anyone can set it. */
function isOfNodes({ RequesterId = "", RequesterManaged = false, Description = "" }: NetworkInterface): boolean {
  return (
    /^amazon-(elasticache|redshift)/.test(RequesterId) ||
    (RequesterManaged && /^(ElastiCache[ +]|RedshiftNetworkInterface)/.test(Description))
  );
}

/**
 * Returns the network interfaces of VPC endpoints that lead to a store. Redshift's own lists name them; for ElastiCache, the endpoint's
 * service does. An interface itself looks the same whoever owns its endpoint.
 */
async function storeEndpoints(interfaces: readonly NetworkInterface[], send: SharingSend): Promise<ReadonlySet<string>> {
  const { stores } = await storesAt(send);
  const found = new Set(stores.flatMap((store) => store.interfaces));
  const unknown = interfaces.filter(({ NetworkInterfaceId = "" }) => !found.has(NetworkInterfaceId));
  if (unknown.length === 0) return found;
  for (const id of await serverlessCacheInterfaces(defined(unknown.map(({ VpcId }) => VpcId)), send)) found.add(id);
  return found;
}

/** Returns the failure when one of a group's interfaces may belong to a store of which AWS does not show the endpoint yet. */
function undecided(group: string, others: readonly NetworkInterface[], { stores, problem }: Stores): AwsFailure | undefined {
  const [endpoint] = others.filter(({ RequesterManaged }) => RequesterManaged);
  if (!endpoint) return undefined;
  if (problem) return new AwsFailure(problem, 1, "retry", problem.message);
  const incomplete = stores.find((store) => isIncomplete(store) && store.groups.includes(group));
  if (!incomplete) return undefined;
  const owner = `the ${kindNames[incomplete.kind] ?? incomplete.kind} ${printable(incomplete.id)}`;
  const message = `AWS does not show yet whether ${endpoint.NetworkInterfaceId} belongs to ${owner}`;
  return new AwsFailure(new Error(message), 1, "retry", message);
}

const kindNames: Readonly<Partial<Record<StoreKind, string>>> = { clusterEndpoint: "endpoint", workgroupEndpoint: "endpoint" };

/** True for a store whose VPC endpoint AWS does not show yet, because it is being created, or a cluster's because it is paused. */
function isIncomplete({ kind, interfaces, ports }: VpcStore): boolean {
  if (kind === "cluster") return ports.length === 0;
  return ["workgroup", "clusterEndpoint", "workgroupEndpoint"].includes(kind) && interfaces.length === 0;
}

/**
 * Returns the network interfaces of serverless caches in the VPCs. ElastiCache manages their endpoints, also of a cache that was deleted;
 * nobody else can create an endpoint that its service manages for a service name of AWS.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ElastiCacheServiceRolePolicy.html
 */
async function serverlessCacheInterfaces(vpcs: string[], send: Send): Promise<readonly string[]> {
  const interfaces: string[] = [];
  const Filters = [{ Name: "vpc-id", Values: vpcs }];
  const ask = (NextToken?: string) => send(ec2, new DescribeVpcEndpointsCommand({ Filters, NextToken, MaxResults: 1000 }), "VpcEndpoints");
  for await (const page of pages(ask, "NextToken"))
    for (const { ServiceName = "", RequesterManaged, NetworkInterfaceIds = [] } of page.VpcEndpoints)
      if (RequesterManaged && ServiceName.startsWith("com.amazonaws.elasticache.serverless.")) interfaces.push(...NetworkInterfaceIds);
  return interfaces;
}
