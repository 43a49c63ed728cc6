import type { Place } from "../state.ts";
import { type Element, elements } from "../wire/elements.ts";
import type { QueryError } from "../wire/errors.ts";
import { list, type Parameters } from "../wire/parameters.ts";
import { itemSet } from "./describe.ts";
import { defaultGroup, findGroup } from "./security-group-state.ts";

/**
 * The ids of the groups that a request names, or of the VPC's default group ("if this parameter is not specified", page
 * API_CreateVpcEndpoint). If a group is in another VPC, throws what `refuse` returns.
 */
export function requestedGroupIds(parameters: Parameters, place: Place, vpcId: string, refuse: () => QueryError): readonly string[] {
  const named = list(parameters, "SecurityGroupId").map((id) => findGroup(place, id));
  const groups = named.length > 0 ? named : [defaultGroup(place, vpcId)];
  if (groups.some((group) => group.vpcId !== vpcId)) throw refuse();
  return groups.map(({ id }) => id);
}

/** The `groupSet` of a network interface or a VPC endpoint: its groups with their names. */
export function groupSet(groupIds: readonly string[], place: Place): Element {
  return itemSet("groupSet", groupIds, (groupId) => elements({ groupId, groupName: findGroup(place, groupId).title }));
}
