import { type Place, perWorld } from "../state.ts";
import { QueryError } from "../wire/errors.ts";
import { optional, type Parameters } from "../wire/parameters.ts";
import type { Engine } from "./requests.ts";

/** A global datastore: replication groups of one account in several Regions. `name` is its id. */
export interface GlobalReplicationGroup {
  readonly name: string;
  readonly engine: Engine;
  /** The port of the primary. */
  readonly port: number;
  readonly members: readonly { readonly name: string; readonly region: string; readonly role: "PRIMARY" | "SECONDARY" }[];
}

const byAccount = perWorld(() => new Map<string, Map<string, GlobalReplicationGroup>>());

/** The global datastores of an account, by id: all its Regions see them. */
export function globalGroupsOf({ account, world }: Place): Map<string, GlobalReplicationGroup> {
  const accounts = byAccount(world);
  const groups = accounts.get(account) ?? new Map<string, GlobalReplicationGroup>();
  accounts.set(account, groups);
  return groups;
}

/** The global datastore with this id. Throws GlobalReplicationGroupNotFoundFault. */
export function findGlobalGroup(place: Place, name: string): GlobalReplicationGroup {
  const group = globalGroupsOf(place).get(name);
  if (group === undefined) throw new QueryError("GlobalReplicationGroupNotFoundFault", 404, `${name} not found.`);
  return group;
}

/** The global datastore that a request names, if it names one. With `createMissing`, an unknown one is none. */
export function namedGlobalGroup(parameters: Parameters, place: Place): GlobalReplicationGroup | undefined {
  const id = optional(parameters, "GlobalReplicationGroupId");
  if (id === undefined || (place.world.settings.createMissing && !globalGroupsOf(place).has(id))) return undefined;
  return findGlobalGroup(place, id);
}

/** Adds a replication group in another Region. */
export function addSecondary(place: Place, group: GlobalReplicationGroup, name: string): void {
  const members = [...group.members, { name, region: place.region, role: "SECONDARY" } as const];
  globalGroupsOf(place).set(group.name, { ...group, members });
}
