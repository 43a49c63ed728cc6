import type { Place } from "../state.ts";
import type { Parameters } from "../wire/parameters.ts";
import { ec2Error } from "./actions.ts";
import { findGroup, findGroupByName, findOrCreateGroup, findOrCreateGroupByName, type SecurityGroup } from "./security-group-state.ts";

type Find = (place: Place, nameOrId: string) => SecurityGroup;

/** The group that a request changes, by GroupId or GroupName. Throws if it does not exist. */
export function targetGroup(parameters: Parameters, place: Place): SecurityGroup {
  return target(parameters, place, findGroup, findGroupByName);
}

/** The same; with `createMissing`, an unknown group is created. */
export function targetOrCreatedGroup(parameters: Parameters, place: Place): SecurityGroup {
  return target(parameters, place, findOrCreateGroup, findOrCreateGroupByName);
}

function target(parameters: Parameters, place: Place, byId: Find, byName: Find): SecurityGroup {
  const id = parameters.get("GroupId");
  const title = parameters.get("GroupName");
  if (id !== undefined && title !== undefined) {
    throw ec2Error("InvalidParameterCombination", "The parameter groupName cannot be used with the parameter groupId");
  }
  if (id !== undefined) return byId(place, id);
  if (title !== undefined) return byName(place, title);
  throw ec2Error("MissingParameter", "The request must contain the parameter groupName or groupId");
}
