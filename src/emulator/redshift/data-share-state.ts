import { type Place, perWorld, type World } from "../state.ts";
import { QueryError } from "../wire/errors.ts";

type Status = "PENDING_AUTHORIZATION" | "AUTHORIZED" | "ACTIVE" | "DEAUTHORIZED" | "REJECTED";

/** A datashare to create, as SQL does. */
export interface DataShareSeed {
  /** `arn:aws:redshift:<region>:<account>:datashare:<namespace id>/<name>`. */
  readonly dataShareArn: string;
  readonly allowPubliclyAccessibleConsumers?: boolean;
  /** The consumers that GRANT named and that are not authorized yet: account ids, `ADX`, `DataCatalog/<account>`. */
  readonly consumers?: readonly string[];
}

/** A consumer of a datashare. */
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
  for (const consumer of consumers) associate(share, consumer, "PENDING_AUTHORIZATION");
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
  return [place.account, `DataCatalog/${place.account}`].includes(consumer) && isAuthorized(status);
}

/** Whether a consumer with this status is authorized. */
export function isAuthorized(status: Status | undefined): boolean {
  return status === "AUTHORIZED" || status === "ACTIVE";
}

/** "There is an error with the datashare": the only error of these actions. It does not show whether a share, a state or an ARN is wrong. */
export function invalidDataShare(message: string): QueryError {
  return new QueryError("InvalidDataShareFault", 400, message);
}
