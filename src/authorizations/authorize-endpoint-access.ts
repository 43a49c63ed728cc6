import { DescribeEndpointAuthorizationCommand, type EndpointAuthorization, RevokeEndpointAccessCommand } from "@aws-sdk/client-redshift";
import { AwsFailure } from "#aws/failure.ts";
import { everyOf, pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import type { Send } from "#aws/send.ts";
import { answerIn, holdsOnly, itemsOf, nameOf, storedNameOf, valuesOf } from "#cloudtrail/fields.ts";
import { type AccountId, accountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import type { Source } from "#domain/source.ts";
import { shown } from "#domain/text.ts";
import type { Authorization, ListedEntry } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { readResourceEvent } from "./resource-event.ts";

const members = ["clusterIdentifier", "account", "vpcIds"];

/**
 * Redshift lets an account make endpoints to a cluster, in all of its VPCs or in some.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeEndpointAccess.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_RevokeEndpointAccess.html
 */
export const authorization: Authorization = {
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

/** Reads the event of the call: the request names the resource and the source. */
export const event: EventReader = readResourceEvent({
  service: "redshift",
  eventName: "AuthorizeEndpointAccess",

  read({ requestParameters, responseElements }) {
    const owner = accountId(nameOf(requestParameters, "account") ?? "");
    const vpcs = vpcsIn(requestParameters, "vpcIds");
    const named = clusterName(requestParameters);
    const resource = named ?? clusterName(answerIn(responseElements, "endpointAuthorization"));
    const sources = owner && vpcs !== "unreadable" ? [sourceOf(owner, vpcs)] : [];
    const complete = sources.length > 0 && named !== undefined && holdsOnly(requestParameters, members);
    // The API takes a call that names no cluster.
    const isNameless = valuesOf(requestParameters, "clusterIdentifier").length === 0;
    if (!owner || !isNameless) return { resource, sources, complete };
    return { resource, sources, complete, lookUp: (send) => everyOf(authorizations(send, { Account: owner })) };
  },

  inResponse: ({ responseElements }) => entriesOf(answerIn(responseElements, "endpointAuthorization")),

  list: authorization.list,
});

/** Codes that may say that endpoints exist. Force would delete them: that is for a person to do. */
const refusals = ["InvalidAuthorizationState", "InvalidEndpointState"];

function endpointsExist({ resource, source, place }: Grant, count: number): string {
  const { Account: owner, VpcIds } = input({ resource, source });
  const endpoints = count === 1 ? "1 endpoint" : `${count} endpoints`;
  const asked = `--cluster-identifier ${resource} --account ${owner}${VpcIds ? ` --vpc-ids ${VpcIds.join(" ")}` : ""} --region ${place.region}`;
  const forced = `aws redshift revoke-endpoint-access ${asked} --force`;
  return `Not revoked, as ${owner} has ${endpoints} to ${resource}: have ${owner} delete them, or delete them with \`${forced}\``;
}

async function authorizationOf({ resource, source }: Grant, send: Send): Promise<EndpointAuthorization | undefined> {
  const { Account } = input({ resource, source });
  const command = new DescribeEndpointAuthorizationCommand({ ClusterIdentifier: resource, Account });
  return (await send(redshift, command, "EndpointAuthorizationList")).EndpointAuthorizationList[0];
}

async function* authorizations(send: Send, asked: { ClusterIdentifier?: string; Account?: string }): AsyncGenerator<ListedEntry> {
  const ask = (Marker?: string) =>
    send(redshift, new DescribeEndpointAuthorizationCommand({ ...asked, Marker }), "EndpointAuthorizationList");
  for await (const { EndpointAuthorizationList } of pages(ask, "Marker"))
    for (const each of EndpointAuthorizationList) yield* entriesOf(each);
}

function input({ resource, source }: Pick<Grant, "resource" | "source">): {
  ClusterIdentifier: string;
  Account: string;
  VpcIds?: string[];
} {
  if (source.kind !== "account") throw new TypeError(`Endpoint access lets in no ${source.kind}`);
  const account = { ClusterIdentifier: resource, Account: source.owner };
  return source.vpcs ? { ...account, VpcIds: [...source.vpcs] } : account;
}

function sourceOf(owner: AccountId, vpcs: readonly string[] | undefined): Source {
  return vpcs ? { kind: "account", owner, vpcs } : { kind: "account", owner };
}

/** The VPCs in a list of their ids, in order; undefined where there is none. */
function vpcsIn(bag: unknown, key: string): readonly string[] | undefined | "unreadable" {
  if (valuesOf(bag, key).length === 0) return undefined;
  const items = itemsOf(bag, key);
  const ids = items.filter((id) => typeof id === "string" && /^vpc-[0-9a-f]{1,17}$/.test(id));
  return ids.length > 0 && ids.length === items.length ? [...new Set(ids as string[])].sort() : "unreadable";
}

/** Redshift stores a cluster's identifier in lower case, whatever the caller wrote. */
function clusterName(bag: unknown): string | undefined {
  return storedNameOf(bag, "clusterIdentifier");
}

function isRevoking(status: string | undefined): boolean {
  return status?.toLowerCase().startsWith("revok") ?? false;
}

/** Whom an authorization lets in: one that names no VPCs stands for all of them. */
function entriesOf(authorized: unknown): ListedEntry[] {
  if (isRevoking(nameOf(authorized, "Status"))) return [];
  const resource = clusterName(authorized) ?? "";
  const owner = accountId(nameOf(authorized, "Grantee") ?? "");
  const isEmpty = valuesOf(authorized, "AllowedVPCs").every((list) => typeof list === "object" && Object.keys(Object(list)).length === 0);
  const vpcs = isEmpty ? undefined : vpcsIn(authorized, "AllowedVPCs");
  if (owner && vpcs !== "unreadable") return [{ resource, source: sourceOf(owner, vpcs) }];
  return [{ resource, unreadable: shown(authorized, 256) }];
}
