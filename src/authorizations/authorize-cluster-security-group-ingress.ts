import { DescribeClusterSecurityGroupsCommand, RevokeClusterSecurityGroupIngressCommand } from "@aws-sdk/client-redshift";
import { pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import { hasOnlyKeys, resourceIn, storedNameOf } from "#cloudtrail/fields.ts";
import type { Grant } from "#domain/grant.ts";
import type { ListedEntry, Revocable } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { entriesIn, sourcesIn } from "./group-entries.ts";
import { readResourceEvent } from "./resource-event.ts";

const requestKeys = ["clusterSecurityGroupName", "cIDRIP", "eC2SecurityGroupName", "eC2SecurityGroupOwnerId"];

/**
 * Grants a range, or an EC2 security group of an account, access to the clusters of a Redshift cluster security group.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeClusterSecurityGroupIngress.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_RevokeClusterSecurityGroupIngress.html
 */
export const authorization: Revocable = {
  async revoke(grant, send) {
    const { ClusterSecurityGroup } = await send(
      redshift,
      new RevokeClusterSecurityGroupIngressCommand(input(grant)),
      "ClusterSecurityGroup",
    );
    return entriesOf(ClusterSecurityGroup);
  },

  async *list(send, resource) {
    const ask = (Marker?: string) => {
      const request = resource === undefined ? { Marker } : { ClusterSecurityGroupName: resource };
      return send(redshift, new DescribeClusterSecurityGroupsCommand(request), "ClusterSecurityGroups");
    };
    for await (const page of pages(ask, "Marker")) for (const group of page.ClusterSecurityGroups) yield* entriesOf(group);
  },

  undo: (grant) => ({ operation: "AuthorizeClusterSecurityGroupIngress", input: input(grant) }),
};

/** Reads the event of the call, whose request names the resource and the source. */
export const event: EventReader = readResourceEvent({
  service: "redshift",
  eventName: "AuthorizeClusterSecurityGroupIngress",

  read({ requestParameters, responseElements }) {
    const { sources, complete } = sourcesIn(requestParameters);
    const requestedName = groupName(requestParameters);
    const resource = requestedName ?? groupName(resourceIn(responseElements, "clusterSecurityGroup"));
    return { resource, sources, complete: complete && requestedName !== undefined && hasOnlyKeys(requestParameters, requestKeys) };
  },

  inResponse: ({ responseElements }) => entriesOf(resourceIn(responseElements, "clusterSecurityGroup")),

  list: authorization.list,
});

function input({ resource, source }: Grant): { ClusterSecurityGroupName: string; [member: string]: string } {
  const group = { ClusterSecurityGroupName: resource };
  switch (source.kind) {
    case "range":
      return { ...group, CIDRIP: source.range };
    case "securityGroup":
      return { ...group, EC2SecurityGroupName: source.securityGroup, EC2SecurityGroupOwnerId: source.owner };
    default:
      throw new TypeError(`A cluster security group accepts no ${source.kind}`);
  }
}

/** Returns the group's name in lower case, as Redshift stores it. */
function groupName(object: unknown): string | undefined {
  return storedNameOf(object, "clusterSecurityGroupName");
}

function entriesOf(group: unknown): ListedEntry[] {
  return entriesIn(group, groupName(group) ?? "", ["IPRanges", "EC2SecurityGroups"]);
}
