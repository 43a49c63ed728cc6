import { DescribeClusterSnapshotsCommand, RevokeSnapshotAccessCommand } from "@aws-sdk/client-redshift";
import { pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import type { Send } from "#aws/send.ts";
import { hasOnlyKeys, itemsOf, nameOf, resourceIn, storedNameOf, toStoredName, valuesOf } from "#cloudtrail/fields.ts";
import { accountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { readArn } from "#domain/place.ts";
import type { Owner, Source } from "#domain/source.ts";
import { shown } from "#domain/text.ts";
import type { ListedEntry, Revocable } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { readResourceEvent } from "./resource-event.ts";

const requestKeys = ["snapshotIdentifier", "snapshotArn", "snapshotClusterIdentifier", "accountWithRestoreAccess"];

/**
 * Allows an account, or AWS Support, to restore a Redshift snapshot. The resource is `cluster/snapshot`, as in the ARN.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeSnapshotAccess.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_RevokeSnapshotAccess.html
 */
export const authorization: Revocable = {
  async revoke(grant, send) {
    const { Snapshot } = await send(redshift, new RevokeSnapshotAccessCommand(input(grant)), "Snapshot");
    return entriesOf(Snapshot);
  },

  async *list(send, resource) {
    // Not by cluster, which may be deleted while its snapshots are kept. A snapshot's name is unique in an account.
    // Only manual snapshots can be shared.
    const filter = resource === undefined ? { SnapshotType: "manual" } : { SnapshotIdentifier: resource.slice(resource.indexOf("/") + 1) };
    for await (const each of snapshots(send, filter)) if (resource === undefined || nameIn(each) === resource) yield* entriesOf(each);
  },

  undo: (grant) => ({ operation: "AuthorizeSnapshotAccess", input: input(grant) }),
};

/** Reads the event of the call, whose request names the resource and the source. */
export const event: EventReader = readResourceEvent({
  service: "redshift",
  eventName: "AuthorizeSnapshotAccess",

  read({ requestParameters, responseElements, place }) {
    const answer = resourceIn(responseElements, "snapshot");
    const requested = requestedSnapshot(requestParameters, place);
    const inAnswer = { snapshot: identifier(answer, "snapshotIdentifier"), cluster: identifier(answer, "clusterIdentifier") };
    // AWS finds a snapshot whatever cluster the request names, so the cluster in the response takes precedence.
    const isSame = requested?.snapshot === undefined || inAnswer.snapshot === undefined || requested.snapshot === inAnswer.snapshot;
    // When the response does not name the cluster, for example because it was cut off, the cluster is looked up.
    const isRequestExact = !responseElements || valuesOf(requestParameters, "snapshotArn").length > 0;
    const cluster = (isSame ? inAnswer.cluster : undefined) ?? (isRequestExact ? requested?.cluster : undefined);
    const snapshot = requested?.snapshot ?? inAnswer.snapshot;
    const owner = granteeOf(nameOf(requestParameters, "accountWithRestoreAccess"));
    const sources: Source[] = owner ? [{ kind: "account", owner }] : [];
    const complete = sources.length > 0 && requested !== undefined && hasOnlyKeys(requestParameters, requestKeys);
    if (snapshot === undefined || cluster !== undefined)
      return { resource: snapshot === undefined ? undefined : `${cluster}/${snapshot}`, sources, complete };
    return { resource: undefined, sources, complete, lookUp: (send) => lookUp(snapshot, complete ? sources : undefined, send) };
  },

  inResponse: ({ responseElements }) => entriesOf(resourceIn(responseElements, "snapshot")),

  list: authorization.list,
});

/** Returns the entries of a snapshot whose cluster the event does not name: the given sources, or by default all that AWS lists. */
async function lookUp(snapshot: string, sources: readonly Source[] | undefined, send: Send): Promise<ListedEntry[]> {
  const found: ListedEntry[] = [];
  for await (const each of snapshots(send, { SnapshotIdentifier: snapshot })) {
    const resource = nameIn(each);
    if (resource?.endsWith(`/${snapshot}`)) found.push(...(sources?.map((source) => ({ resource, source })) ?? entriesOf(each)));
  }
  return found;
}

async function* snapshots(send: Send, filter: { SnapshotIdentifier?: string; SnapshotType?: string }): AsyncGenerator<unknown> {
  const ask = (Marker?: string) => send(redshift, new DescribeClusterSnapshotsCommand({ ...filter, Marker }), "Snapshots");
  for await (const { Snapshots } of pages(ask, "Marker")) yield* Snapshots;
}

function input({ resource, source }: Grant): {
  SnapshotIdentifier: string;
  SnapshotClusterIdentifier: string;
  AccountWithRestoreAccess: string;
} {
  if (source.kind !== "account") throw new TypeError(`A snapshot accepts no ${source.kind}`);
  const slash = resource.indexOf("/");
  const [SnapshotClusterIdentifier, SnapshotIdentifier] = [resource.slice(0, slash), resource.slice(slash + 1)];
  return { SnapshotIdentifier, SnapshotClusterIdentifier, AccountWithRestoreAccess: source.owner };
}

/** Returns the snapshot that a request names by identifier, ARN or both; undefined when it names none, two, or another account's. */
function requestedSnapshot(object: unknown, place: Place): { snapshot: string; cluster: string | undefined } | undefined {
  const name = identifier(object, "snapshotIdentifier");
  const cluster = identifier(object, "snapshotClusterIdentifier");
  if (valuesOf(object, "snapshotArn").length === 0) return name === undefined ? undefined : { snapshot: name, cluster };
  const arn = readArn(nameOf(object, "snapshotArn", 1024) ?? "", "redshift");
  const [, arnCluster, snapshot] = /^snapshot:([^/]+)\/([^/]+)$/.exec(toStoredName(arn?.resource ?? "")) ?? [];
  const isOwn = arn?.place.account === place.account && arn.place.region === place.region;
  const isOne = [undefined, snapshot].includes(name) && [undefined, arnCluster].includes(cluster);
  const isReadable = name !== undefined || valuesOf(object, "snapshotIdentifier").length === 0;
  return snapshot !== undefined && isOwn && isOne && isReadable ? { snapshot, cluster: arnCluster } : undefined;
}

/** Returns an identifier in lower case, as Redshift stores it. One with a slash is rejected: it could read as another resource's name. */
function identifier(object: unknown, key: string): string | undefined {
  const name = storedNameOf(object, key);
  return name?.includes("/") ? undefined : name;
}

/** Reads an account id, or the name that AWS Support has in place of one. */
function granteeOf(text: string | undefined): Owner | undefined {
  return text === "amazon-redshift-support" ? text : accountId(text ?? "");
}

function nameIn(snapshot: unknown): string | undefined {
  const [cluster, name] = [identifier(snapshot, "ClusterIdentifier"), identifier(snapshot, "SnapshotIdentifier")];
  return cluster === undefined || name === undefined ? undefined : `${cluster}/${name}`;
}

function entriesOf(snapshot: unknown): ListedEntry[] {
  const resource = nameIn(snapshot) ?? "";
  const entries = itemsOf(snapshot, "AccountsWithRestoreAccess");
  return entries.flatMap((entry): ListedEntry => {
    const owner = granteeOf(nameOf(entry, "AccountAlias")) ?? granteeOf(nameOf(entry, "AccountId"));
    return owner ? { resource, source: { kind: "account", owner } } : { resource, unreadable: shown(entry, 256) };
  });
}
