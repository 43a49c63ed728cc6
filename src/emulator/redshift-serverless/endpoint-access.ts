import { arnOf } from "../arn.ts";
import type { VpcEndpoint } from "../ec2/vpc-endpoint-state.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import { isEndpointName, putRedshiftEndpoint } from "../shared/redshift-endpoint.ts";
import { type StoreChange, statusOf } from "../shared/store-status.ts";
import { type Place, perPlace, settlesAt } from "../state.ts";
import { redshiftServerless } from "../wire/apis.ts";
import { type Element, elements } from "../wire/elements.ts";
import { QueryError } from "../wire/errors.ts";
import { pageOf } from "../wire/paging.ts";
import { list } from "../wire/parameters.ts";
import { findOrCreateWorkgroup, validationError, workgroupsOf } from "./workgroup-state.ts";
import { describeVpcEndpoint, paging } from "./workgroups.ts";

/** A managed VPC endpoint to a workgroup. */
interface Endpoint extends StoreChange {
  readonly name: string;
  readonly workgroup: string;
  readonly subnetIds: readonly string[];
  readonly createdAt: string;
  readonly vpcEndpoint: VpcEndpoint;
}

const endpointsOf: (place: Place) => Map<string, Endpoint> = perPlace(() => new Map());

/**
 * Page API_CreateEndpointAccess of redshift-serverless. Who may connect to the workgroup of another account is not part of that page: here
 * nobody may, with the code that the page lists.
 */
const create: Operation = (parameters, place) => {
  const name = parameters.get("endpointName") ?? "";
  if (!isEndpointName(name)) throw validationError(`Invalid endpointName: ${name}`);
  const subnetIds = list(parameters, "subnetIds");
  if (subnetIds.length === 0) throw validationError("subnetIds is required");
  if ((parameters.get("ownerAccount") ?? place.account) !== place.account) {
    throw new QueryError("AccessDeniedException", 403, "You are not authorized to access the workgroup.");
  }
  const workgroup = findOrCreateWorkgroup(place, parameters.get("workgroupName") ?? "").name;
  if (endpointsOf(place).has(name)) throw new QueryError("ConflictException", 409, `Endpoint ${name} already exists.`);
  const vpcEndpoint = putRedshiftEndpoint(place, undefined, list(parameters, "vpcSecurityGroupIds"), validationError);
  const times = { createdAt: new Date().toISOString(), settlesAt: settlesAt(place) };
  const endpoint: Endpoint = { name, workgroup, subnetIds, vpcEndpoint, ...times, change: "creating" };
  endpointsOf(place).set(name, endpoint);
  return [["endpoint", describeEndpoint(endpoint, place, "CREATING")]];
};

/** Page API_UpdateEndpointAccess: the request has "the list of VPC security groups … after the endpoint is modified". */
const update: Operation = (parameters, place) => {
  const name = parameters.get("endpointName") ?? "";
  const endpoint = endpointsOf(place).get(name);
  if (endpoint === undefined) throw new QueryError("ResourceNotFoundException", 404, `Endpoint ${name} not found.`);
  if (statusOf(endpoint) !== "available") throw new QueryError("ConflictException", 409, `Endpoint ${name} is not active.`);
  const vpcEndpoint = putRedshiftEndpoint(place, endpoint.vpcEndpoint, list(parameters, "vpcSecurityGroupIds"), validationError);
  const updated: Endpoint = { ...endpoint, vpcEndpoint, change: "modifying", settlesAt: settlesAt(place) };
  endpointsOf(place).set(name, updated);
  return [["endpoint", describeEndpoint(updated, place, "MODIFYING")]];
};

/** Page API_ListEndpointAccess. That it shows an account's own endpoints is inferred. */
const listAll: Operation = (parameters, place) => {
  const workgroup = parameters.get("workgroupName");
  const matching = [...endpointsOf(place).values()].filter((one) => workgroup === undefined || one.workgroup === workgroup);
  const { items, marker } = pageOf(matching, parameters, place, paging);
  return [["endpoints", items.map((item): Element => ["member", describeEndpoint(item, place)])], ...marker];
};

/** Redshift Serverless's managed VPC endpoints. */
export const serverlessEndpointAccess: ActionGroup = {
  api: redshiftServerless,
  operations: { CreateEndpointAccess: create, UpdateEndpointAccess: update, ListEndpointAccess: listAll },
};

/** Page API_EndpointAccess. That an endpoint shows no VPC endpoint while it is being created is inferred from workgroups. */
function describeEndpoint(endpoint: Endpoint, place: Place, status: string = statusOf(endpoint).toUpperCase()): readonly Element[] {
  const { name, workgroup, subnetIds, createdAt, vpcEndpoint } = endpoint;
  const port = workgroupsOf(place).get(workgroup)?.port;
  const groups = vpcEndpoint.groupIds.map((id): Element => ["member", elements({ vpcSecurityGroupId: id, status: "active" })]);
  const address: Element = ["address", `${name}-endpoint.${place.account}.${place.region}.redshift-serverless.amazonaws.com`];
  return [
    ["endpointName", name],
    ["endpointArn", arnOf("redshift-serverless", place, `managedvpcendpoint/${name}`)],
    ["endpointStatus", status === "AVAILABLE" ? "ACTIVE" : status],
    ["endpointCreateTime", createdAt],
    ["workgroupName", workgroup],
    ["subnetIds", subnetIds.map((id): Element => ["member", id])],
    ["vpcSecurityGroups", groups],
    ...(port === undefined ? [] : [["port", port] as const]),
    ...(status === "CREATING" ? [] : [address, ["vpcEndpoint", describeVpcEndpoint(vpcEndpoint, place)] as const]),
  ];
}
