import { type Place, perWorld, type World } from "../state.ts";
import { QueryError } from "../wire/errors.ts";

type Status = "PENDING_AUTHORIZATION" | "AUTHORIZED" | "ACTIVE" | "DEAUTHORIZED" | "REJECTED";

/** A datashare to create, as SQL does. */
export interface DataShareSeed {
  /** `arn:aws:redshift:<region>:<account>:datashare:<namespace id>/<name>`. */
  readonly dataShareArn: string;
  readonly allowPubliclyAccessibleConsumers?: boolean;
  /**
   * The consumers that GRANT named: account ids, `ADX`, `DataCatalog/<account>`, which are not authorized yet, and ARNs of namespaces of
   * the own account, which need no authorization (page writes-authorizing of the Database Developer Guide).
   */
  readonly consumers?: readonly string[];
}

/**
 * A consumer of a datashare: an account id, `ADX`, `DataCatalog/<account>`, or an ARN. terraform-provider-aws
 * (data_share_consumer_association.go) finds an association that was made with ConsumerArn by that ARN.
 */
export interface Association {
  readonly consumer: string;
  readonly createdAt: string;
  status: Status;
  changedAt: string;
  allowsWrites: boolean;
  acceptsWrites: boolean;
}

/** A datashare; `name` is its ARN. */
export interface DataShare {
  readonly name: string;
  readonly producer: Pick<Place, "account" | "region">;
  readonly producerArn: string;
  readonly isPublic: boolean;
  readonly associations: Map<string, Association>;
}

/** The datashares of all accounts, by ARN: producers and consumers both see them. */
export const dataSharesOf: (world: World) => Map<string, DataShare> = perWorld(() => new Map());

/** Creates a datashare. Throws if the ARN is invalid. */
export function createDataShare(
  { dataShareArn, allowPubliclyAccessibleConsumers = false, consumers = [] }: DataShareSeed,
  world: World,
): void {
  const share = newDataShare(dataShareArn, allowPubliclyAccessibleConsumers);
  dataSharesOf(world).set(share.name, share);
  for (const consumer of consumers) associate(share, consumer, isOwnNamespace(consumer, share) ? "ACTIVE" : "PENDING_AUTHORIZATION");
}

/** A datashare without consumers, in no world yet. Throws if the ARN is invalid. */
export function newDataShare(name: string, isPublic: boolean): DataShare {
  const arn = /^arn:(aws[a-z-]*):redshift:([a-z0-9-]+):(\d{12}):datashare:([^/:]+)\/(.+)$/s.exec(name);
  if (arn === null) throw invalidDataShare(`${name} is not the ARN of a datashare.`);
  const [, partition = "", region = "", account = "", namespace = ""] = arn;
  const producerArn = `arn:${partition}:redshift:${region}:${account}:namespace:${namespace}`;
  return { name, producer: { account, region }, producerArn, isPublic, associations: new Map() };
}

/** Adds a consumer, or changes its status. */
export function associate(share: DataShare, consumer: string, status: Status): Association {
  const now = new Date().toISOString();
  const known = share.associations.get(consumer) ?? { consumer, createdAt: now, allowsWrites: false, acceptsWrites: false };
  const association: Association = { ...known, status, changedAt: now };
  share.associations.set(consumer, association);
  return association;
}

/** Whether a place is the producer of a datashare. */
export function isProducer({ producer }: DataShare, place: Place): boolean {
  return producer.account === place.account && producer.region === place.region;
}

/** Whether an association makes the datashare visible to the account of a place. */
export function isConsumer({ consumer, status }: Association, place: Place): boolean {
  return [place.account, `DataCatalog/${place.account}`].includes(identifierOf(consumer)) && isAuthorized(status);
}

/** Whether a consumer is a namespace of the producer's account. */
export function isOwnNamespace(consumer: string, { producer }: DataShare): boolean {
  return consumer.startsWith("arn:") && identifierOf(consumer) === producer.account;
}

/**
 * The identifier that AuthorizeDataShare takes for a consumer: the account of a namespace's ARN, `DataCatalog/<account>` for the ARN of a
 * Glue catalog. The ARN of a provisioned namespace has a colon before its id, that of a serverless one a slash
 * (terraform-provider-aws, data_share_consumer_association_test.go).
 */
export function identifierOf(consumer: string): string {
  const arn = /^arn:aws[a-z-]*:(redshift|redshift-serverless|glue):[a-z0-9-]+:(\d{12}):(namespace:|namespace\/|catalog)/.exec(consumer);
  if (arn === null) return consumer;
  const [, , account = "", kind] = arn;
  return kind === "catalog" ? `DataCatalog/${account}` : account;
}

/** Whether a consumer with this status is authorized. */
export function isAuthorized(status: Status | undefined): boolean {
  return status === "AUTHORIZED" || status === "ACTIVE";
}

/** "There is an error with the datashare": the only error of these actions. It does not show whether a share, a state or an ARN is wrong. */
export function invalidDataShare(message: string): QueryError {
  return new QueryError("InvalidDataShareFault", 400, message);
}
