import { DescribeClusterSnapshotsCommand, RevokeSnapshotAccessCommand } from "@aws-sdk/client-redshift";
import { pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import type { Send } from "#aws/send.ts";
import { answerIn, asStored, holdsOnly, itemsOf, nameOf, storedNameOf, valuesOf } from "#cloudtrail/fields.ts";
import { accountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { readArn } from "#domain/place.ts";
import type { Owner, Source } from "#domain/source.ts";
import { shown } from "#domain/text.ts";
import type { Authorization, ListedEntry } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { readResourceEvent } from "./resource-event.ts";

const members = ["snapshotIdentifier", "snapshotArn", "snapshotClusterIdentifier", "accountWithRestoreAccess"];

/**
 * Redshift lets an account, or AWS Support, restore a snapshot. The resource is `cluster/snapshot`, as in the ARN.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeSnapshotAccess.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_RevokeSnapshotAccess.html
 */
export const authorization: Authorization = {
  async revoke(grant, send) {
    const { Snapshot } = await send(redshift, new RevokeSnapshotAccessCommand(input(grant)), "Snapshot");
    return entriesOf(Snapshot);
  },

  async *list(send, resource) {
    // Not by the cluster, which may be deleted while its snapshots are kept. A snapshot's name is one of a kind in an account.
    const asked = resource === undefined ? {} : { SnapshotIdentifier: resource.slice(resource.indexOf("/") + 1) };
    for await (const each of snapshots(send, asked)) if (resource === undefined || nameIn(each) === resource) yield* entriesOf(each);
  },

  undo: (grant) => ({ operation: "AuthorizeSnapshotAccess", input: input(grant) }),
};

/** Reads the event of the call: the request names the resource and the source. */
export const event: EventReader = readResourceEvent({
  service: "redshift",
  eventName: "AuthorizeSnapshotAccess",

  read({ requestParameters, responseElements, place }) {
    const answer = answerIn(responseElements, "snapshot");
    const asked = askedSnapshot(requestParameters, place);
    const answered = { snapshot: identifier(answer, "snapshotIdentifier"), cluster: identifier(answer, "clusterIdentifier") };
    // AWS finds a snapshot that exists without its cluster's name: what AWS says is its cluster goes before what the caller says.
    const isSame = asked?.snapshot === undefined || answered.snapshot === undefined || asked.snapshot === answered.snapshot;
    // An answer that does not tell it, as one that was cut, leaves it to the list.
    const isBelieved = !responseElements || valuesOf(requestParameters, "snapshotArn").length > 0;
    const cluster = (isSame ? answered.cluster : undefined) ?? (isBelieved ? asked?.cluster : undefined);
    const snapshot = asked?.snapshot ?? answered.snapshot;
    const owner = granteeOf(nameOf(requestParameters, "accountWithRestoreAccess"));
    const sources: Source[] = owner ? [{ kind: "account", owner }] : [];
    const complete = sources.length > 0 && asked !== undefined && holdsOnly(requestParameters, members);
    if (snapshot === undefined || cluster !== undefined)
      return { resource: snapshot === undefined ? undefined : `${cluster}/${snapshot}`, sources, complete };
    return { resource: undefined, sources, complete, lookUp: (send) => lookUp(snapshot, complete ? sources : undefined, send) };
  },

  inResponse: ({ responseElements }) => entriesOf(answerIn(responseElements, "snapshot")),

  list: authorization.list,
});

/** The grants on a snapshot whose cluster the event does not name: to those that the event tells of, or to all. */
async function lookUp(snapshot: string, told: readonly Source[] | undefined, send: Send): Promise<ListedEntry[]> {
  const found: ListedEntry[] = [];
  for await (const each of snapshots(send, { SnapshotIdentifier: snapshot })) {
    const resource = nameIn(each);
    if (resource?.endsWith(`/${snapshot}`)) found.push(...(told?.map((source) => ({ resource, source })) ?? entriesOf(each)));
  }
  return found;
}

async function* snapshots(send: Send, asked: { SnapshotIdentifier?: string }): AsyncGenerator<unknown> {
  const ask = (Marker?: string) => send(redshift, new DescribeClusterSnapshotsCommand({ ...asked, Marker }), "Snapshots");
  for await (const { Snapshots } of pages(ask, "Marker")) yield* Snapshots;
}

function input({ resource, source }: Grant): {
  SnapshotIdentifier: string;
  SnapshotClusterIdentifier: string;
  AccountWithRestoreAccess: string;
} {
  if (source.kind !== "account") throw new TypeError(`A snapshot lets in no ${source.kind}`);
  const slash = resource.indexOf("/");
  const [SnapshotClusterIdentifier, SnapshotIdentifier] = [resource.slice(0, slash), resource.slice(slash + 1)];
  return { SnapshotIdentifier, SnapshotClusterIdentifier, AccountWithRestoreAccess: source.owner };
}

/** Which snapshot a call names, by its identifier, its ARN or both; undefined where it names none, or two, or another account's. */
function askedSnapshot(bag: unknown, place: Place): { snapshot: string; cluster: string | undefined } | undefined {
  const named = identifier(bag, "snapshotIdentifier");
  const cluster = identifier(bag, "snapshotClusterIdentifier");
  if (valuesOf(bag, "snapshotArn").length === 0) return named === undefined ? undefined : { snapshot: named, cluster };
  const arn = readArn(nameOf(bag, "snapshotArn", 1024) ?? "", "redshift");
  const [, inCluster, snapshot] = /^snapshot:([^/]+)\/([^/]+)$/.exec(asStored(arn?.resource ?? "")) ?? [];
  const isOwn = arn?.place.account === place.account && arn.place.region === place.region;
  const isOne = [undefined, snapshot].includes(named) && [undefined, inCluster].includes(cluster);
  const isOnly = named !== undefined || valuesOf(bag, "snapshotIdentifier").length === 0;
  return snapshot !== undefined && isOwn && isOne && isOnly ? { snapshot, cluster: inCluster } : undefined;
}

/** Redshift stores both identifiers in lower case, whatever the caller wrote. A slash would make them another resource's name. */
function identifier(bag: unknown, key: string): string | undefined {
  const name = storedNameOf(bag, key);
  return name?.includes("/") ? undefined : name;
}

/** AWS Support has a name of its own where others have an account id. */
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
