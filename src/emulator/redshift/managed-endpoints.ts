import type { Operation } from "../operation.ts";
import { putRedshiftEndpoint } from "../shared/redshift-endpoint.ts";
import { statusOf } from "../shared/store-status.ts";
import { type Place, settlesAt } from "../state.ts";
import type { Element } from "../wire/elements.ts";
import { invalidValue, QueryError } from "../wire/errors.ts";
import { namedOrPage } from "../wire/paging.ts";
import { list, optional, type Parameters, required } from "../wire/parameters.ts";
import { deleteEndpoint, describeEndpoint, type Endpoint, endpointsOf, findEndpoint } from "./endpoint-access-state.ts";

/** Page API_ModifyEndpointAccess. The request has "the complete list of VPC security groups … after the endpoint is modified". */
export const modifyEndpointAccess: Operation = (parameters, place) => {
  const endpoint = findActiveEndpoint(parameters, place);
  const groupIds = list(parameters, "VpcSecurityGroupIds.VpcSecurityGroupId");
  const vpcEndpoint = putRedshiftEndpoint(place, endpoint.vpcEndpoint, groupIds, invalidValue);
  const modified: Endpoint = { ...endpoint, vpcEndpoint, change: "modifying", settlesAt: settlesAt(place) };
  endpointsOf(place).set(endpoint.name, modified);
  return describeEndpoint(modified, place, "modifying");
};

/** Page API_DeleteEndpointAccess. */
export const deleteEndpointAccess: Operation = (parameters, place) => {
  const endpoint = findActiveEndpoint(parameters, place);
  deleteEndpoint(endpoint);
  return describeEndpoint(endpoint, place, "deleting");
};

/**
 * Page API_DescribeEndpointAccess. That it shows an account's own endpoints, also those to clusters of other accounts, and none of its
 * grantees' is inferred: the owner of a cluster sees the number of its grantees' endpoints only (page API_EndpointAuthorization).
 */
export const describeEndpointAccess: Operation = (parameters, place) => {
  const name = optional(parameters, "EndpointName");
  const filters: readonly (readonly [string | undefined, (endpoint: Endpoint) => string])[] = [
    [optional(parameters, "ClusterIdentifier"), ({ cluster }) => cluster],
    [optional(parameters, "ResourceOwner"), ({ grantor }) => grantor.account],
    [optional(parameters, "VpcId"), ({ vpcId }) => vpcId],
  ];
  const named = name === undefined ? undefined : findEndpoint(place, name);
  const matching = [...endpointsOf(place).values()].filter((one) =>
    filters.every(([wanted, of]) => wanted === undefined || of(one) === wanted),
  );
  const { items, marker } = namedOrPage(named, matching, parameters, place);
  return [...marker, ["EndpointAccessList", items.map((item): Element => ["member", describeEndpoint(item, place)])]];
};

/** Throws InvalidEndpointState while a change is under way. */
function findActiveEndpoint(parameters: Parameters, place: Place): Endpoint {
  const endpoint = findEndpoint(place, required(parameters, "EndpointName"));
  if (statusOf(endpoint) === "available") return endpoint;
  throw new QueryError("InvalidEndpointState", 400, `The endpoint ${endpoint.name} is not active.`);
}
