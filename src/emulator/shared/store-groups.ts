import {
  attachNetworkInterface,
  detachNetworkInterface,
  type ManagedInterface,
  type NetworkInterface,
} from "../ec2/network-interface-state.ts";
import type { Place } from "../state.ts";
import { type Element, elements } from "../wire/elements.ts";
import { invalidValue } from "../wire/errors.ts";

/** The security groups of a store: in a VPC those of its network interface, outside a VPC the service's own ("classic") groups. */
export interface StoreGroups {
  readonly networkInterface: NetworkInterface | undefined;
  readonly classicGroups: readonly string[];
}

/** The groups that a request names. */
interface RequestedGroups {
  readonly classicGroups: readonly string[];
  readonly groupIds: readonly string[];
}

/**
 * The groups of a store after a request. If the request names none: those that the store has, or for a new store the default group of the
 * default VPC. The code for an unknown VPC security group is not documented; InvalidParameterValue is one that all Query services share.
 */
export function changeGroups(
  place: Place,
  current: StoreGroups | undefined,
  { classicGroups, groupIds }: RequestedGroups,
  managed: Omit<ManagedInterface, "groupIds">,
): StoreGroups {
  if (classicGroups.length > 0) {
    detachNetworkInterface(place, managed.owner);
    return { networkInterface: undefined, classicGroups };
  }
  if (current !== undefined && groupIds.length === 0) return current;
  return { networkInterface: attachNetworkInterface(place, { ...managed, groupIds }, invalidValue), classicGroups: [] };
}

/** The groups of a store as responses list them: each with a status. */
export function memberships(element: string, field: string, groups: readonly string[] = []): readonly Element[] {
  return groups.map((group): Element => [element, elements({ [field]: group, Status: "active" })]);
}
