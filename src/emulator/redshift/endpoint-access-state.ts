import { deleteEndpoint as deleteVpcEndpoint, type VpcEndpoint } from "../ec2/vpc-endpoint-state.ts";
import { memberships } from "../shared/store-groups.ts";
import { type StoreChange, statusOf } from "../shared/store-status.ts";
import { type Place, perPlace } from "../state.ts";
import type { Element } from "../wire/elements.ts";
import { QueryError } from "../wire/errors.ts";
import { describeVpcEndpoint } from "./cluster-description.ts";
import { clustersOf } from "./cluster-state.ts";

/** A Redshift-managed VPC endpoint of an account, to a cluster of the same or of another account. */
export interface Endpoint extends StoreChange {
  readonly name: string;
  readonly place: Place;
  /** Where the cluster is: the owner's place. */
  readonly grantor: Place;
  readonly cluster: string;
  readonly subnetGroup: string;
  readonly createdAt: string;
  readonly vpcId: string;
  readonly vpcEndpoint: VpcEndpoint;
}

/** The endpoints of a place, by name. */
export const endpointsOf: (place: Place) => Map<string, Endpoint> = perPlace(() => new Map());

/** The endpoint with this name. Throws EndpointNotFound. */
export function findEndpoint(place: Place, name: string): Endpoint {
  const endpoint = endpointsOf(place).get(name);
  if (endpoint === undefined) throw new QueryError("EndpointNotFound", 404, `The endpoint ${name} doesn't exist.`);
  return endpoint;
}

/** Deletes an endpoint and its VPC endpoint. */
export function deleteEndpoint({ name, place, vpcEndpoint }: Endpoint): void {
  endpointsOf(place).delete(name);
  deleteVpcEndpoint(place, vpcEndpoint);
}

/**
 * Page API_EndpointAccess. The port is the cluster's. That an endpoint shows neither address nor VPC endpoint while it is being created is
 * inferred from clusters.
 */
export function describeEndpoint(endpoint: Endpoint, place: Place, status: string = statusOf(endpoint)): readonly Element[] {
  const { name, grantor, cluster, subnetGroup, createdAt, vpcEndpoint } = endpoint;
  const port = clustersOf(grantor).get(cluster)?.port;
  const address: Element = ["Address", `${name}-endpoint.${place.account}.${place.region}.redshift.amazonaws.com`];
  return [
    ["ClusterIdentifier", cluster],
    ["ResourceOwner", grantor.account],
    ["SubnetGroupName", subnetGroup],
    ["EndpointStatus", status === "available" ? "active" : status],
    ["EndpointName", name],
    ["EndpointCreateTime", createdAt],
    ...(port === undefined ? [] : [["Port", port] as const]),
    ["VpcSecurityGroups", memberships("VpcSecurityGroup", "VpcSecurityGroupId", vpcEndpoint.groupIds)],
    ...(status === "creating" ? [] : [address, describeVpcEndpoint(vpcEndpoint, place)]),
  ];
}
