/** The options of the emulator that operations use. */
export interface Settings {
  readonly settleMs: number;
  readonly createMissing: boolean;
  readonly pageSize: number | undefined;
  readonly rulesPerGroup: number;
  readonly endpointsCarryGroups: boolean;
  readonly endpointsOutliveStoresMs: number;
  readonly pausedClustersHideEndpoint: boolean;
  readonly vpcOnly: boolean;
  readonly regionsWithoutRedshiftServerless: readonly string[];
  readonly regions: readonly string[] | undefined;
  readonly disabledRegionError: "InvalidClientTokenId" | "OptInRequired";
}

/** Everything that exists until the emulator is cleared. The object is the key to all state. */
export interface World {
  readonly settings: Settings;
}

/** Where a request acts: one account in one Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly world: World;
}

/** State that each place has of its own. `create` is called once for each place, at the first use. */
export function perPlace<State>(create: (place: Place) => State): (place: Place) => State {
  const statesOf = perWorld(() => new Map<string, State>());
  return (place) => {
    const states = statesOf(place.world);
    const key = JSON.stringify([place.account, place.region]);
    const known = states.get(key);
    if (known !== undefined) return known;
    const state = create(place);
    states.set(key, state);
    return state;
  };
}

/** State that all accounts share, such as grants from one account to another. */
export function perWorld<State>(create: () => State): (world: World) => State {
  const states = new WeakMap<World, State>();
  return (world) => {
    const state = states.get(world) ?? create();
    states.set(world, state);
    return state;
  };
}

/** A resource, and when it is gone, if it is being deleted. */
interface Deletable {
  readonly goneAt?: number | undefined;
}

/** The resources of each place, by name, without those that are gone. */
export function resourcesPerPlace<Resource extends Deletable>(): (place: Place) => Map<string, Resource> {
  const allOf = perPlace(() => new Map<string, Resource>());
  return (place) => {
    const resources = allOf(place);
    for (const [name, { goneAt }] of resources) if (goneAt !== undefined && goneAt <= performance.now()) resources.delete(name);
    return resources;
  };
}

/** When a change that is made now takes effect, on the clock of `performance.now()`. There are no timers: reads compare the time. */
export function settlesAt({ world }: Place): number {
  return performance.now() + world.settings.settleMs;
}

/** Whether a change has taken effect. */
export function hasSettled(change: { readonly settlesAt: number }): boolean {
  return change.settlesAt <= performance.now();
}

const counters = perWorld(() => ({ last: 0 }));

/** A new identifier such as "sg-00000000000000001", unique in its world. Later identifiers sort after earlier ones. */
export function newId(prefix: string, { world }: Place): string {
  const counter = counters(world);
  counter.last += 1;
  return `${prefix}-${counter.last.toString(16).padStart(17, "0")}`;
}
