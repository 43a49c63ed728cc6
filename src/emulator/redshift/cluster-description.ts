import type { VpcEndpoint } from "../ec2/vpc-endpoint-state.ts";
import { memberships } from "../shared/store-groups.ts";
import { isReachable, statusOf } from "../shared/store-status.ts";
import type { Place } from "../state.ts";
import { type Element, elements, optionalElement } from "../wire/elements.ts";
import type { Cluster } from "./cluster-state.ts";

/** Page API_Cluster. A cluster that is being created has no endpoint; that one being deleted has none is assumed. */
export function describeCluster(cluster: Cluster, place: Place, status: string = statusOf(cluster)): Element {
  const { name, isPublic, groups, endpoint, namespaceArn } = cluster;
  const fields: Element[] = [
    ["ClusterIdentifier", name],
    ["NodeType", "ra3.large"],
    ["ClusterStatus", status],
    ["ClusterAvailabilityStatus", status === "available" ? "Available" : "Modifying"],
    ["MasterUsername", "emulated"],
    ["DBName", "dev"],
    ...(showsEndpoint(status, place) ? [describeEndpoint(cluster, place)] : []),
    ["ClusterSecurityGroups", memberships("ClusterSecurityGroup", "ClusterSecurityGroupName", groups.classicGroups)],
    ["VpcSecurityGroups", memberships("VpcSecurityGroup", "VpcSecurityGroupId", groups.networkInterface?.groupIds)],
    ...optionalElement("VpcId", groups.networkInterface?.vpcId),
    ["PubliclyAccessible", isPublic],
    ["Tags", []],
    ["AvailabilityZoneRelocationStatus", endpoint === undefined ? "disabled" : "enabled"],
    ["ClusterNamespaceArn", namespaceArn],
  ];
  return ["Cluster", fields];
}

function showsEndpoint(status: string, { world }: Place): boolean {
  if (status === "paused" && world.settings.pausedClustersHideEndpoint) return false;
  return isReachable(status);
}

/** Page API_Endpoint. */
function describeEndpoint({ name, port, endpoint }: Cluster, place: Place): Element {
  const vpcEndpoints = endpoint === undefined ? [] : [describeVpcEndpoint(endpoint, place)];
  const address = `${name}.${place.account}.${place.region}.redshift.amazonaws.com`;
  return ["Endpoint", elements({ Address: address, Port: port, VpcEndpoints: vpcEndpoints })];
}

/** Pages API_VpcEndpoint and API_NetworkInterface. */
export function describeVpcEndpoint({ name: VpcEndpointId, vpcId, networkInterfaces }: VpcEndpoint, { region }: Place): Element {
  const interfaces = networkInterfaces.map(({ name: NetworkInterfaceId, subnetId, address }): Element => {
    const fields = { NetworkInterfaceId, SubnetId: subnetId, PrivateIpAddress: address, AvailabilityZone: `${region}a` };
    return ["NetworkInterface", elements(fields)];
  });
  return ["VpcEndpoint", elements({ VpcEndpointId, VpcId: vpcId, NetworkInterfaces: interfaces })];
}
