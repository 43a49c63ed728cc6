import { newId, type Place, perPlace, resourcesPerPlace } from "../state.ts";
import { QueryError } from "../wire/errors.ts";
import { defaultGroup, findOrCreateGroup } from "./security-group-state.ts";
import { addSubnet, networksOf } from "./vpc-state.ts";

/** A network interface; `name` is its id. */
export interface NetworkInterface {
  readonly name: string;
  readonly description: string;
  readonly type: "interface" | "vpc_endpoint";
  /** The account that created it, or for the node of a store the service, such as "amazon-elasticache". */
  readonly requester: string;
  readonly isManaged: boolean;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly address: string;
  readonly groupIds: readonly string[];
  /** What an account attached it to. Those that AWS manages are in use without it. */
  readonly attachment?: Attachment;
  /** When it is gone, if its resource is being deleted. */
  readonly goneAt?: number;
}

/** A network interface's place in an instance. */
export interface Attachment {
  readonly id: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
}

/** The network interface that a service creates for the nodes of a store. */
export interface ManagedInterface {
  /** The resource: each has one network interface at most. */
  readonly owner: string;
  readonly description: string;
  readonly requester: "amazon-elasticache" | "amazon-redshift";
  /** Empty: the default group of the default VPC. */
  readonly groupIds: readonly string[];
}

/** The network interfaces of a place, by id. */
export const networkInterfacesOf: (place: Place) => Map<string, NetworkInterface> = resourcesPerPlace();

const idsByOwner: (place: Place) => Map<string, string> = perPlace(() => new Map());

/** Creates a network interface, or changes the one with this id. */
export function putNetworkInterface(
  place: Place,
  form: Omit<NetworkInterface, "name" | "address">,
  id: string = newId("eni", place),
): NetworkInterface {
  const all = networkInterfacesOf(place);
  const address = all.get(id)?.address ?? `172.31.${(all.size >> 8) & 15}.${(all.size + 4) & 255}`;
  const networkInterface = { ...form, name: id, address };
  all.set(id, networkInterface);
  return networkInterface;
}

/** Creates the network interface of a resource, or changes its groups. Throws like `groupsToAttach`. */
export function attachNetworkInterface(
  place: Place,
  { owner, groupIds, ...form }: ManagedInterface,
  refuse: (message: string) => QueryError,
): NetworkInterface {
  const attachable = groupsToAttach(place, groupIds, refuse);
  const managed = { ...form, ...attachable, type: "interface", isManaged: true, subnetId: subnetOf(place, attachable.vpcId) } as const;
  const attached = putNetworkInterface(place, managed, idsByOwner(place).get(owner));
  idsByOwner(place).set(owner, attached.name);
  return attached;
}

/**
 * The groups that a request attaches to something, and their VPC. Without any, the default group of the default VPC. If a group does not
 * exist or the groups are in different VPCs, throws what `refuse` returns for the message. With `createMissing`, unknown groups are created.
 */
export function groupsToAttach(
  place: Place,
  groupIds: readonly string[],
  refuse: (message: string) => QueryError,
): Pick<NetworkInterface, "vpcId" | "groupIds"> {
  try {
    const requested = groupIds.map((id) => findOrCreateGroup(place, id));
    const [first = defaultGroup(place, networksOf(place).defaultVpcId), ...others] = requested;
    const { vpcId } = first;
    if (others.some((group) => group.vpcId !== vpcId)) throw refuse("The security groups are in different VPCs.");
    return { vpcId, groupIds: [first, ...others].map(({ id }) => id) };
  } catch (error) {
    // The service passes EC2's error on under a code of its own.
    throw error instanceof QueryError ? refuse(error.message) : error;
  }
}

/** The first subnet of a VPC; one is created if it has none. */
export function subnetOf(place: Place, vpcId: string): string {
  const subnet = [...networksOf(place).subnets.values()].find((one) => one.vpcId === vpcId);
  return (subnet ?? addSubnet(place, vpcId, "10.0.0.0/24")).id;
}

/** Deletes the network interface of a resource, if it has one; by default at once. */
export function detachNetworkInterface(place: Place, owner: string, goneAt: number = performance.now()): void {
  deleteInterface(place, idsByOwner(place).get(owner) ?? "", goneAt);
  idsByOwner(place).delete(owner);
}

/** Deletes a network interface, if there is one with this id. */
export function deleteInterface(place: Place, id: string, goneAt: number): void {
  const all = networkInterfacesOf(place);
  const known = all.get(id);
  if (known !== undefined) all.set(id, { ...known, goneAt });
}
