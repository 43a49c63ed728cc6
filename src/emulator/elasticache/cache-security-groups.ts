import { arnOf } from "../arn.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import {
  authorizeIngress,
  type ClassicGroup,
  createGroup,
  defineGroups,
  deleteGroup,
  describeGroups,
  type Ingress,
  readSecurityGroup,
  revokeIngress,
} from "../shared/classic-security-groups.ts";
import type { Place } from "../state.ts";
import { elasticache } from "../wire/apis.ts";
import { type Element, elements } from "../wire/elements.ts";

/** ElastiCache's pages name no quota of ingress rules. */
const groups = defineGroups("CacheSecurityGroup", Number.POSITIVE_INFINITY);

/** Page API_CreateCacheSecurityGroup. */
const create: Operation = (parameters, place) => [describeGroup(createGroup(groups, parameters, place), place)];

/** Page API_DeleteCacheSecurityGroup. */
const remove: Operation = (parameters, place) => {
  deleteGroup(groups, parameters, place);
  return undefined;
};

/** Page API_AuthorizeCacheSecurityGroupIngress. */
const authorize: Operation = (parameters, place) => [
  describeGroup(authorizeIngress(groups, parameters, place, readSecurityGroup(parameters)), place),
];

/** Page API_RevokeCacheSecurityGroupIngress. */
const revoke: Operation = (parameters, place) => [
  describeGroup(revokeIngress(groups, parameters, place, readSecurityGroup(parameters)), place),
];

/** Page API_DescribeCacheSecurityGroups. */
const describe: Operation = (parameters, place) => {
  const { items, marker } = describeGroups(groups, parameters, place);
  return [...marker, ["CacheSecurityGroups", items.map((group) => describeGroup(group, place))]];
};

/** ElastiCache's cache security groups. */
export const cacheSecurityGroups: ActionGroup = {
  api: elasticache,
  operations: {
    CreateCacheSecurityGroup: create,
    DeleteCacheSecurityGroup: remove,
    AuthorizeCacheSecurityGroupIngress: authorize,
    RevokeCacheSecurityGroupIngress: revoke,
    DescribeCacheSecurityGroups: describe,
  },
};

/** Page API_CacheSecurityGroup. */
function describeGroup({ name, description, ingress }: ClassicGroup, place: Place): Element {
  const fields: Element[] = [
    ["EC2SecurityGroups", ingress.flatMap(describeIngress)],
    ["CacheSecurityGroupName", name],
    ["OwnerId", place.account],
    ["Description", description],
    ["ARN", arnOf("elasticache", place, `securitygroup:${name}`)],
  ];
  return ["CacheSecurityGroup", fields];
}

/** Page API_EC2SecurityGroup. */
function describeIngress({ source, status }: Ingress): Element[] {
  if ("range" in source) return [];
  const fields = elements({ Status: status, EC2SecurityGroupName: source.securityGroup, EC2SecurityGroupOwnerId: source.owner });
  return [["EC2SecurityGroup", fields]];
}
