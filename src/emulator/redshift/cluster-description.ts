import { memberships } from "../shared/store-groups.ts";
import { statusOf } from "../shared/store-status.ts";
import type { Place } from "../state.ts";
import { type Element, elements, optionalElement } from "../wire/elements.ts";
import type { Cluster } from "./cluster-state.ts";

/** Page API_Cluster. A cluster that is being created has no endpoint. */
export function describeCluster(cluster: Cluster, { account, region }: Place, status: string = statusOf(cluster)): Element {
  const { name, port, isPublic, groups, namespaceArn } = cluster;
  const address = `${name}.${account}.${region}.redshift.amazonaws.com`;
  const fields: Element[] = [
    ["ClusterIdentifier", name],
    ["NodeType", "ra3.large"],
    ["ClusterStatus", status],
    ["ClusterAvailabilityStatus", status === "available" ? "Available" : "Modifying"],
    ["MasterUsername", "emulated"],
    ["DBName", "dev"],
    ...(status === "creating" ? [] : [["Endpoint", elements({ Address: address, Port: port })] as const]),
    ["ClusterSecurityGroups", memberships("ClusterSecurityGroup", "ClusterSecurityGroupName", groups.classicGroups)],
    ["VpcSecurityGroups", memberships("VpcSecurityGroup", "VpcSecurityGroupId", groups.networkInterface?.groupIds)],
    ...optionalElement("VpcId", groups.networkInterface?.vpcId),
    ["PubliclyAccessible", isPublic],
    ["Tags", []],
    ["ClusterNamespaceArn", namespaceArn],
  ];
  return ["Cluster", fields];
}
