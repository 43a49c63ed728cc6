import type { Operation } from "../operation.ts";
import { type Place, settlesAt } from "../state.ts";
import type { Element } from "../wire/elements.ts";
import { invalidValue, QueryError } from "../wire/errors.ts";
import { pageOf } from "../wire/paging.ts";
import { boolean, list, optional, type Parameters, required } from "../wire/parameters.ts";
import { findAvailableCluster, findCluster } from "./cluster-state.ts";
import { deleteEndpoint } from "./endpoint-access-state.ts";
import {
  type Authorization,
  addAuthorization,
  allAuthorizations,
  checkNotRevoking,
  describeAuthorization,
  endpointsUnder,
  findAuthorization,
} from "./endpoint-authorization-state.ts";

/** "Grantees to access a cluster" (management guide, amazon-redshift-limits). */
const maxGrantees = 5;

/** Page API_AuthorizeEndpointAccess. */
export const authorizeEndpointAccess: Operation = (parameters, place) => {
  const { grantee, vpcIds, ...requested } = readRequest(parameters);
  const { name, namespaceArn } = findAvailableCluster(place, requested.cluster);
  const known = findAuthorization(place, name, grantee);
  checkNotRevoking(known);
  if (known !== undefined) {
    addVpcs(known, vpcIds);
    return describeAuthorization(known);
  }
  checkGrantees(place, name);
  return describeAuthorization(addAuthorization({ grantor: place, grantee, cluster: name, namespaceArn, vpcIds }));
};

/**
 * A grantee has one authorization for each cluster, so a second request adds VPCs to it. That a request without a new VPC fails with
 * EndpointAuthorizationAlreadyExists is inferred from the name of the code.
 */
function addVpcs(authorization: Authorization, vpcIds: readonly string[] | undefined): void {
  const { grantee, vpcIds: current } = authorization;
  const added = vpcIds?.filter((id) => !current?.includes(id));
  if (current === undefined || added?.length === 0) {
    throw new QueryError("EndpointAuthorizationAlreadyExists", 400, `${grantee} is authorized already.`);
  }
  authorization.vpcIds = added && [...current, ...added];
}

function checkGrantees(place: Place, cluster: string): void {
  const others = allAuthorizations(place).filter((one) => one.grantor.account === place.account && one.cluster === cluster);
  if (others.length < maxGrantees) return;
  throw new QueryError("EndpointAuthorizationsPerClusterLimitExceeded", 400, `There are ${maxGrantees} grantees already.`);
}

/** Revokes the whole authorization, or some of its VPCs (page API_RevokeEndpointAccess). */
export const revokeEndpointAccess: Operation = (parameters, place) => {
  const { grantee, cluster, vpcIds } = readRequest(parameters);
  findCluster(place, cluster);
  const authorization = findAuthorization(place, cluster, grantee);
  checkNotRevoking(authorization);
  if (authorization === undefined || vpcIds?.some((id) => !authorization.vpcIds?.includes(id))) {
    throw new QueryError("EndpointAuthorizationNotFound", 404, `The authorization of ${grantee} for ${cluster} can't be found.`);
  }
  removeEndpoints(authorization, vpcIds, boolean(parameters, "Force") === true);
  const remaining = vpcIds && authorization.vpcIds?.filter((id) => !vpcIds.includes(id));
  if (remaining !== undefined && remaining.length > 0) authorization.vpcIds = remaining;
  else authorization.settlesAt = settlesAt(place);
  return describeAuthorization(authorization);
};

/**
 * While there are endpoints in the VPCs to revoke, only `Force` revokes them, and deletes the endpoints. The code without `Force` is not
 * documented. Of those on page API_RevokeEndpointAccess it is InvalidAuthorizationState here: the request names an authorization and no
 * endpoint, and the endpoints are active, which is a valid state of theirs (InvalidEndpointState).
 */
function removeEndpoints(authorization: Authorization, vpcIds: readonly string[] | undefined, force: boolean): void {
  const affected = endpointsUnder(authorization).filter(({ vpcId }) => vpcIds?.includes(vpcId) ?? true);
  if (affected.length > 0 && !force) {
    throw new QueryError("InvalidAuthorizationState", 400, `The authorization has ${affected.length} endpoints. Use Force to delete them.`);
  }
  affected.forEach(deleteEndpoint);
}

/** Page API_DescribeEndpointAuthorization. */
export const describeEndpointAuthorization: Operation = (parameters, place) => {
  const isGrantee = boolean(parameters, "Grantee") === true;
  const cluster = optional(parameters, "ClusterIdentifier");
  const other = optional(parameters, "Account");
  if (cluster !== undefined && !isGrantee) findCluster(place, cluster);
  const found = allAuthorizations(place).filter((one) => {
    const [own, peer] = isGrantee ? [one.grantee, one.grantor.account] : [one.grantor.account, one.grantee];
    return own === place.account && (other === undefined || peer === other) && (cluster === undefined || one.cluster === cluster);
  });
  const { items, marker } = pageOf(found, parameters, place);
  return [...marker, ["EndpointAuthorizationList", items.map((item): Element => ["member", describeAuthorization(item)])]];
};

/** The model does not require ClusterIdentifier. What a request without it means is not documented; here it is refused. */
function readRequest(parameters: Parameters): { grantee: string; cluster: string; vpcIds: readonly string[] | undefined } {
  const grantee = required(parameters, "Account");
  if (!/^\d{12}$/.test(grantee)) throw invalidValue(`Invalid account: ${grantee}`);
  const vpcIds = list(parameters, "VpcIds.VpcIdentifier");
  for (const id of vpcIds) if (!/^vpc-[0-9a-f]{1,17}$/.test(id)) throw invalidValue(`Invalid VPC identifier: ${id}`);
  return { grantee, cluster: required(parameters, "ClusterIdentifier"), vpcIds: vpcIds.length === 0 ? undefined : vpcIds };
}
