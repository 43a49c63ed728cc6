import { DescribeCacheSecurityGroupsCommand, RevokeCacheSecurityGroupIngressCommand } from "@aws-sdk/client-elasticache";
import { elasticache } from "#aws/elasticache.ts";
import { pages } from "#aws/pages.ts";
import { hasOnlyKeys, resourceIn, storedNameOf } from "#cloudtrail/fields.ts";
import type { Grant } from "#domain/grant.ts";
import type { ListedEntry, Revocable } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { entriesIn, sourcesIn } from "./group-entries.ts";
import { readResourceEvent } from "./resource-event.ts";

const requestKeys = ["cacheSecurityGroupName", "eC2SecurityGroupName", "eC2SecurityGroupOwnerId"];

/**
 * Grants an EC2 security group of an account access to the caches of an ElastiCache cache security group.
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_AuthorizeCacheSecurityGroupIngress.html
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_RevokeCacheSecurityGroupIngress.html
 */
export const authorization: Revocable = {
  async revoke(grant, send) {
    const { CacheSecurityGroup } = await send(elasticache, new RevokeCacheSecurityGroupIngressCommand(input(grant)), "CacheSecurityGroup");
    return entriesOf(CacheSecurityGroup);
  },

  async *list(send, resource) {
    const ask = (Marker?: string) => {
      const request = resource === undefined ? { Marker } : { CacheSecurityGroupName: resource };
      return send(elasticache, new DescribeCacheSecurityGroupsCommand(request), "CacheSecurityGroups");
    };
    for await (const page of pages(ask, "Marker")) for (const group of page.CacheSecurityGroups) yield* entriesOf(group);
  },

  undo: (grant) => ({ operation: "AuthorizeCacheSecurityGroupIngress", input: input(grant) }),
};

/** Reads the event of the call, whose request names the resource and the source. */
export const event: EventReader = readResourceEvent({
  service: "elasticache",
  eventName: "AuthorizeCacheSecurityGroupIngress",

  read({ requestParameters, responseElements }) {
    const { sources, complete } = sourcesIn(requestParameters);
    const requestedName = groupName(requestParameters);
    const resource = requestedName ?? groupName(resourceIn(responseElements, "cacheSecurityGroup"));
    const groups = sources.filter(({ kind }) => kind === "securityGroup");
    return { resource, sources: groups, complete: complete && requestedName !== undefined && hasOnlyKeys(requestParameters, requestKeys) };
  },

  inResponse: ({ responseElements }) => entriesOf(resourceIn(responseElements, "cacheSecurityGroup")),

  list: authorization.list,
});

function input({ resource, source }: Grant): {
  CacheSecurityGroupName: string;
  EC2SecurityGroupName: string;
  EC2SecurityGroupOwnerId: string;
} {
  if (source.kind !== "securityGroup") throw new TypeError(`A cache security group accepts no ${source.kind}`);
  return { CacheSecurityGroupName: resource, EC2SecurityGroupName: source.securityGroup, EC2SecurityGroupOwnerId: source.owner };
}

/** Returns the group's name in lower case, as ElastiCache stores it. */
function groupName(object: unknown): string | undefined {
  return storedNameOf(object, "cacheSecurityGroupName");
}

function entriesOf(group: unknown): ListedEntry[] {
  return entriesIn(group, groupName(group) ?? "", ["EC2SecurityGroups"]);
}
