import { arnOf } from "../arn.ts";
import type { VpcEndpoint } from "../ec2/vpc-endpoint-state.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import { isReachable, statusOf } from "../shared/store-status.ts";
import type { Place } from "../state.ts";
import { redshiftServerless } from "../wire/apis.ts";
import { type Element, elements } from "../wire/elements.ts";
import { QueryError } from "../wire/errors.ts";
import { type Paging, pageOf } from "../wire/paging.ts";
import type { Parameters } from "../wire/parameters.ts";
import {
  addNamespace,
  createWorkgroup,
  deleteWorkgroup,
  findWorkgroup,
  namespacesOf,
  updateWorkgroup,
  validationError,
  type Workgroup,
  workgroupsOf,
} from "./workgroup-state.ts";

/** `nextToken` and `maxResults` (botocore model, List…RequestMaxResultsInteger: 1 to 100). The default is not documented. */
export const paging: Paging = {
  token: "nextToken",
  next: "nextToken",
  size: "maxResults",
  least: 1,
  most: 100,
  usual: 100,
  invalid: validationError,
};

/** Page API_CreateNamespace. */
const createNamespace: Operation = (parameters, place) => {
  const name = readName(parameters, "namespaceName");
  if (namespacesOf(place).has(name)) throw new QueryError("ConflictException", 409, `Namespace ${name} already exists.`);
  const { id } = addNamespace(place, name);
  const namespaceArn = arnOf("redshift-serverless", place, `namespace/${id}`);
  const fields = elements({ namespaceName: name, namespaceId: id, namespaceArn, status: "AVAILABLE" });
  return [["namespace", fields]];
};

/** Page API_CreateWorkgroup. */
const create: Operation = (parameters, place) => {
  const name = readName(parameters, "workgroupName");
  const namespace = readName(parameters, "namespaceName");
  if (place.world.settings.createMissing && !namespacesOf(place).has(namespace)) addNamespace(place, namespace);
  if (!namespacesOf(place).has(namespace)) throw new QueryError("ResourceNotFoundException", 404, `Namespace ${namespace} not found.`);
  // A namespace has at most one workgroup.
  const isTaken = [...workgroupsOf(place).values()].some((other) => other.name === name || other.namespace === namespace);
  if (isTaken) throw new QueryError("ConflictException", 409, `Workgroup ${name} or one of ${namespace} already exists.`);
  return [["workgroup", describeWorkgroup(createWorkgroup(place, name, namespace, parameters), place, "CREATING")]];
};

/** Page API_UpdateWorkgroup. With `createMissing`, an unknown workgroup is created, with a namespace of the same name. */
const update: Operation = (parameters, place) => {
  const name = readName(parameters, "workgroupName");
  const isMissing = place.world.settings.createMissing && !workgroupsOf(place).has(name);
  const workgroup = isMissing
    ? createWorkgroup(place, name, addNamespace(place, name).name, parameters, "modifying")
    : updateWorkgroup(place, findWorkgroup(place, name), parameters);
  return [["workgroup", describeWorkgroup(workgroup, place, "MODIFYING")]];
};

/** Page API_DeleteWorkgroup. Its namespace stays. */
const remove: Operation = (parameters, place) => {
  const workgroup = findWorkgroup(place, readName(parameters, "workgroupName"));
  deleteWorkgroup(place, workgroup);
  return [["workgroup", describeWorkgroup(workgroup, place, "DELETING")]];
};

/** Page API_GetWorkgroup. */
const get: Operation = (parameters, place) => {
  const workgroup = findWorkgroup(place, readName(parameters, "workgroupName"));
  return [["workgroup", describeWorkgroup(workgroup, place)]];
};

/** Page API_ListWorkgroups. */
const listAll: Operation = (parameters, place) => {
  const { items, marker } = pageOf(workgroupsOf(place).values(), parameters, place, paging);
  return [["workgroups", items.map((workgroup): Element => ["member", describeWorkgroup(workgroup, place)])], ...marker];
};

/** Redshift Serverless's workgroups and namespaces. */
export const workgroups: ActionGroup = {
  api: redshiftServerless,
  operations: {
    CreateNamespace: createNamespace,
    CreateWorkgroup: create,
    UpdateWorkgroup: update,
    DeleteWorkgroup: remove,
    GetWorkgroup: get,
    ListWorkgroups: listAll,
  },
};

/** 3 to 64 lower-case letters, digits and hyphens (botocore model, shapes NamespaceName and WorkgroupName). */
function readName(parameters: Parameters, parameter: string): string {
  const name = parameters.get(parameter) ?? "";
  if (/^[a-z0-9-]{3,64}$/.test(name)) return name;
  throw validationError(`Invalid ${parameter}: ${name}`);
}

/** Page API_Workgroup. A workgroup that is being created has no endpoint; that one being deleted has none is assumed. */
function describeWorkgroup(workgroup: Workgroup, place: Place, status: string = statusOf(workgroup).toUpperCase()): readonly Element[] {
  const { name, id, namespace, port, isPublic, groupIds } = workgroup;
  return [
    ["workgroupName", name],
    ["workgroupId", id],
    ["workgroupArn", arnOf("redshift-serverless", place, `workgroup/${id}`)],
    ["namespaceName", namespace],
    ["securityGroupIds", groupIds.map((groupId): Element => ["member", groupId])],
    ["status", status],
    ["port", port],
    ["publiclyAccessible", isPublic],
    ...(isReachable(status) ? [["endpoint", describeEndpoint(workgroup, place)] as const] : []),
  ];
}

/** Page API_Endpoint. */
function describeEndpoint({ name, port, endpoint }: Workgroup, place: Place): readonly Element[] {
  const address = `${name}.${place.account}.${place.region}.redshift-serverless.amazonaws.com`;
  return elements({ address, port, vpcEndpoints: elements({ member: describeVpcEndpoint(endpoint, place) }) });
}

/** Pages API_VpcEndpoint and API_NetworkInterface. */
export function describeVpcEndpoint(endpoint: VpcEndpoint, { region }: Place): readonly Element[] {
  const networkInterfaces = endpoint.networkInterfaces.map((one): Element => {
    const { name: networkInterfaceId, subnetId, address: privateIpAddress } = one;
    return ["member", elements({ networkInterfaceId, subnetId, privateIpAddress, availabilityZone: `${region}a` })];
  });
  return elements({ vpcEndpointId: endpoint.name, vpcId: endpoint.vpcId, networkInterfaces });
}
