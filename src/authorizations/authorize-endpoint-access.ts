import { DescribeEndpointAuthorizationCommand, type EndpointAuthorization, RevokeEndpointAccessCommand } from "@aws-sdk/client-redshift";
import { AwsFailure } from "#aws/failure.ts";
import { everyOf, pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import type { Send } from "#aws/send.ts";
import { hasOnlyKeys, itemsOf, nameOf, resourceIn, storedNameOf, valuesOf } from "#cloudtrail/fields.ts";
import { type AccountId, accountId } from "#domain/account.ts";
import { awsCommand } from "#domain/aws-command.ts";
import type { Grant } from "#domain/grant.ts";
import type { Source } from "#domain/source.ts";
import { shown } from "#domain/text.ts";
import type { ListedEntry, Revocable } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { readResourceEvent } from "./resource-event.ts";

const requestKeys = ["clusterIdentifier", "account", "vpcIds"];

/**
 * Allows an account to create endpoints to a Redshift cluster, in all of its VPCs or in some.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeEndpointAccess.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_RevokeEndpointAccess.html
 */
export const authorization: Revocable = {
  async revoke(grant, send) {
    const command = new RevokeEndpointAccessCommand(input(grant));
    try {
      return entriesOf(await send(redshift, command, "Status", refusals));
    } catch (failure) {
      if (!(failure instanceof AwsFailure) || !refusals.includes(failure.code)) throw failure;
      const { Status, EndpointCount } = (await authorizationOf(grant, send)) ?? {};
      if (Status === undefined || isRevoking(Status)) throw failure.as("notFound");
      if (EndpointCount) throw failure.as("refused", endpointsExist(grant, EndpointCount));
      return entriesOf(await send(redshift, command, "Status"));
    }
  },

  list: (send, resource) => authorizations(send, resource === undefined ? {} : { ClusterIdentifier: resource }),

  undo: (grant) => ({ operation: "AuthorizeEndpointAccess", input: input(grant) }),
};

/** Reads the event of the call, whose request names the resource and the source. */
export const event: EventReader = readResourceEvent({
  service: "redshift",
  eventName: "AuthorizeEndpointAccess",

  read({ requestParameters, responseElements }) {
    const owner = accountId(nameOf(requestParameters, "account") ?? "");
    const vpcs = vpcsIn(requestParameters, "vpcIds");
    const requestedName = clusterName(requestParameters);
    const resource = requestedName ?? clusterName(resourceIn(responseElements, "endpointAuthorization"));
    const sources = owner && vpcs !== "unreadable" ? [sourceOf(owner, vpcs)] : [];
    const complete = sources.length > 0 && requestedName !== undefined && hasOnlyKeys(requestParameters, requestKeys);
    // The API accepts a call without a cluster identifier.
    const isClusterAbsent = valuesOf(requestParameters, "clusterIdentifier").length === 0;
    if (!owner || !isClusterAbsent) return { resource, sources, complete };
    return { resource, sources, complete, lookUp: (send) => everyOf(authorizations(send, { Account: owner })) };
  },

  inResponse: ({ responseElements }) => entriesOf(resourceIn(responseElements, "endpointAuthorization")),

  list: authorization.list,
});

/** The error codes that may mean that endpoints exist. Only a person may delete them, so Force is never set. */
const refusals = ["InvalidAuthorizationState", "InvalidEndpointState"];

function endpointsExist({ resource, source, place }: Grant, count: number): string {
  const revoked = input({ resource, source });
  const owner = revoked.Account;
  const endpoints = count === 1 ? "1 endpoint" : `${count} endpoints`;
  const forced = awsCommand("redshift", { operation: "RevokeEndpointAccess", input: { ...revoked, Force: true } }, place);
  return `Not revoked, because ${owner} has ${endpoints} to ${resource}: ask ${owner} to delete them, or delete them with \`${forced}\``;
}

async function authorizationOf({ resource, source }: Grant, send: Send): Promise<EndpointAuthorization | undefined> {
  const { Account } = input({ resource, source });
  const command = new DescribeEndpointAuthorizationCommand({ ClusterIdentifier: resource, Account });
  return (await send(redshift, command, "EndpointAuthorizationList")).EndpointAuthorizationList[0];
}

async function* authorizations(send: Send, filter: { ClusterIdentifier?: string; Account?: string }): AsyncGenerator<ListedEntry> {
  const ask = (Marker?: string) =>
    send(redshift, new DescribeEndpointAuthorizationCommand({ ...filter, Marker }), "EndpointAuthorizationList");
  for await (const { EndpointAuthorizationList } of pages(ask, "Marker"))
    for (const each of EndpointAuthorizationList) yield* entriesOf(each);
}

function input({ resource, source }: Pick<Grant, "resource" | "source">): {
  ClusterIdentifier: string;
  Account: string;
  VpcIds?: string[];
} {
  if (source.kind !== "account") throw new TypeError(`Endpoint access accepts no ${source.kind}`);
  const account = { ClusterIdentifier: resource, Account: source.owner };
  return source.vpcs ? { ...account, VpcIds: [...source.vpcs] } : account;
}

function sourceOf(owner: AccountId, vpcs: readonly string[] | undefined): Source {
  return vpcs ? { kind: "account", owner, vpcs } : { kind: "account", owner };
}

/** Returns the VPC ids in a list, sorted and without duplicates; undefined when there is no list. */
function vpcsIn(object: unknown, key: string): readonly string[] | undefined | "unreadable" {
  if (valuesOf(object, key).length === 0) return undefined;
  const items = itemsOf(object, key);
  const ids = items.filter((id) => typeof id === "string" && /^vpc-[0-9a-f]{1,17}$/.test(id));
  return ids.length > 0 && ids.length === items.length ? [...new Set(ids as string[])].sort() : "unreadable";
}

/** Returns the cluster's identifier in lower case, as Redshift stores it. */
function clusterName(object: unknown): string | undefined {
  return storedNameOf(object, "clusterIdentifier");
}

function isRevoking(status: string | undefined): boolean {
  return status?.toLowerCase().startsWith("revok") ?? false;
}

/** Reads an endpoint authorization as an entry. One without VPCs is for all VPCs of the account. */
function entriesOf(authorized: unknown): ListedEntry[] {
  if (isRevoking(nameOf(authorized, "Status"))) return [];
  const resource = clusterName(authorized) ?? "";
  const owner = accountId(nameOf(authorized, "Grantee") ?? "");
  const isEmpty = valuesOf(authorized, "AllowedVPCs").every((list) => typeof list === "object" && Object.keys(Object(list)).length === 0);
  const vpcs = isEmpty ? undefined : vpcsIn(authorized, "AllowedVPCs");
  if (owner && vpcs !== "unreadable") return [{ resource, source: sourceOf(owner, vpcs) }];
  return [{ resource, unreadable: shown(authorized, 256) }];
}
