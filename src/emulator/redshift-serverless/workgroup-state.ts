import { randomUUID } from "node:crypto";
import { groupsToAttach } from "../ec2/network-interface-state.ts";
import { deleteStoreEndpoint, putStoreEndpoint, type VpcEndpoint } from "../ec2/vpc-endpoint-state.ts";
import { redshiftEndpoint } from "../shared/redshift-endpoint.ts";
import { deletion, type StoreChange, statusOf } from "../shared/store-status.ts";
import { type Place, perPlace, resourcesPerPlace, settlesAt } from "../state.ts";
import { QueryError } from "../wire/errors.ts";
import { boolean, integer, list, type Parameters } from "../wire/parameters.ts";

/** A namespace, which holds the data of one workgroup. */
interface Namespace {
  readonly name: string;
  readonly id: string;
}

/** A workgroup. */
export interface Workgroup extends StoreChange {
  readonly name: string;
  readonly id: string;
  readonly namespace: string;
  readonly port: number;
  readonly isPublic: boolean;
  readonly groupIds: readonly string[];
  readonly endpoint: VpcEndpoint;
}

/** The namespaces of a place, by name. */
export const namespacesOf: (place: Place) => Map<string, Namespace> = perPlace(() => new Map());

/** The workgroups of a place, by name. */
export const workgroupsOf: (place: Place) => Map<string, Workgroup> = resourcesPerPlace();

/** The error for an invalid request. Codes and statuses of errors are those of the API's own model (JSON 1.1, version 2021-04-21). */
export function validationError(message: string): QueryError {
  return new QueryError("ValidationException", 400, message);
}

/** Creates a namespace. */
export function addNamespace(place: Place, name: string): Namespace {
  const namespace = { name, id: randomUUID() };
  namespacesOf(place).set(name, namespace);
  return namespace;
}

/** The workgroup with this name. Throws ResourceNotFoundException. */
export function findWorkgroup(place: Place, name: string): Workgroup {
  const workgroup = workgroupsOf(place).get(name);
  if (workgroup === undefined) throw new QueryError("ResourceNotFoundException", 404, `Workgroup ${name} not found.`);
  return workgroup;
}

/** The same. With `createMissing`, an unknown workgroup is created, with a namespace of the same name. */
export function findOrCreateWorkgroup(place: Place, name: string): Workgroup {
  if (!place.world.settings.createMissing || workgroupsOf(place).has(name)) return findWorkgroup(place, name);
  return createWorkgroup(place, name, addNamespace(place, name).name, new Map());
}

/** Creates a workgroup with the port, access and groups of the request. */
export function createWorkgroup(
  place: Place,
  name: string,
  namespace: string,
  parameters: Parameters,
  change: StoreChange["change"] = "creating",
): Workgroup {
  return put(place, { name, id: randomUUID(), namespace, change }, parameters);
}

/** Changes the port, access and groups of a workgroup that the request states. Throws ConflictException while a change is under way. */
export function updateWorkgroup(place: Place, workgroup: Workgroup, parameters: Parameters): Workgroup {
  checkAvailable(workgroup);
  return put(place, { ...workgroup, change: "modifying" }, parameters);
}

/** Deletes a workgroup and its VPC endpoint. Throws ConflictException while a change is under way. */
export function deleteWorkgroup(place: Place, workgroup: Workgroup): void {
  checkAvailable(workgroup);
  const change = deletion(place);
  workgroupsOf(place).set(workgroup.name, { ...workgroup, ...change });
  deleteStoreEndpoint(place, workgroup.endpoint, change.goneAt);
}

function checkAvailable(workgroup: Workgroup): void {
  if (statusOf(workgroup) !== "available") throw new QueryError("ConflictException", 409, `Workgroup ${workgroup.name} is not available.`);
}

/** Clients reach a workgroup on one port, through the network interfaces of a VPC endpoint (page API_Endpoint). */
function put(place: Place, before: Pick<Workgroup, "name" | "id" | "namespace" | "change">, parameters: Parameters): Workgroup {
  const { name } = before;
  const current = workgroupsOf(place).get(name);
  const port = integer(parameters, "port") ?? current?.port ?? 5439;
  // "Valid port ranges are 5431-5455 and 8191-8215" (page API_CreateWorkgroup).
  if (!((port >= 5431 && port <= 5455) || (port >= 8191 && port <= 8215))) throw validationError(`Invalid port: ${port}`);
  const isPublic = boolean(parameters, "publiclyAccessible") ?? current?.isPublic ?? false;
  const requested = list(parameters, "securityGroupIds");
  const network = groupsToAttach(place, requested.length > 0 ? requested : (current?.groupIds ?? []), validationError);
  const endpoint = putStoreEndpoint(place, current?.endpoint, redshiftEndpoint(place, network), validationError);
  const workgroup: Workgroup = { ...before, port, isPublic, groupIds: network.groupIds, endpoint, settlesAt: settlesAt(place) };
  workgroupsOf(place).set(name, workgroup);
  return workgroup;
}
