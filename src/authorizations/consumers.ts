import { nameOf, valuesOf } from "#cloudtrail/fields.ts";
import { accountId } from "#domain/account.ts";
import { type Place, readArn } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";

/** The consumer of a datashare or a registered namespace. */
type Consumer = Source & { readonly kind: "account" };

/** Reads a consumer identifier: an account, or the data catalog of an account, the owner. Returns undefined for anything else. */
export function readConsumer(identifier: unknown): Consumer | undefined {
  if (typeof identifier !== "string") return undefined;
  const [, catalog] = /^DataCatalog\/([0-9]{12})$/.exec(identifier) ?? [];
  const owner = accountId(catalog ?? identifier);
  return owner && { kind: "account", owner, ...(catalog !== undefined && { consumerIdentifier: identifier }) };
}

/** Reads the consumer of a datashare that a request names. That can also be AWS Data Exchange (`ADX`). */
export function consumerIn(request: unknown): Consumer | undefined {
  return consumerOf(nameOf(request, "consumerIdentifier") ?? "", valuesOf(request, "allowWrites").includes(true));
}

/**
 * Reads the consumer of a listed association. The ARN of another account's namespace stands for the account's authorization, the ARN
 * of a Glue catalog for that of `DataCatalog/<account>`, because AuthorizeDataShare accepts no ARN.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeDataShare.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_AssociateDataShareConsumer.html
 */
export function listedConsumerIn(association: unknown, producer: Place | undefined): Consumer | undefined {
  const text = nameOf(association, "consumerIdentifier", arnLength) ?? "";
  const catalog = placeOf(text, catalogs, producer);
  const identifier = catalog ? `DataCatalog/${catalog.account}` : (placeOf(text, namespaces, producer)?.account ?? text);
  return consumerOf(identifier, valuesOf(association, "producerAllowedWrites").includes(true));
}

/**
 * True for the association of a namespace in the producer's account: SQL's GRANT alone gives it access, without an authorization.
 * @see https://docs.aws.amazon.com/redshift/latest/dg/writes-authorizing.html
 */
export function isOwnNamespace(association: unknown, producer: Place | undefined): boolean {
  const place = placeOf(nameOf(association, "consumerIdentifier", arnLength) ?? "", namespaces, producer);
  return place !== undefined && place.account === producer?.account;
}

const arnLength = 1024;

/**
 * The ARNs of consumers, by service and resource.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html
 */
const namespaces = { redshift: /^namespace:./, "redshift-serverless": /^namespace\/./ };
const catalogs = { glue: /^catalog(\/.|$)/ };

/** Returns the place of an ARN that has one of the forms and is in the producer's partition. */
function placeOf(text: string, forms: Readonly<Record<string, RegExp>>, producer: Place | undefined): Place | undefined {
  for (const [service, form] of Object.entries(forms)) {
    const arn = readArn(text, service);
    if (arn && form.test(arn.resource) && arn.place.partition === producer?.partition) return arn.place;
  }
  return undefined;
}

/** Reads the consumer of a datashare, with whether it may write. */
function consumerOf(identifier: string, allowWrites: boolean): Consumer | undefined {
  const consumer = identifier === "ADX" ? ({ kind: "account", owner: identifier } as const) : readConsumer(identifier);
  return consumer && { ...consumer, ...(allowWrites && { allowWrites }) };
}
