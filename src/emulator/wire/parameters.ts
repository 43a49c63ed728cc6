import { invalidValue } from "./errors.ts";

/**
 * The parameters of one request, without `Action` and `Version`. A Map, because the names are request text. The members of a JSON
 * request have the same form: text, with lists numbered from 1.
 */
export type Parameters = ReadonlyMap<string, string>;

/**
 * The text of a required parameter. ElastiCache answers an absent and a blank one alike, with InvalidParameterValue and this sentence
 * (github.com/cloudposse/terraform-aws-elasticache-redis/issues/89), not with MissingParameter of page CommonErrors.
 */
export function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name) ?? "";
  if (value.trim() === "") throw invalidValue(`The parameter ${name} must be provided and must not be blank.`);
  return value;
}

/** The text of a parameter that may be absent, but not blank. */
export function optional(parameters: Parameters, name: string): string | undefined {
  return parameters.has(name) ? required(parameters, name) : undefined;
}

/** A list of texts: `TagKeys.TagKey.1`, `TagKeys.TagKey.2` and so on. It ends at the first gap. */
export function list(parameters: Parameters, name: string): readonly string[] {
  const values: string[] = [];
  while (true) {
    const value = parameters.get(`${name}.${values.length + 1}`);
    if (value === undefined) return values;
    values.push(value);
  }
}

/** A list of structures: the parameters of each, without the prefix. */
export function structures(parameters: Parameters, name: string): readonly Parameters[] {
  const found: Parameters[] = [];
  while (true) {
    const item = structure(parameters, `${name}.${found.length + 1}`);
    if (item.size === 0) return found;
    found.push(item);
  }
}

/** The parameters of one structure, without the prefix. Empty if it is absent. */
export function structure(parameters: Parameters, name: string): Parameters {
  const prefix = `${name}.`;
  const own = [...parameters].filter(([key]) => key.startsWith(prefix));
  return new Map(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** A Boolean; undefined if absent. */
export function boolean(parameters: Parameters, name: string): boolean | undefined {
  const text = parameters.get(name);
  return text === undefined ? undefined : text === "true";
}

/** An integer; undefined if absent. */
export function integer(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === undefined) return undefined;
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw invalidValue(`Invalid value ${text} for ${name}. It must be a whole number.`);
}
