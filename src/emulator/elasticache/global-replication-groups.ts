import type { ActionGroup, Operation } from "../operation.ts";
import { elasticache } from "../wire/apis.ts";
import { type Element, elements } from "../wire/elements.ts";
import { QueryError } from "../wire/errors.ts";
import { namedOrPage } from "../wire/paging.ts";
import { boolean, optional, required } from "../wire/parameters.ts";
import { findGlobalGroup, type GlobalReplicationGroup, globalGroupsOf } from "./global-replication-group-state.ts";
import { findReplicationGroup } from "./replication-group-state.ts";

/** Page API_CreateGlobalReplicationGroup. "Each Amazon Region has its own prefix"; all have the same one here. */
const create: Operation = (parameters, place) => {
  const name = `ldgnf-${required(parameters, "GlobalReplicationGroupIdSuffix")}`;
  const primary = findReplicationGroup(place, required(parameters, "PrimaryReplicationGroupId").toLowerCase());
  const groups = globalGroupsOf(place);
  if (groups.has(name)) throw new QueryError("GlobalReplicationGroupAlreadyExistsFault", 400, `${name} already exists.`);
  const { engine, port } = primary;
  const group: GlobalReplicationGroup = { name, engine, port, members: [{ name: primary.name, region: place.region, role: "PRIMARY" }] };
  groups.set(name, group);
  return [describeGroup(group, true)];
};

/** Page API_DescribeGlobalReplicationGroups. Members are listed on request. */
const describe: Operation = (parameters, place) => {
  const name = optional(parameters, "GlobalReplicationGroupId");
  const named = name === undefined ? undefined : findGlobalGroup(place, name);
  const showMembers = boolean(parameters, "ShowMemberInfo") === true;
  const { items, marker } = namedOrPage(named, globalGroupsOf(place).values(), parameters, place);
  return [...marker, ["GlobalReplicationGroups", items.map((group) => describeGroup(group, showMembers))]];
};

/** ElastiCache's global datastores, as far as secondaries need them. */
export const globalReplicationGroups: ActionGroup = {
  api: elasticache,
  operations: { CreateGlobalReplicationGroup: create, DescribeGlobalReplicationGroups: describe },
};

/** Page API_GlobalReplicationGroup. */
function describeGroup({ name, engine, members }: GlobalReplicationGroup, showMembers: boolean): Element {
  const describeMember = (member: (typeof members)[number]): Element => {
    const fields = { ReplicationGroupId: member.name, ReplicationGroupRegion: member.region, Role: member.role, Status: "associated" };
    return ["GlobalReplicationGroupMember", elements(fields)];
  };
  const fields: Element[] = [
    ["GlobalReplicationGroupId", name],
    ["Status", "available"],
    ["Engine", engine],
    ...(showMembers ? [["Members", members.map(describeMember)] as const] : []),
  ];
  return ["GlobalReplicationGroup", fields];
}
