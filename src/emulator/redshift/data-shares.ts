import { type Family, type Operation, type Place, perWorld, type World } from "../state.ts";
import { redshift } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, flag, optional, type Parameters, QueryError, required } from "../wire/query.ts";

type Status = "PENDING_AUTHORIZATION" | "AUTHORIZED" | "ACTIVE" | "DEAUTHORIZED" | "REJECTED";

/** A datashare to make, as SQL does. */
export interface DataShareSeed {
  /** `arn:aws:redshift:<region>:<account>:datashare:<namespace id>/<name>`. */
  readonly dataShareArn: string;
  readonly allowPubliclyAccessibleConsumers?: boolean;
  /** Whom SQL granted the share to, without authorization so far: account ids, `ADX`, `DataCatalog/<account>`. */
  readonly consumers?: readonly string[];
}

/** What a consumer has of a share. */
interface Association {
  readonly consumer: string;
  readonly createdAt: string;
  status: Status;
  changedAt: string;
  allowsWrites: boolean;
  acceptsWrites: boolean;
}

/** A datashare; `name` is its ARN. */
interface DataShare {
  readonly name: string;
  readonly producer: Place;
  readonly producerArn: string;
  readonly isPublic: boolean;
  readonly associations: Map<string, Association>;
}

/** All shares, by ARN: producers and consumers both see them. */
const openDataShares = perWorld(() => new Map<string, DataShare>());

/** Makes a share, or throws when the ARN is none. */
export function createDataShare(
  { dataShareArn, allowPubliclyAccessibleConsumers = false, consumers = [] }: DataShareSeed,
  world: World,
): void {
  const share = shareOf(dataShareArn, allowPubliclyAccessibleConsumers);
  openDataShares(world).set(share.name, share);
  for (const consumer of consumers) associate(share, consumer, "PENDING_AUTHORIZATION");
}

function shareOf(name: string, isPublic: boolean): DataShare {
  const arn = /^arn:(aws[a-z-]*):redshift:([a-z0-9-]+):(\d{12}):datashare:([^/:]+)\/(.+)$/s.exec(name);
  if (arn === null) throw invalid(`${name} is not the ARN of a datashare.`);
  const [, partition = "", region = "", account = "", namespace = ""] = arn;
  const producerArn = `arn:${partition}:redshift:${region}:${account}:namespace:${namespace}`;
  return { name, producer: { account, region }, producerArn, isPublic, associations: new Map() };
}

function associate(share: DataShare, consumer: string, status: Status): Association {
  const now = new Date().toISOString();
  const known = share.associations.get(consumer) ?? { consumer, createdAt: now, allowsWrites: false, acceptsWrites: false };
  const association: Association = { ...known, status, changedAt: now };
  share.associations.set(consumer, association);
  return association;
}

/** "There is an error with the datashare": the one refusal of these actions. Gone, in a wrong state or a wrong ARN, nothing tells which. */
function invalid(message: string): QueryError {
  return new QueryError("InvalidDataShareFault", 400, message);
}

/** Redshift's datashares: pages API_AuthorizeDataShare, API_AssociateDataShareConsumer, API_DescribeDataShares and their neighbours. */
export const dataShares: Family = {
  api: redshift,
  open(place, world) {
    const all = openDataShares(world);
    const isProducer = ({ producer }: DataShare): boolean => producer.account === place.account && producer.region === place.region;
    const isConsumer = ({ consumer, status }: Association): boolean =>
      [place.account, `DataCatalog/${place.account}`].includes(consumer) && (status === "AUTHORIZED" || status === "ACTIVE");
    const isVisible = (share: DataShare): boolean => isProducer(share) || [...share.associations.values()].some(isConsumer);

    const find = (parameters: Parameters, sees: (share: DataShare) => boolean): DataShare => {
      const share = all.get(required(parameters, "DataShareArn"));
      if (share === undefined || !sees(share)) throw invalid("The datashare does not exist, or is not yours.");
      return share;
    };

    const readConsumer = (parameters: Parameters): string => {
      const consumer = required(parameters, "ConsumerIdentifier");
      if (/^(DataCatalog\/)?\d{12}$|^ADX$/.test(consumer)) return consumer;
      throw invalid(`Invalid consumer: ${consumer}`);
    };

    /** Of a share that SQL granted to nobody yet, too. That a second authorization must change something is not documented. */
    const authorize = (parameters: Parameters): readonly Element[] => {
      const consumer = readConsumer(parameters);
      const arn = required(parameters, "DataShareArn");
      if (world.settings.createMissing && !all.has(arn)) {
        const made = shareOf(arn, false);
        if (isProducer(made)) all.set(arn, made);
      }
      const share = find(parameters, isProducer);
      const known = share.associations.get(consumer);
      const allowsWrites = flag(parameters, "AllowWrites") === true;
      const isAuthorized = known?.status === "AUTHORIZED" || known?.status === "ACTIVE";
      if (isAuthorized && known.allowsWrites === allowsWrites) throw invalid(`${consumer} is authorized already.`);
      associate(share, consumer, isAuthorized ? known.status : "AUTHORIZED").allowsWrites = allowsWrites;
      return describe(share, place);
    };

    const deauthorize = (parameters: Parameters): readonly Element[] => {
      const consumer = readConsumer(parameters);
      const share = find(parameters, isProducer);
      const status = share.associations.get(consumer)?.status;
      if (status !== "AUTHORIZED" && status !== "ACTIVE") throw invalid(`${consumer} is not authorized.`);
      associate(share, consumer, "DEAUTHORIZED");
      return describe(share, place);
    };

    /** By a consumer that is authorized. Its namespaces are not told apart. */
    const associateConsumer = (parameters: Parameters): readonly Element[] => {
      const share = find(parameters, isVisible);
      const mine = [...share.associations.values()].find(isConsumer);
      const ways = ["AssociateEntireAccount", "ConsumerArn", "ConsumerRegion"].filter((name) => parameters.has(name));
      if (mine === undefined || ways.length !== 1) throw invalid("The datashare cannot be associated.");
      associate(share, mine.consumer, "ACTIVE").acceptsWrites = flag(parameters, "AllowWrites") === true;
      return describe(share, place);
    };

    const page = (shares: readonly DataShare[], parameters: Parameters): readonly Element[] => {
      const { items, marker } = pageOf(shares, parameters, world.settings);
      return [["DataShares", items.map((share): Element => ["member", describe(share, place)])], ...marker];
    };

    return new Map<string, Operation>([
      ["AuthorizeDataShare", authorize],
      ["DeauthorizeDataShare", deauthorize],
      ["AssociateDataShareConsumer", associateConsumer],
      [
        "DescribeDataShares",
        (parameters) =>
          page(
            optional(parameters, "DataShareArn") === undefined ? [...all.values()].filter(isVisible) : [find(parameters, isVisible)],
            parameters,
          ),
      ],
      [
        "DescribeDataSharesForProducer",
        (parameters) => {
          const producerArn = optional(parameters, "ProducerArn");
          const status = optional(parameters, "Status");
          const found = [...all.values()].filter(
            (share) =>
              isProducer(share) &&
              (producerArn === undefined || share.producerArn === producerArn) &&
              (status === undefined || [...share.associations.values()].some((association) => association.status === status)),
          );
          return page(found, parameters);
        },
      ],
    ]);
  },
};

/** Page API_DataShare. A consumer sees its own association alone, and one that it has not accepted yet as AVAILABLE. */
function describe({ name, producer, producerArn, isPublic, associations }: DataShare, { account, region }: Place): readonly Element[] {
  const isProducer = producer.account === account && producer.region === region;
  const visible = [...associations.values()].filter(({ consumer }) => isProducer || consumer.endsWith(account));
  return [
    ["DataShareArn", name],
    ["ProducerArn", producerArn],
    ["AllowPubliclyAccessibleConsumers", isPublic],
    ["DataShareAssociations", visible.map((association): Element => ["member", describeAssociation(association, isProducer)])],
  ];
}

/** Page API_DataShareAssociation. */
function describeAssociation({ consumer, status, ...association }: Association, isProducer: boolean): readonly Element[] {
  return [
    ["ConsumerIdentifier", consumer],
    ["Status", !isProducer && status === "AUTHORIZED" ? "AVAILABLE" : status],
    ["CreatedDate", association.createdAt],
    ["StatusChangeDate", association.changedAt],
    ["ProducerAllowedWrites", association.allowsWrites],
    ["ConsumerAcceptedWrites", association.acceptsWrites],
  ];
}
