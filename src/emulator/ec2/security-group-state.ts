import { newId, type Place, perPlace, perWorld } from "../state.ts";
import type { QueryError } from "../wire/errors.ts";
import { checkId, ec2Error } from "./actions.ts";
import type { RuleSource } from "./rule-form.ts";
import type { Rule, RuleSet } from "./security-group-rule-state.ts";
import { findVpc, networksOf } from "./vpc-state.ts";

/** A security group of a VPC. */
export interface SecurityGroup extends RuleSet {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly vpcId: string;
}

const createdGroups: (place: Place) => Map<string, SecurityGroup> = perPlace(() => new Map());

const placesById = perWorld(() => new Map<string, Place>());

/** The place of a group, in any account. */
export function placeOfGroup(place: Place, id: string): Place | undefined {
  return placesById(place.world).get(checkGroupId(id));
}

/** All groups of a place. The default group of a VPC exists from the start; it is created here at the first use. */
export function allGroups(place: Place): readonly SecurityGroup[] {
  const groups = createdGroups(place);
  for (const vpcId of networksOf(place).vpcs.keys()) {
    const hasDefault = [...groups.values()].some((group) => group.vpcId === vpcId && group.title === "default");
    if (!hasDefault) add(place, "default", "default VPC security group", vpcId);
  }
  return [...groups.values()];
}

/** Creates a group. Throws if the VPC does not exist or has a group with this name. */
export function createGroup(place: Place, title: string, description: string, vpcId: string): SecurityGroup {
  findVpc(place, vpcId);
  if (allGroups(place).some((group) => group.vpcId === vpcId && group.title === title)) {
    throw ec2Error("InvalidGroup.Duplicate", `The security group '${title}' already exists for VPC '${vpcId}'`);
  }
  return add(place, title, description, vpcId);
}

/** A new group has one rule, which allows all traffic out. A default group also allows all traffic from its members. */
function add(place: Place, title: string, description: string, vpcId: string, id: string = newId("sg", place)): SecurityGroup {
  const group: SecurityGroup = { id, title, description, vpcId, rules: new Map() };
  createdGroups(place).set(id, group);
  placesById(place.world).set(id, place);
  const addRule = (isEgress: boolean, source: RuleSource): void => {
    const form = { ipProtocol: "-1", fromPort: -1, toPort: -1, source, description: undefined };
    const rule: Rule = { id: newId("sgr", place), isEgress, form, previous: form, settlesAt: 0, tags: new Map() };
    group.rules.set(rule.id, rule);
  };
  addRule(true, { cidrIpv4: "0.0.0.0/0" });
  if (title === "default") addRule(false, { group: { groupId: id, userId: place.account } });
  return group;
}

/** The group with this id. Throws InvalidGroup.NotFound. */
export function findGroup(place: Place, id: string): SecurityGroup {
  checkGroupId(id);
  const group = createdGroups(place).get(id) ?? allGroups(place).find((other) => other.id === id);
  if (group === undefined) throw groupNotFound(id);
  return group;
}

/** The same; with `createMissing`, a group that no account has is created in the default VPC. */
export function findOrCreateGroup(place: Place, id: string): SecurityGroup {
  if (!place.world.settings.createMissing || placeOfGroup(place, id) !== undefined) return findGroup(place, id);
  return add(place, id, "Created by the emulator", networksOf(place).defaultVpcId, id);
}

/** The group with this name in the default VPC; names refer to no other VPC. Throws InvalidGroup.NotFound. */
export function findGroupByName(place: Place, title: string): SecurityGroup {
  const vpcId = networksOf(place).defaultVpcId;
  const group = allGroups(place).find((other) => other.title === title && other.vpcId === vpcId);
  if (group !== undefined) return group;
  throw ec2Error("InvalidGroup.NotFound", `The security group '${title}' does not exist in default VPC '${vpcId}'`);
}

/** The same; with `createMissing`, an unknown name is created. */
export function findOrCreateGroupByName(place: Place, title: string): SecurityGroup {
  const vpcId = networksOf(place).defaultVpcId;
  const isMissing = !allGroups(place).some((group) => group.title === title && group.vpcId === vpcId);
  if (!place.world.settings.createMissing || !isMissing) return findGroupByName(place, title);
  return add(place, title, "Created by the emulator", vpcId);
}

/** The default group of a VPC. Throws if the VPC does not exist. */
export function defaultGroup(place: Place, vpcId: string): SecurityGroup {
  const group = allGroups(place).find((other) => other.vpcId === vpcId && other.title === "default");
  if (group !== undefined) return group;
  throw ec2Error("InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
}

/** InvalidGroup.NotFound. */
export function groupNotFound(id: string): QueryError {
  return ec2Error("InvalidGroup.NotFound", `The security group '${id}' does not exist`);
}

function checkGroupId(id: string): string {
  return checkId(id, "sg", "InvalidGroupId.Malformed");
}
