import { DescribeClusterSecurityGroupsCommand, RevokeClusterSecurityGroupIngressCommand } from "@aws-sdk/client-redshift";
import { redshift } from "#aws/redshift.ts";
import { answerIn, storedNameOf } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import type { Authorization, Standing } from "./authorization.ts";
import { defineAuthorization, holdsOnly, pages, sourcesIn, standingIn } from "./define.ts";

const members = ["clusterSecurityGroupName", "cIDRIP", "eC2SecurityGroupName", "eC2SecurityGroupOwnerId"];

/**
 * Redshift lets a range, or a security group of an account, into the clusters of a cluster security group.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeClusterSecurityGroupIngress.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_RevokeClusterSecurityGroupIngress.html
 */
export const authorization: Authorization = defineAuthorization({
  service: "redshift",
  eventName: "AuthorizeClusterSecurityGroupIngress",

  read({ requestParameters, responseElements }) {
    const { sources, complete } = sourcesIn(requestParameters);
    const named = groupName(requestParameters);
    const resource = named ?? groupName(answerIn(responseElements, "clusterSecurityGroup"));
    return { resource, sources, complete: complete && named !== undefined && holdsOnly(requestParameters, members) };
  },

  answered: ({ responseElements }) => standing(answerIn(responseElements, "clusterSecurityGroup")),

  async revoke(grant, send) {
    const { ClusterSecurityGroup } = await send(
      redshift,
      new RevokeClusterSecurityGroupIngressCommand(input(grant)),
      "ClusterSecurityGroup",
    );
    return standing(ClusterSecurityGroup);
  },

  async *list(send, resource) {
    const ask = (Marker?: string) => {
      const asked = resource === undefined ? { Marker } : { ClusterSecurityGroupName: resource };
      return send(redshift, new DescribeClusterSecurityGroupsCommand(asked), "ClusterSecurityGroups");
    };
    for await (const page of pages(ask, "Marker")) for (const group of page.ClusterSecurityGroups) yield* standing(group);
  },

  undo: (grant) => ({ operation: "AuthorizeClusterSecurityGroupIngress", input: input(grant) }),
});

function input({ resource, source }: Grant): { ClusterSecurityGroupName: string; [member: string]: string } {
  const group = { ClusterSecurityGroupName: resource };
  switch (source.kind) {
    case "range":
      return { ...group, CIDRIP: source.range };
    case "securityGroup":
      return { ...group, EC2SecurityGroupName: source.securityGroup, EC2SecurityGroupOwnerId: source.owner };
    default:
      throw new TypeError(`A cluster security group lets in no ${source.kind}`);
  }
}

/** Redshift stores a group's name in lower case, whatever the caller wrote. */
function groupName(bag: unknown): string | undefined {
  return storedNameOf(bag, "clusterSecurityGroupName");
}

function standing(group: unknown): Standing[] {
  return standingIn(group, groupName(group) ?? "", ["IPRanges", "EC2SecurityGroups"]);
}
