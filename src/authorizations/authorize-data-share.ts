import { DeauthorizeDataShareCommand, DescribeDataSharesCommand } from "@aws-sdk/client-redshift";
import { pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import { answerIn, holdsOnly, itemsOf, nameOf, valuesOf } from "#cloudtrail/fields.ts";
import { accountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { readArn } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";
import { shown } from "#domain/text.ts";
import type { Authorization, ListedEntry } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { readResourceEvent } from "./resource-event.ts";

const members = ["dataShareArn", "consumerIdentifier", "allowWrites"];

/**
 * Redshift lets an account, a data catalog or the data exchange read a datashare. The resource is `namespace/share` as
 * in the ARN, and the place is the ARN's: the consumer's account may see the event too.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeDataShare.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_DeauthorizeDataShare.html
 */
export const authorization: Authorization = {
  async revoke(grant, send) {
    const { DataShareArn, ConsumerIdentifier } = input(grant);
    return entriesOf(await send(redshift, new DeauthorizeDataShareCommand({ DataShareArn, ConsumerIdentifier }), "DataShareArn"));
  },

  async *list(send, resource, place) {
    const ask = (Marker?: string) => {
      const asked = resource === undefined ? { Marker } : { DataShareArn: arnOf(resource, place) };
      return send(redshift, new DescribeDataSharesCommand(asked), "DataShares");
    };
    for await (const page of pages(ask, "Marker")) for (const each of page.DataShares) if (isAt(place, each)) yield* entriesOf(each);
  },

  undo: (grant) => ({ operation: "AuthorizeDataShare", input: input(grant) }),
};

/** Reads the event of the call: the request names the resource and the source. */
export const event: EventReader = readResourceEvent({
  service: "redshift",
  eventName: "AuthorizeDataShare",

  read({ requestParameters, responseElements }) {
    const named = shareIn(requestParameters);
    const share = named ?? shareIn(answerIn(responseElements, "dataShare"));
    const writes = valuesOf(requestParameters, "allowWrites");
    const consumer = consumerIn(requestParameters, writes.includes(true));
    const isKnown = holdsOnly(requestParameters, members) && writes.every((each) => typeof each === "boolean");
    const complete = consumer !== undefined && named !== undefined && isKnown;
    return { resource: undefined, ...share, sources: consumer ? [consumer] : [], complete };
  },

  inResponse: ({ responseElements }) => entriesOf(answerIn(responseElements, "dataShare")),

  list: authorization.list,
});

function input({ resource, source, place }: Grant): { DataShareArn: string; ConsumerIdentifier: string; AllowWrites?: true } {
  if (source.kind !== "account") throw new TypeError(`A datashare lets in no ${source.kind}`);
  const consumer = { DataShareArn: arnOf(resource, place), ConsumerIdentifier: source.consumerIdentifier ?? source.owner };
  return source.allowWrites ? { ...consumer, AllowWrites: true } : consumer;
}

function arnOf(resource: string, { partition, region, account }: Place): string {
  return `arn:${partition}:redshift:${region}:${account}:datashare:${resource}`;
}

/** The datashare that a bag names by its ARN. Its name is kept as it is: Redshift can tell capitals apart. */
function shareIn(bag: unknown): { readonly place: Place; readonly resource: string } | undefined {
  const arn = readArn(nameOf(bag, "dataShareArn", 1024) ?? "", "redshift");
  const [, resource] = /^datashare:([A-Za-z0-9-]{1,64}\/[^/]{1,255})$/s.exec(arn?.resource ?? "") ?? [];
  return arn && resource !== undefined ? { place: arn.place, resource } : undefined;
}

/** Of all that a place sees, what others share with it is theirs to take back. What names no place stays to be complained of. */
function isAt({ account, region }: Place, share: unknown): boolean {
  const found = shareIn(share);
  return !found || (found.place.account === account && found.place.region === region);
}

/** An account, the data exchange, or a data catalog, whose account is the owner. */
function consumerIn(bag: unknown, allowWrites: boolean): Source | undefined {
  const text = nameOf(bag, "consumerIdentifier") ?? "";
  const writes = allowWrites ? ({ allowWrites } as const) : {};
  const [, id] = /^DataCatalog\/([0-9]{12})$/.exec(text) ?? [];
  const catalog = accountId(id ?? "");
  if (catalog) return { kind: "account", owner: catalog, consumerIdentifier: text, ...writes };
  const owner = text === "ADX" ? text : accountId(text);
  return owner && { kind: "account", owner, ...writes };
}

/** What a consumer has that is let in by nobody: granted in SQL only, taken back, or turned down by the consumer. */
const shut = ["PENDING_AUTHORIZATION", "DEAUTHORIZED", "REJECTED"];

function entriesOf(share: unknown): ListedEntry[] {
  const resource = shareIn(share)?.resource ?? "";
  const associations = itemsOf(share, "DataShareAssociations");
  return associations.flatMap((association): ListedEntry[] => {
    if (shut.includes(nameOf(association, "Status") ?? "")) return [];
    const source = consumerIn(association, valuesOf(association, "ProducerAllowedWrites").includes(true));
    return [source ? { resource, source } : { resource, unreadable: shown(association, 256) }];
  });
}
