import { pages } from "#aws/pages.ts";
import { hasOnlyKeys, itemsOf, resourceIn, valuesOf } from "#cloudtrail/fields.ts";
import type { Place } from "#domain/place.ts";
import { shown } from "#domain/text.ts";
import type { ListEntries, ListedEntry, ReportOnly } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { readResourceEvent } from "./resource-event.ts";
import { arnOf, entriesOf, sourceOf, targetIn } from "./resource-policy.ts";

const requestKeys = ["resourceArn", "policy"];

/** Who can restore a snapshot to a namespace, and to a cluster. */
const accountLists = ["accountsWithRestoreAccess", "accountsWithProvisionedRestoreAccess"];

/**
 * Lists what a resource's policy allows, or the accounts that can restore the snapshots of a place. The client is loaded on
 * demand: an event has the whole policy, so a cold function rarely needs it.
 * @see https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetResourcePolicy.html
 * @see https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_Snapshot.html
 */
const list: ListEntries = async function* (send, resource, place) {
  const { GetResourcePolicyCommand, ListSnapshotsCommand, redshiftServerless } = await import("#aws/redshift-serverless-policies.ts");
  if (resource !== undefined) {
    const command = new GetResourcePolicyCommand({ resourceArn: arnOf(resource, place) });
    const { resourcePolicy } = await send(redshiftServerless, command, "resourcePolicy");
    return yield* entriesOf(resourcePolicy.policy, resource);
  }
  const ask = (nextToken?: string) => send(redshiftServerless, new ListSnapshotsCommand({ nextToken }), "snapshots");
  for await (const { snapshots } of pages(ask, "nextToken")) for (const snapshot of snapshots) yield* accountsIn(snapshot, place);
};

/** Returns the accounts that can restore a snapshot; none of a snapshot that another account shares, which is not this account's grant. */
function accountsIn(snapshot: unknown, { account }: Place): ListedEntry[] {
  const target = targetIn(snapshot, "snapshotArn");
  if (target && target.place.account !== account) return [];
  const accounts = new Set(accountLists.flatMap((key) => itemsOf(snapshot, key)));
  return [...accounts].map((each) => {
    const source = sourceOf(each);
    if (target && source) return { resource: target.resource, source };
    return { resource: target?.resource ?? "", unreadable: shown(target ? each : snapshot, 256) };
  });
}

/**
 * Lets accounts restore a snapshot of Redshift Serverless, by its resource policy. The resource is `snapshot/id`, as in the ARN.
 * @see https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_PutResourcePolicy.html
 * @see https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_DeleteResourcePolicy.html
 */
export const authorization: ReportOnly = {
  list,

  reason: "AWS can only replace the whole policy, without a condition, so a revoke could drop a permitted grant that is made meanwhile",

  give(grants) {
    const [{ resource = "", place } = {}] = grants;
    const AWS = grants.map(({ source }) => ("owner" in source ? source.owner : source.kind));
    const statement = { Effect: "Allow", Principal: { AWS }, Action: "redshift-serverless:RestoreFromSnapshot" };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    return { operation: "PutResourcePolicy", input: { resourceArn: place && arnOf(resource, place), policy } };
  },

  remove: ({ resource, place }) => ({
    operation: "DeleteResourcePolicy",
    input: { resourceArn: arnOf(resource, place) },
    effect: "this also removes every other grant of the policy",
  }),
};

/** Reads the event of the call, whose request names the resource and has the policy. */
export const event: EventReader = readResourceEvent({
  service: "redshift-serverless",
  eventName: "PutResourcePolicy",

  read({ requestParameters, responseElements }) {
    const requested = targetIn(requestParameters, "resourceArn");
    const target = requested ?? targetIn(resourceIn(responseElements, "resourcePolicy"), "resourceArn");
    const entries = grantedIn(requestParameters, target?.resource ?? "");
    const sources = entries.flatMap((each) => ("source" in each ? each.source : []));
    const isWhole = valuesOf(requestParameters, "policy").length === 1 && sources.length === entries.length;
    const complete = isWhole && requested !== undefined && hasOnlyKeys(requestParameters, requestKeys);
    return { resource: undefined, ...target, sources, complete };
  },

  inResponse({ responseElements }) {
    const policy = resourceIn(responseElements, "resourcePolicy");
    return grantedIn(policy, targetIn(policy, "resourceArn")?.resource ?? "");
  },

  list,
});

/** Returns the entries of every policy under the key `policy`. */
function grantedIn(object: unknown, resource: string): ListedEntry[] {
  return valuesOf(object, "policy").flatMap((text) => entriesOf(text, resource));
}
