import type { Place } from "./state.ts";
import type { Api } from "./wire/apis.ts";
import type { Element } from "./wire/elements.ts";
import type { Parameters } from "./wire/parameters.ts";

/** Who signed a request. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

/** One action: changes or reads the resources of a place. Returns the content of the action's result, undefined if it has none. Throws QueryError. */
export type Operation = (parameters: Parameters, place: Place, caller: Caller) => readonly Element[] | undefined;

/** The actions of one API on one kind of resource, by name. */
export interface ActionGroup {
  readonly api: Api;
  readonly operations: Readonly<Record<string, Operation>>;
}
