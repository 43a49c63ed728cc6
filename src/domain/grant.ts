import type { Place } from "./place.ts";
import type { Source } from "./source.ts";

/** One thing that one authorization gave: at a place, on a resource, to one source. */
export interface Grant {
  readonly place: Place;
  readonly service: string;
  readonly authorization: string;
  readonly resource: string;
  readonly source: Source;
  /** The rule of a VPC security group that gives the grant; the group is the resource. */
  readonly rule?: Rule;
  /** The stores that the rule reaches. The grant is judged on each of them, and is permitted only if it is on all. */
  readonly stores?: readonly Store[];
}

/** A rule of a VPC security group. Ports are absent when it is for all of them; the id, when only a request is known. */
export interface Rule {
  readonly id?: string;
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
}

/** A cache or a warehouse, as policies name it. */
export interface Store {
  readonly service: string;
  readonly resource: string;
}

/** The grant on each store that it reaches; the grant itself when it is on a resource of its own. */
export function onEachStore({ stores, ...grant }: Grant): readonly Grant[] {
  return stores?.map((store) => ({ ...grant, ...store })) ?? [grant];
}
