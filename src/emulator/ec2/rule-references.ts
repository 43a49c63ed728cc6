import type { Place } from "../state.ts";
import type { Parameters } from "../wire/parameters.ts";
import { ec2Error } from "./actions.ts";
import { findPrefixList } from "./managed-prefix-list-state.ts";
import type { GroupReference } from "./rule-form.ts";
import { findOrCreateGroup, findOrCreateGroupByName, groupNotFound, placeOfGroup } from "./security-group-state.ts";

/** The id of a prefix list that a rule refers to. Throws if it does not exist; with `createMissing` it is created. */
export function readPrefixListId(id: string, place: Place): string {
  return findPrefixList(place, id, place.world.settings.createMissing).name;
}

/**
 * The security group that a rule refers to (page API_UserIdGroupPair). If the request states no owner, the owner is that of the group.
 * Throws if the group does not exist in this account. A group of another account that the emulator has not seen is assumed to exist;
 * if the request does not state its owner either, the reference has none.
 */
export function readGroupReference(pair: Parameters, place: Place): GroupReference {
  const userId = pair.get("UserId");
  const groupId = pair.get("GroupId") ?? findOrCreateGroupByName(place, requiredName(pair)).id;
  const reference = (owner: string | undefined): GroupReference => ({
    groupId,
    userId: owner,
    vpcId: pair.get("VpcId"),
    vpcPeeringConnectionId: pair.get("VpcPeeringConnectionId"),
  });
  const owner = placeOfGroup(place, groupId);
  if (owner?.region === place.region && (userId ?? owner.account) === owner.account) return reference(owner.account);
  const isElsewhere = userId === undefined ? place.world.settings.createMissing && !pair.has("GroupName") : userId !== place.account;
  if (owner === undefined && isElsewhere) return reference(userId);
  if (owner?.account === place.account && isElsewhere) throw groupNotFound(groupId);
  findOrCreateGroup(place, groupId);
  return reference(place.account);
}

function requiredName(pair: Parameters): string {
  const name = pair.get("GroupName");
  if (name === undefined) throw ec2Error("MissingParameter", "The request must contain the parameter groupId");
  return name;
}
