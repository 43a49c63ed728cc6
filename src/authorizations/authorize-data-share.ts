import { DeauthorizeDataShareCommand, DescribeDataSharesCommand } from "@aws-sdk/client-redshift";
import { pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import { hasOnlyKeys, itemsOf, nameOf, resourceIn, valuesOf } from "#cloudtrail/fields.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { readArn } from "#domain/place.ts";
import { type Source, sourceKey } from "#domain/source.ts";
import { shown } from "#domain/text.ts";
import type { ListedEntry, Revocable } from "./authorization.ts";
import { consumerIn, isOwnNamespace, listedConsumerIn } from "./consumers.ts";
import type { EventReader } from "./event.ts";
import { readResourceEvent } from "./resource-event.ts";

const requestKeys = ["dataShareArn", "consumerIdentifier", "allowWrites"];

/**
 * Grants an account, a data catalog or AWS Data Exchange access to a Redshift datashare. The resource is `namespace/share`, as in
 * the ARN. The place is the ARN's, because the event may also be delivered in the consumer's account.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeDataShare.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_DeauthorizeDataShare.html
 */
export const authorization: Revocable = {
  async revoke(grant, send) {
    const { DataShareArn, ConsumerIdentifier } = input(grant);
    return entriesOf(await send(redshift, new DeauthorizeDataShareCommand({ DataShareArn, ConsumerIdentifier }), "DataShareArn"));
  },

  async *list(send, resource, place) {
    const ask = (Marker?: string) => {
      const request = resource === undefined ? { Marker } : { DataShareArn: arnOf(resource, place) };
      return send(redshift, new DescribeDataSharesCommand(request), "DataShares");
    };
    for await (const page of pages(ask, "Marker")) for (const each of page.DataShares) if (isAt(place, each)) yield* entriesOf(each);
  },

  undo: (grant) => ({ operation: "AuthorizeDataShare", input: input(grant) }),
};

/** Reads the event of the call, whose request names the resource and the source. */
export const event: EventReader = readResourceEvent({
  service: "redshift",
  eventName: "AuthorizeDataShare",

  read({ requestParameters, responseElements }) {
    const requestedShare = shareIn(requestParameters);
    const share = requestedShare ?? shareIn(resourceIn(responseElements, "dataShare"));
    const writes = valuesOf(requestParameters, "allowWrites");
    const consumer = consumerIn(requestParameters);
    const isExpected = hasOnlyKeys(requestParameters, requestKeys) && writes.every((each) => typeof each === "boolean");
    const complete = consumer !== undefined && requestedShare !== undefined && isExpected;
    return { resource: undefined, ...share, sources: consumer ? [consumer] : [], complete };
  },

  inResponse: ({ responseElements }) => entriesOf(resourceIn(responseElements, "dataShare")),

  list: authorization.list,
});

function input({ resource, source, place }: Grant): { DataShareArn: string; ConsumerIdentifier: string; AllowWrites?: true } {
  if (source.kind !== "account") throw new TypeError(`A datashare accepts no ${source.kind}`);
  const consumer = { DataShareArn: arnOf(resource, place), ConsumerIdentifier: source.consumerIdentifier ?? source.owner };
  return source.allowWrites ? { ...consumer, AllowWrites: true } : consumer;
}

function arnOf(resource: string, { partition, region, account }: Place): string {
  return `arn:${partition}:redshift:${region}:${account}:datashare:${resource}`;
}

/** Returns the datashare of an ARN. The letter case of its name is kept, because Redshift can distinguish it. */
function shareIn(object: unknown): { readonly place: Place; readonly resource: string } | undefined {
  const arn = readArn(nameOf(object, "dataShareArn", 1024) ?? "", "redshift");
  const [, resource] = /^datashare:([A-Za-z0-9-]{1,64}\/[^/]{1,255})$/s.exec(arn?.resource ?? "") ?? [];
  return arn && resource !== undefined ? { place: arn.place, resource } : undefined;
}

/**
 * True unless the datashare is another account's, shared with this one. A share without a readable ARN is kept, to be reported as
 * unreadable.
 */
function isAt({ account, region }: Place, share: unknown): boolean {
  const place = shareIn(share)?.place;
  return !place || (place.account === account && place.region === region);
}

/**
 * The states without access: granted in SQL only, deauthorized, or rejected by the consumer.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_DataShareAssociation.html
 */
const statesWithoutAccess = ["PENDING_AUTHORIZATION", "DEAUTHORIZED", "REJECTED"];

/**
 * Reads the associations of a datashare. An account that is listed by its id and by the ARNs of its namespaces, too, is one entry; a
 * namespace of the producer's account is none, because it needs no authorization.
 */
function entriesOf(share: unknown): ListedEntry[] {
  const { resource = "", place } = shareIn(share) ?? {};
  const consumers = new Map<string, Source>();
  const unreadable: ListedEntry[] = [];
  for (const association of itemsOf(share, "DataShareAssociations")) {
    if (statesWithoutAccess.includes(nameOf(association, "Status") ?? "")) continue;
    if (isOwnNamespace(association, place)) continue;
    const source = listedConsumerIn(association, place);
    const key = source && sourceKey(source);
    if (!key) unreadable.push({ resource, unreadable: shown(association, 256) });
    else if (!consumers.has(key) || source.allowWrites) consumers.set(key, source);
  }
  return [...[...consumers.values()].map((source): ListedEntry => ({ resource, source })), ...unreadable];
}
