import { newId, type Place, resourcesPerPlace } from "../state.ts";
import type { QueryError } from "../wire/errors.ts";
import { deleteInterface, groupsToAttach, type NetworkInterface, putNetworkInterface, subnetOf } from "./network-interface-state.ts";

/** An interface endpoint; `name` is its id. */
export interface VpcEndpoint {
  readonly name: string;
  readonly serviceName: string;
  readonly vpcId: string;
  readonly groupIds: readonly string[];
  /** "Whether the endpoint is being managed by its service" (page API_VpcEndpoint), and not by the account that it is in. */
  readonly isManaged: boolean;
  readonly networkInterfaces: readonly NetworkInterface[];
  /** When it is gone, if it is being deleted. */
  readonly goneAt?: number;
}

/** The interface endpoints of a place, by id. */
export const vpcEndpointsOf: (place: Place) => Map<string, VpcEndpoint> = resourcesPerPlace();

/**
 * What all network interfaces of interface endpoints have, whoever created the endpoint. They are managed by an account of AWS's, and not
 * under the name of a service (EC2 User Guide, requester-managed-eni, whose example this is).
 */
function interfaceForm(endpointId: string) {
  return {
    description: `VPC Endpoint Interface ${endpointId}`,
    type: "vpc_endpoint",
    requester: "727180483921",
    isManaged: true,
  } as const;
}

/**
 * Creates the endpoint through which clients reach a store, or gives the current one the groups, if there are any. Without groups, a new
 * endpoint has the default group of the default VPC. If they cannot be attached, throws what `refuse` returns for the message.
 */
export function putStoreEndpoint(
  place: Place,
  current: VpcEndpoint | undefined,
  { serviceName, groupIds }: Pick<VpcEndpoint, "serviceName" | "groupIds">,
  refuse: (message: string) => QueryError,
): VpcEndpoint {
  if (current !== undefined && groupIds.length === 0) return current;
  const name = current?.name ?? newId("vpce", place);
  const attached = groupsToAttach(place, groupIds, refuse);
  const form = { ...interfaceForm(name), ...attached, subnetId: subnetOf(place, attached.vpcId) };
  const networkInterface = putNetworkInterface(place, form, current?.networkInterfaces[0]?.name);
  return put(place, { name, serviceName, isManaged: true, ...attached, networkInterfaces: [networkInterface] });
}

/** Creates an account's own endpoint, with a network interface in each of the subnets. */
export function addOwnEndpoint(
  place: Place,
  form: Pick<VpcEndpoint, "serviceName" | "vpcId" | "groupIds">,
  subnetIds: readonly string[],
): VpcEndpoint {
  const name = newId("vpce", place);
  const { vpcId, groupIds } = form;
  const attached = (subnetId: string) => putNetworkInterface(place, { ...interfaceForm(name), vpcId, groupIds, subnetId });
  const networkInterfaces = subnetIds.map(attached);
  return put(place, { ...form, name, isManaged: false, networkInterfaces });
}

/** Deletes an endpoint and its network interfaces; by default at once. */
export function deleteEndpoint(place: Place, endpoint: VpcEndpoint, goneAt: number = performance.now()): void {
  put(place, { ...endpoint, goneAt });
  for (const { name } of endpoint.networkInterfaces) deleteInterface(place, name, goneAt);
}

/** Deletes the endpoint of a store that is listed until `storeGoneAt`. */
export function deleteStoreEndpoint(place: Place, endpoint: VpcEndpoint, storeGoneAt: number): void {
  deleteEndpoint(place, endpoint, storeGoneAt + place.world.settings.endpointsOutliveStoresMs);
}

function put(place: Place, endpoint: VpcEndpoint): VpcEndpoint {
  vpcEndpointsOf(place).set(endpoint.name, endpoint);
  return endpoint;
}
