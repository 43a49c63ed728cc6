import type { Api } from "./wire/apis.ts";
import type { Element, Parameters } from "./wire/query.ts";

/** Where requests go: one account in one Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** The part of the emulator's options that operations heed. */
export interface Settings {
  readonly settleMs: number;
  readonly createMissing: boolean;
  readonly pageSize: number | undefined;
}

/** All that exists, until the emulator is cleared. Its object is the key to the state that families share. */
export interface World {
  readonly settings: Settings;
}

/** One action: changes what its place holds and gives the content of its Result (undefined: it has none). Refuses by throwing a QueryError. */
export type Operation = (parameters: Parameters) => readonly Element[] | undefined;

/** Actions of one API that belong together. `open` is called once for each place and makes the operations, over a state of their own or a shared one. */
export interface Family {
  readonly api: Api;
  readonly open: (place: Place, world: World) => ReadonlyMap<string, Operation>;
}

/** The common opener of a state that families share: the first who asks in a place makes it, everyone gets the same. */
export function perPlace<State>(open: (place: Place, world: World) => State): (place: Place, world: World) => State {
  const statesByWorld = perWorld(() => new Map<string, State>());
  return ({ account, region }, world) => {
    const states = statesByWorld(world);
    const key = JSON.stringify([account, region]);
    const known = states.get(key);
    if (known !== undefined) return known;
    const state = open({ account, region }, world);
    states.set(key, state);
    return state;
  };
}

/** The same for what several accounts see: grants from one to another. */
export function perWorld<State>(open: () => State): (world: World) => State {
  const states = new WeakMap<World, State>();
  return (world) => {
    const state = states.get(world) ?? open();
    states.set(world, state);
    return state;
  };
}

/** When a change that is made now takes effect, by the clock of `performance.now()`; there are no timers. */
export function settlesAt({ settings }: World): number {
  return performance.now() + settings.settleMs;
}

const counters = perWorld(() => ({ last: 0 }));

/** A new identifier such as "sg-00000000000000001", unlike any other in its world. Later ones sort after earlier ones. */
export function newId(prefix: string, world: World): string {
  const counter = counters(world);
  counter.last += 1;
  return `${prefix}-${counter.last.toString(16).padStart(17, "0")}`;
}

/** The partition that a Region's ARNs name. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** An ARN of a place's own. */
export function arnOf(service: string, { account, region }: Place, resource: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;
}
