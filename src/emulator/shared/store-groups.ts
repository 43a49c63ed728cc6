import type { NetworkInterface } from "../ec2/network-interfaces.ts";

/** What stands in front of a store: in a VPC the groups of its network interface, outside of one the service's own security groups. */
export interface Guard {
  readonly networkInterface: NetworkInterface | undefined;
  readonly ownGroups: readonly string[];
}

/** What a request asks for, and how a store gets its network interface or loses it. */
interface Wish {
  readonly ownGroups: readonly string[];
  readonly groupIds: readonly string[];
  attach(groupIds: readonly string[]): NetworkInterface;
  detach(): void;
}

/** The guard that a new or a changed store gets. Nothing asked for: what it has, or the default group of the default VPC. */
export function guardFor(known: Guard | undefined, { ownGroups, groupIds, attach, detach }: Wish): Guard {
  if (ownGroups.length > 0) {
    detach();
    return { networkInterface: undefined, ownGroups };
  }
  if (known === undefined || groupIds.length > 0) return { networkInterface: attach(groupIds), ownGroups: [] };
  return known;
}
