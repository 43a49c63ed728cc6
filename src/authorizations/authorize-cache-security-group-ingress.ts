import { DescribeCacheSecurityGroupsCommand, RevokeCacheSecurityGroupIngressCommand } from "@aws-sdk/client-elasticache";
import { elasticache } from "#aws/elasticache.ts";
import { pages } from "#aws/pages.ts";
import { answerIn, holdsOnly, storedNameOf } from "#cloudtrail/fields.ts";
import type { Grant } from "#domain/grant.ts";
import type { Authorization, ListedEntry } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { entriesIn, sourcesIn } from "./group-entries.ts";
import { readResourceEvent } from "./resource-event.ts";

const members = ["cacheSecurityGroupName", "eC2SecurityGroupName", "eC2SecurityGroupOwnerId"];

/**
 * ElastiCache lets a security group of an account into the caches of a cache security group.
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_AuthorizeCacheSecurityGroupIngress.html
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_RevokeCacheSecurityGroupIngress.html
 */
export const authorization: Authorization = {
  async revoke(grant, send) {
    const { CacheSecurityGroup } = await send(elasticache, new RevokeCacheSecurityGroupIngressCommand(input(grant)), "CacheSecurityGroup");
    return entriesOf(CacheSecurityGroup);
  },

  async *list(send, resource) {
    const ask = (Marker?: string) => {
      const asked = resource === undefined ? { Marker } : { CacheSecurityGroupName: resource };
      return send(elasticache, new DescribeCacheSecurityGroupsCommand(asked), "CacheSecurityGroups");
    };
    for await (const page of pages(ask, "Marker")) for (const group of page.CacheSecurityGroups) yield* entriesOf(group);
  },

  undo: (grant) => ({ operation: "AuthorizeCacheSecurityGroupIngress", input: input(grant) }),
};

/** Reads the event of the call: the request names the resource and the source. */
export const event: EventReader = readResourceEvent({
  service: "elasticache",
  eventName: "AuthorizeCacheSecurityGroupIngress",

  read({ requestParameters, responseElements }) {
    const { sources, complete } = sourcesIn(requestParameters);
    const named = groupName(requestParameters);
    const resource = named ?? groupName(answerIn(responseElements, "cacheSecurityGroup"));
    const groups = sources.filter(({ kind }) => kind === "securityGroup");
    return { resource, sources: groups, complete: complete && named !== undefined && holdsOnly(requestParameters, members) };
  },

  inResponse: ({ responseElements }) => entriesOf(answerIn(responseElements, "cacheSecurityGroup")),

  list: authorization.list,
});

function input({ resource, source }: Grant): {
  CacheSecurityGroupName: string;
  EC2SecurityGroupName: string;
  EC2SecurityGroupOwnerId: string;
} {
  if (source.kind !== "securityGroup") throw new TypeError(`A cache security group lets in no ${source.kind}`);
  return { CacheSecurityGroupName: resource, EC2SecurityGroupName: source.securityGroup, EC2SecurityGroupOwnerId: source.owner };
}

/** ElastiCache stores a group's name in lower case, whatever the caller wrote. */
function groupName(bag: unknown): string | undefined {
  return storedNameOf(bag, "cacheSecurityGroupName");
}

function entriesOf(group: unknown): ListedEntry[] {
  return entriesIn(group, groupName(group) ?? "", ["EC2SecurityGroups"]);
}
