import { isIdentifier } from "../shared/identifiers.ts";
import { invalidValue } from "../wire/errors.ts";
import { integer, type Parameters, required } from "../wire/parameters.ts";

export type Engine = "memcached" | "redis" | "valkey";

/** The name of a cache, "stored as a lowercase string". Throws if it is no identifier of at most `most` characters. */
export function readName(parameters: Parameters, parameter: string, most: number): string {
  const name = required(parameters, parameter).toLowerCase();
  if (isIdentifier(name, most)) return name;
  throw invalidValue(`The parameter ${parameter} is not a valid identifier: ${name}`);
}

/** The engine of a request, which must be one of `possible`. Without a default, it is required. */
export function readEngine(parameters: Parameters, possible: readonly Engine[], usual?: Engine): Engine {
  const named = parameters.has("Engine") || usual === undefined ? required(parameters, "Engine") : usual;
  const engine = possible.find((one) => one === named);
  if (engine === undefined) throw invalidValue(`Invalid engine: ${named}`);
  return engine;
}

/** The default port of an engine. */
export function defaultPort(engine: Engine): number {
  return engine === "memcached" ? 11211 : 6379;
}

/** The port of a request, or else the one that the cache inherits, or else the default port of the engine. */
export function readPort(parameters: Parameters, engine: Engine, inherited?: number): number {
  const port = integer(parameters, "Port") ?? inherited ?? defaultPort(engine);
  if (port >= 1 && port <= 65535) return port;
  throw invalidValue(`Invalid port: ${port}`);
}
