import type { ActionGroup, Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import { redshift } from "../wire/apis.ts";
import type { Element } from "../wire/elements.ts";
import { pageOf } from "../wire/paging.ts";
import { boolean, optional, type Parameters, required } from "../wire/parameters.ts";
import {
  type Association,
  associate,
  type DataShare,
  dataSharesOf,
  identifierOf,
  invalidDataShare,
  isAuthorized,
  isConsumer,
  isOwnNamespace,
  isProducer,
  newDataShare,
} from "./data-share-state.ts";

/**
 * Page API_AuthorizeDataShare. SQL need not have granted the share to the consumer before. It is not documented that a second
 * authorization must change something.
 */
const authorize: Operation = (parameters, place) => {
  const consumer = readConsumer(parameters);
  const arn = required(parameters, "DataShareArn");
  if (place.world.settings.createMissing) createMissing(arn, place);
  const share = find(parameters, place, isProducer);
  const known = share.associations.get(consumer);
  const allowsWrites = boolean(parameters, "AllowWrites") === true;
  const current = known !== undefined && isAuthorized(known.status) ? known : undefined;
  if (current?.allowsWrites === allowsWrites) throw invalidDataShare(`${consumer} is authorized already.`);
  associate(share, consumer, current?.status ?? "AUTHORIZED").allowsWrites = allowsWrites;
  return describeDataShare(share, place);
};

function createMissing(arn: string, place: Place): void {
  const all = dataSharesOf(place.world);
  if (all.has(arn)) return;
  const share = newDataShare(arn, false);
  if (isProducer(share, place)) all.set(arn, share);
}

/**
 * Page API_DeauthorizeDataShare. It is inferred that the associations of the consumer's namespaces and catalog end with its authorization.
 * Namespaces of the producer's account need none, so they stay.
 */
const deauthorize: Operation = (parameters, place) => {
  const consumer = readConsumer(parameters);
  const share = find(parameters, place, isProducer);
  if (!isAuthorized(share.associations.get(consumer)?.status)) throw invalidDataShare(`${consumer} is not authorized.`);
  for (const each of [...share.associations.keys()])
    if (identifierOf(each) === consumer && !isOwnNamespace(each, share)) associate(share, each, "DEAUTHORIZED");
  return describeDataShare(share, place);
};

/**
 * Page API_AssociateDataShareConsumer. The caller must be an authorized consumer. With ConsumerArn, the consumer is listed by that ARN; it
 * is inferred that the authorized account stays listed beside it.
 */
const associateConsumer: Operation = (parameters, place) => {
  const share = find(parameters, place, isVisible);
  const arn = optional(parameters, "ConsumerArn");
  const own = [...share.associations.values()].find(
    (each) => isConsumer(each, place) && (arn === undefined || each.consumer === identifierOf(arn)),
  );
  const targets = ["AssociateEntireAccount", "ConsumerArn", "ConsumerRegion"].filter((name) => parameters.has(name));
  if (own === undefined || targets.length !== 1) throw invalidDataShare("The datashare cannot be associated.");
  const association = associate(share, arn ?? own.consumer, "ACTIVE");
  association.allowsWrites = own.allowsWrites;
  association.acceptsWrites = boolean(parameters, "AllowWrites") === true;
  return describeDataShare(share, place);
};

/** Page API_DescribeDataShares. */
const describe: Operation = (parameters, place) => {
  const isNamed = optional(parameters, "DataShareArn") !== undefined;
  const visible = () => [...dataSharesOf(place.world).values()].filter((share) => isVisible(share, place));
  return page(isNamed ? [find(parameters, place, isVisible)] : visible(), parameters, place);
};

/** Page API_DescribeDataSharesForProducer. */
const describeForProducer: Operation = (parameters, place) => {
  const producerArn = optional(parameters, "ProducerArn");
  const status = optional(parameters, "Status");
  const found = [...dataSharesOf(place.world).values()].filter(
    (share) =>
      isProducer(share, place) &&
      (producerArn === undefined || share.producerArn === producerArn) &&
      (status === undefined || [...share.associations.values()].some((association) => association.status === status)),
  );
  return page(found, parameters, place);
};

/** Redshift's datashares. */
export const dataShares: ActionGroup = {
  api: redshift,
  operations: {
    AuthorizeDataShare: authorize,
    DeauthorizeDataShare: deauthorize,
    AssociateDataShareConsumer: associateConsumer,
    DescribeDataShares: describe,
    DescribeDataSharesForProducer: describeForProducer,
  },
};

function isVisible(share: DataShare, place: Place): boolean {
  return isProducer(share, place) || [...share.associations.values()].some((association) => isConsumer(association, place));
}

function find(parameters: Parameters, place: Place, sees: (share: DataShare, place: Place) => boolean): DataShare {
  const share = dataSharesOf(place.world).get(required(parameters, "DataShareArn"));
  if (share !== undefined && sees(share, place)) return share;
  throw invalidDataShare("The datashare does not exist, or is not yours.");
}

function readConsumer(parameters: Parameters): string {
  const consumer = required(parameters, "ConsumerIdentifier");
  if (/^(DataCatalog\/)?\d{12}$|^ADX$/.test(consumer)) return consumer;
  throw invalidDataShare(`Invalid consumer: ${consumer}`);
}

function page(shares: readonly DataShare[], parameters: Parameters, place: Place): readonly Element[] {
  const { items, marker } = pageOf(shares, parameters, place);
  return [["DataShares", items.map((share): Element => ["member", describeDataShare(share, place)])], ...marker];
}

/** Page API_DataShare. A consumer sees its own association only. */
function describeDataShare(share: DataShare, place: Place): readonly Element[] {
  const isOwn = isProducer(share, place);
  const visible = [...share.associations.values()].filter(({ consumer }) => isOwn || identifierOf(consumer).endsWith(place.account));
  return [
    ["DataShareArn", share.name],
    ["ProducerArn", share.producerArn],
    ["AllowPubliclyAccessibleConsumers", share.isPublic],
    ["DataShareAssociations", visible.map((association): Element => ["member", describeAssociation(association, isOwn)])],
  ];
}

/** Page API_DataShareAssociation. To a consumer, an association that it has not accepted yet is AVAILABLE. */
function describeAssociation({ consumer, status, ...association }: Association, isOwn: boolean): readonly Element[] {
  return [
    ["ConsumerIdentifier", consumer],
    ["Status", !isOwn && status === "AUTHORIZED" ? "AVAILABLE" : status],
    ["CreatedDate", association.createdAt],
    ["StatusChangeDate", association.changedAt],
    ["ProducerAllowedWrites", association.allowsWrites],
    ["ConsumerAcceptedWrites", association.acceptsWrites],
  ];
}
