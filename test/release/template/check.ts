import type { EventEntry } from "#authorizations/index.ts";
import type { Stack, StackFunction } from "./stack.ts";

/** What a template has to agree with. */
export interface Product {
  readonly registry: readonly EventEntry[];
  /** The calls that were recorded, `service:Action`, by what WATCH names. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  /** The text of samconfig.toml. */
  readonly samconfig: string;
}

/** One thing that a stack must be: what is wrong with it, or nothing. */
export type Check = (stack: Stack, product: Product) => Iterable<string>;

/** A check of every function; each complaint begins with its name. */
export function each(check: (one: StackFunction, stack: Stack, product: Product) => Iterable<string>): Check {
  return function* (stack, product) {
    for (const one of stack.functions) for (const complaint of check(one, stack, product)) yield `${one.name}: ${complaint}`;
  };
}
