import { deleteEndpoint } from "../ec2/vpc-endpoint-state.ts";
import type { Operation } from "../operation.ts";
import { isEndpointName, putRedshiftEndpoint } from "../shared/redshift-endpoint.ts";
import { type Place, settlesAt } from "../state.ts";
import { invalidValue, QueryError } from "../wire/errors.ts";
import { list, optional, type Parameters, required } from "../wire/parameters.ts";
import { type Cluster, findAvailableCluster } from "./cluster-state.ts";
import { describeEndpoint, type Endpoint, endpointsOf } from "./endpoint-access-state.ts";
import { type Authorization, checkNotRevoking, endpointsUnder, findAuthorization } from "./endpoint-authorization-state.ts";

/** "Endpoints per authorization" (management guide, amazon-redshift-limits). */
const maxEndpoints = 5;

/**
 * Page API_CreateEndpointAccess. The caller is the cluster's owner or a grantee: AuthorizeEndpointAccess is for access "across AWS accounts"
 * (page API_EndpointAuthorization), and the owner "is only required if the cluster is in another AWS account".
 */
export const createEndpointAccess: Operation = (parameters, place) => {
  const name = required(parameters, "EndpointName");
  const subnetGroup = required(parameters, "SubnetGroupName");
  if (!isEndpointName(name)) throw invalidValue(`Invalid endpoint name: ${name}`);
  const grantor = { ...place, account: optional(parameters, "ResourceOwner") ?? place.account };
  const cluster = findAvailableCluster(grantor, required(parameters, "ClusterIdentifier"));
  const authorization = authorizationFor(place, grantor, cluster);
  if (endpointsOf(place).has(name)) {
    throw new QueryError("EndpointAlreadyExists", 400, `The account already has the endpoint ${name}.`);
  }
  if (authorization !== undefined && endpointsUnder(authorization).length >= maxEndpoints) {
    throw new QueryError("EndpointsPerAuthorizationLimitExceeded", 400, `The authorization has ${maxEndpoints} endpoints already.`);
  }
  const form = { name, place, grantor, cluster: cluster.name, subnetGroup, ...network(authorization, parameters, place) };
  const times = { createdAt: new Date().toISOString(), settlesAt: settlesAt(place) };
  const endpoint: Endpoint = { ...form, ...times, change: "creating" };
  endpointsOf(place).set(name, endpoint);
  return describeEndpoint(endpoint, place, "creating");
};

/** The grantee's authorization; none for the cluster's owner. Throws AccessToClusterDenied if a grantee has none. */
function authorizationFor(place: Place, grantor: Place, cluster: Cluster): Authorization | undefined {
  if (grantor.account === place.account) return undefined;
  const authorization = findAuthorization(grantor, cluster.name, place.account);
  checkNotRevoking(authorization);
  if (authorization === undefined) throw accessDenied();
  return authorization;
}

/**
 * Creates the VPC endpoint with its security groups, which guard "inbound traffic that you are authorizing into your endpoint" (page
 * API_CreateEndpointAccess). There are no subnet groups here: the VPC is that of the security groups, or without any the first VPC that is
 * authorized.
 */
function network(authorization: Authorization | undefined, parameters: Parameters, place: Place): Pick<Endpoint, "vpcId" | "vpcEndpoint"> {
  const groupIds = list(parameters, "VpcSecurityGroupIds.VpcSecurityGroupId");
  const vpcEndpoint = putRedshiftEndpoint(place, undefined, groupIds, invalidValue);
  const vpcIds = authorization?.vpcIds;
  const vpcId = groupIds.length > 0 ? vpcEndpoint.vpcId : (vpcIds?.[0] ?? vpcEndpoint.vpcId);
  if (vpcIds === undefined || vpcIds.includes(vpcId)) return { vpcId, vpcEndpoint };
  deleteEndpoint(place, vpcEndpoint);
  throw accessDenied();
}

function accessDenied(): QueryError {
  return new QueryError("AccessToClusterDenied", 400, "You are not authorized to access the cluster.");
}
