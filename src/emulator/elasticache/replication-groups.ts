import { arnOf } from "../arn.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import { isReachable } from "../shared/store-status.ts";
import type { Place } from "../state.ts";
import { elasticache } from "../wire/apis.ts";
import type { Element } from "../wire/elements.ts";
import { invalidValue } from "../wire/errors.ts";
import { namedOrPage } from "../wire/paging.ts";
import { boolean, optional, type Parameters, required } from "../wire/parameters.ts";
import { findCache, modifyCache } from "./cache-cluster-state.ts";
import { describeEndpoint } from "./endpoints.ts";
import {
  checkAvailable,
  createReplicationGroup,
  deleteReplicationGroup,
  findReplicationGroup,
  numbered,
  type ReplicationGroup,
  replicationGroupsOf,
  statusOfGroup,
} from "./replication-group-state.ts";
import { readName } from "./requests.ts";

/** Page API_CreateReplicationGroup. */
const create: Operation = (parameters, place) => {
  const name = readGroupName(parameters);
  const group = createReplicationGroup(place, name, required(parameters, "ReplicationGroupDescription"), parameters);
  return [describeGroup(group, "creating", place)];
};

/** Page API_ModifyReplicationGroup. */
const modify: Operation = (parameters, place) => {
  const name = readGroupName(parameters);
  if (place.world.settings.createMissing && !replicationGroupsOf(place).has(name)) {
    return [describeGroup(createReplicationGroup(place, name, "Created by the emulator", parameters), "modifying", place)];
  }
  const group = findReplicationGroup(place, name);
  checkAvailable(place, group);
  for (const member of group.shards.flat()) modifyCache(place, findCache(place, member), parameters);
  return [describeGroup(group, "modifying", place)];
};

/** Page API_DeleteReplicationGroup. Final snapshots are not kept. */
const remove: Operation = (parameters, place) => {
  if (boolean(parameters, "RetainPrimaryCluster") === true) throw invalidValue("The emulator cannot retain a primary cluster.");
  const group = findReplicationGroup(place, readGroupName(parameters));
  deleteReplicationGroup(place, group);
  return [describeGroup(group, "deleting", place)];
};

/** Page API_DescribeReplicationGroups. */
const describe: Operation = (parameters, place) => {
  const name = optional(parameters, "ReplicationGroupId")?.toLowerCase();
  const named = name === undefined ? undefined : findReplicationGroup(place, name);
  const { items, marker } = namedOrPage(named, replicationGroupsOf(place).values(), parameters, place);
  return [...marker, ["ReplicationGroups", items.map((group) => describeGroup(group, statusOfGroup(place, group), place))]];
};

/** ElastiCache's replication groups. */
export const replicationGroups: ActionGroup = {
  api: elasticache,
  operations: {
    CreateReplicationGroup: create,
    ModifyReplicationGroup: modify,
    DeleteReplicationGroup: remove,
    DescribeReplicationGroups: describe,
  },
};

/** "A name must contain from 1 to 40 alphanumeric characters or hyphens" (page API_CreateReplicationGroup). */
function readGroupName(parameters: Parameters): string {
  return readName(parameters, "ReplicationGroupId", 40);
}

/** Page API_ReplicationGroup. A group that is being created has no node groups and no endpoint; that one being deleted has none is assumed. */
function describeGroup(group: ReplicationGroup, status: string, place: Place): Element {
  const { name, description, engine, port, isClustered, shards } = group;
  const showsEndpoints = isReachable(status);
  const fields: Element[] = [
    ["ReplicationGroupId", name],
    ["Description", description],
    ["Status", status],
    ["MemberClusters", shards.flat().map((member): Element => ["ClusterId", member])],
    ["NodeGroups", showsEndpoints ? shards.map((members, n) => describeNodeGroup(group, members, n, status, place)) : []],
    ...(isClustered && showsEndpoints ? [describeEndpoint("ConfigurationEndpoint", `clustercfg.${name}`, port, place)] : []),
    ["ClusterEnabled", isClustered],
    ["CacheNodeType", "cache.t4g.micro"],
    ["ARN", arnOf("elasticache", place, `replicationgroup:${name}`)],
    ["ClusterMode", isClustered ? "enabled" : "disabled"],
    ["Engine", engine],
  ];
  return ["ReplicationGroup", fields];
}

/** Page API_NodeGroup. Outside cluster mode, the group has endpoints of its own. */
function describeNodeGroup(group: ReplicationGroup, members: readonly string[], index: number, status: string, place: Place): Element {
  const { name, port, isClustered } = group;
  const fields: Element[] = [
    ["NodeGroupId", numbered(index, 4)],
    ["Status", status],
    ...(isClustered
      ? []
      : [describeEndpoint("PrimaryEndpoint", `${name}.ng`, port, place), describeEndpoint("ReaderEndpoint", `${name}-ro.ng`, port, place)]),
    ["NodeGroupMembers", members.map((member, n) => describeMember(group, member, n, place))],
  ];
  return ["NodeGroup", fields];
}

/** Page API_NodeGroupMember. Outside cluster mode, a member has an endpoint and a role. */
function describeMember({ port, isClustered }: ReplicationGroup, member: string, index: number, place: Place): Element {
  const fields: Element[] = [
    ["CacheClusterId", member],
    ["CacheNodeId", "0001"],
    ...(isClustered
      ? []
      : [describeEndpoint("ReadEndpoint", member, port, place), ["CurrentRole", index === 0 ? "primary" : "replica"] as const]),
  ];
  return ["NodeGroupMember", fields];
}
