import type { Place } from "../state.ts";
import { type Element, elements } from "../wire/elements.ts";

/** Page API_Endpoint. */
export function describeEndpoint(name: string, host: string, port: number, { region }: Place): Element {
  return [name, elements({ Address: `${host}.emulated.${region}.cache.amazonaws.com`, Port: port })];
}
