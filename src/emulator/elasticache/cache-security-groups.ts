import { type Group, type Ingress, openSecurityGroups, readSecurityGroup } from "../shared/classic-security-groups.ts";
import { arnOf, type Family, type Operation, type Place } from "../state.ts";
import { elasticache } from "../wire/apis.ts";
import { type Element, elements } from "../wire/query.ts";

/** ElastiCache's cache security groups: pages API_CreateCacheSecurityGroup, API_AuthorizeCacheSecurityGroupIngress and their neighbours. */
export const cacheSecurityGroups: Family = {
  api: elasticache,
  open(place, { settings }) {
    // Its pages name no limit of ingress rules.
    const groups = openSecurityGroups({ noun: "CacheSecurityGroup", maxIngress: Number.POSITIVE_INFINITY }, settings);
    const result = (group: Group): Element[] => [["CacheSecurityGroup", describeGroup(group, place)]];

    return new Map<string, Operation>([
      ["CreateCacheSecurityGroup", (parameters) => result(groups.create(parameters, new Map()))],
      ["DeleteCacheSecurityGroup", (parameters) => void groups.remove(parameters)],
      ["AuthorizeCacheSecurityGroupIngress", (parameters) => result(groups.authorize(parameters, readSecurityGroup(parameters)))],
      ["RevokeCacheSecurityGroupIngress", (parameters) => result(groups.revoke(parameters, readSecurityGroup(parameters)))],
      [
        "DescribeCacheSecurityGroups",
        (parameters) => {
          const { items, marker } = groups.describe(parameters);
          return [...marker, ["CacheSecurityGroups", items.flatMap(result)]];
        },
      ],
    ]);
  },
};

/** Page API_CacheSecurityGroup. */
function describeGroup({ name, description, ingress }: Group, place: Place): Element[] {
  return [
    ["EC2SecurityGroups", ingress.flatMap(describeIngress)],
    ["CacheSecurityGroupName", name],
    ["OwnerId", place.account],
    ["Description", description],
    ["ARN", arnOf("elasticache", place, `securitygroup:${name}`)],
  ];
}

/** Page API_EC2SecurityGroup. */
function describeIngress({ source, status }: Ingress): Element[] {
  if ("range" in source) return [];
  const fields = elements({ Status: status, EC2SecurityGroupName: source.securityGroup, EC2SecurityGroupOwnerId: source.owner });
  return [["EC2SecurityGroup", fields]];
}
