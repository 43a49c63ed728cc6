import { deleteEndpoint, putStoreEndpoint } from "../ec2/vpc-endpoint-state.ts";
import type { Operation } from "../operation.ts";
import { redshiftService } from "../shared/redshift-endpoint.ts";
import { memberships } from "../shared/store-groups.ts";
import type { Place } from "../state.ts";
import { invalidValue, QueryError } from "../wire/errors.ts";
import { list, optional, type Parameters, required } from "../wire/parameters.ts";
import { findCluster } from "./cluster-state.ts";
import { type Authorization, allAuthorizations, checkNotRevoking, findAuthorization } from "./endpoint-authorization-state.ts";

/** "Endpoints per authorization" (management guide, amazon-redshift-limits). */
const maxEndpoints = 5;

/** Page API_CreateEndpointAccess. The caller is the grantee. */
export const createEndpointAccess: Operation = (parameters, place) => {
  const name = required(parameters, "EndpointName");
  const subnetGroup = required(parameters, "SubnetGroupName");
  const owner = optional(parameters, "ResourceOwner") ?? place.account;
  const grantor = { ...place, account: owner };
  const cluster = findCluster(grantor, required(parameters, "ClusterIdentifier"));
  const authorization = findAuthorization(grantor, cluster.name, place.account);
  checkNotRevoking(authorization);
  if (authorization === undefined) throw accessDenied();
  checkNewEndpoint(authorization, name, place);
  const groupIds = createEndpoint(authorization, name, parameters, place);
  return [
    ["ClusterIdentifier", cluster.name],
    ["ResourceOwner", owner],
    ["SubnetGroupName", subnetGroup],
    ["EndpointStatus", "creating"],
    ["EndpointName", name],
    ["Port", cluster.port],
    ["VpcSecurityGroups", memberships("VpcSecurityGroup", "VpcSecurityGroupId", groupIds)],
  ];
};

function checkNewEndpoint({ endpoints }: Authorization, name: string, place: Place): void {
  const own = allAuthorizations(place).filter(({ grantee }) => grantee === place.account);
  if (own.some((one) => one.endpoints.some((endpoint) => endpoint.name === name))) {
    throw new QueryError("EndpointAlreadyExists", 400, `The account already has the endpoint ${name}.`);
  }
  if (endpoints.length >= maxEndpoints) {
    throw new QueryError("EndpointsPerAuthorizationLimitExceeded", 400, `The authorization has ${maxEndpoints} endpoints already.`);
  }
}

/**
 * Creates the endpoint and returns its security groups, which guard "inbound traffic that you are authorizing into your endpoint" (page
 * API_CreateEndpointAccess). There are no subnet groups here: the VPC is that of the security groups, or without any the first VPC that is
 * authorized.
 */
function createEndpoint(authorization: Authorization, name: string, parameters: Parameters, place: Place): readonly string[] {
  const groupIds = list(parameters, "VpcSecurityGroupIds.VpcSecurityGroupId");
  const vpcEndpoint = putStoreEndpoint(place, undefined, { serviceName: redshiftService(place), groupIds }, invalidValue);
  const { vpcIds, endpoints } = authorization;
  const vpcId = groupIds.length > 0 ? vpcEndpoint.vpcId : (vpcIds?.[0] ?? vpcEndpoint.vpcId);
  if (vpcIds !== undefined && !vpcIds.includes(vpcId)) {
    deleteEndpoint(place, vpcEndpoint);
    throw accessDenied();
  }
  authorization.endpoints = [...endpoints, { name, vpcId, place, vpcEndpoint }];
  return vpcEndpoint.groupIds;
}

function accessDenied(): QueryError {
  return new QueryError("AccessToClusterDenied", 400, "You are not authorized to access the cluster.");
}
