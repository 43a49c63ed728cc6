import type { StoreKind } from "#authorizations/event.ts";
import { toStoredName } from "#cloudtrail/fields.ts";
import type { Store } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { isGroupId } from "#domain/source.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Flags, textFlags } from "../command.ts";
import type { MadeStore } from "./sandbox-store.ts";

/** Returns the stores behind a security group; undefined when they are not known. */
export type StandIns = (group: string) => readonly MadeStore[] | undefined;

/** Returns the stores behind a security group of a place; undefined when neither `--store` nor `--inventory` says what they are. */
export type StoresBehind = (group: string, place: Place) => readonly MadeStore[] | undefined;

/** What `--store` may name. */
interface Service {
  readonly kind: StoreKind;
  /** The service as policies name it. */
  readonly service: string;
  readonly fewestCharacters?: number;
  readonly mostCharacters: number;
  /** The first and the last of the ports that it can listen on; none if they cannot be chosen. */
  readonly ports: readonly (readonly [first: number, last: number])[];
}

const rangesOfRedshift = [
  [5431, 5455],
  [8191, 8215],
] as const;

/**
 * The services by their names in `--store`.
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
 * @see https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateWorkgroup.html
 */
const services: Readonly<Record<string, Service>> = {
  elasticache: { kind: "cache", service: "elasticache", mostCharacters: 50, ports: [[1, 65_535]] },
  "elasticache-serverless": { kind: "serverlessCache", service: "elasticache", mostCharacters: 40, ports: [] },
  redshift: { kind: "cluster", service: "redshift", mostCharacters: 63, ports: [[1_150, 65_535]] },
  "redshift-serverless": {
    kind: "workgroup",
    service: "redshift-serverless",
    fewestCharacters: 3,
    mostCharacters: 64,
    ports: rangesOfRedshift,
  },
};

/** Reads every `--store`. Returns the stores by the group that they are behind. Throws a UsageError. */
export function standInsOf(flags: Flags): ReadonlyMap<string, readonly MadeStore[]> {
  const standIns = new Map<string, readonly MadeStore[]>();
  for (const text of textFlags(flags, "store")) {
    const [, group = "", list = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (!isGroupId(group)) throw malformed(text);
    if (standIns.has(group)) throw new UsageError(`--store names ${group} twice: give it once, with all its stores: ${form}`);
    const stores = list.split(",").map((each) => readStore(each, text));
    const twice = stores.find((store, index) => stores.findIndex((other) => isSame(store, other)) < index);
    if (twice) throw new UsageError(`--store names ${twice.service} ${twice.resource} twice behind ${group}: give it once`);
    const others = [...standIns.values()].flat();
    const changed = stores.find((store) => others.some((other) => isSame(store, other) && store.port !== other.port));
    if (changed)
      throw new UsageError(`--store gives ${changed.service} ${changed.resource} two ports: give it the same one for each group`);
    standIns.set(group, stores);
  }
  return standIns;
}

/** True for stores that policies cannot tell apart. */
export function isSame(one: Store, other: Store): boolean {
  return one.service === other.service && one.resource === other.resource;
}

const form = "GROUP=SERVICE:NAME[:PORT],… such as sg-0a1b2c3d4e5f60718=redshift:dwh-prod,elasticache:sessions:6380";

function malformed(text: string): UsageError {
  return new UsageError(`--store is ${shown(text)}: write ${form}; SERVICE is ${Object.keys(services).join(", ")}`);
}

function readStore(text: string, flag: string): MadeStore {
  const [name = "", identifier = "", ports, ...others] = text.split(":");
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  const resource = toStoredName(identifier);
  if (!service || others.length > 0 || !/^[a-z](-?[a-z0-9])*$/.test(resource) || resource.length > service.mostCharacters)
    throw malformed(flag);
  const { fewestCharacters = 1, mostCharacters } = service;
  if (resource.length < fewestCharacters)
    throw new UsageError(`--store is ${shown(flag)}: a name of ${name} has ${fewestCharacters} to ${mostCharacters} characters`);
  const store = { kind: service.kind, service: service.service, resource };
  if (ports === undefined) return store;
  const port = /^[0-9]{1,5}$/.test(ports) ? Number(ports) : 0;
  if (service.ports.some(([first, last]) => first <= port && port <= last)) return { ...store, port };
  if (service.ports.length === 0) throw new UsageError(`--store is ${shown(flag)}: ${name} takes no port: remove ":${printable(ports)}"`);
  const possible = service.ports.map(([first, last]) => `${first} to ${last}`).join(" or ");
  throw new UsageError(`--store is ${shown(flag)}: the port of ${name} can be ${possible}`);
}
