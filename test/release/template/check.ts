import type { EventEntry } from "#authorizations/index.ts";
import type { Stack, StackFunction } from "./stack.ts";

/** What a template must agree with. */
export interface Product {
  readonly registry: readonly EventEntry[];
  /** The calls that were recorded, `service:Action`, by what WATCH names. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  /** The text of samconfig.toml, as it ships. */
  readonly samconfig: string;
}

/** A requirement of a stack: yields each fault. */
export type Check = (stack: Stack, product: Product) => Iterable<string>;

/** A check of every function; each fault begins with its name. */
export function each(check: (one: StackFunction, stack: Stack, product: Product) => Iterable<string>): Check {
  return function* (stack, product) {
    for (const one of stack.functions) for (const fault of check(one, stack, product)) yield `${one.name}: ${fault}`;
  };
}
