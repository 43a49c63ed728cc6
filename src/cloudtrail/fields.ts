import { isPrintable } from "#domain/text.ts";

/** Returns the value of an object's own key; undefined when there is none, or when the value is no object. */
export function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** The keys of an object, and those with capitals by their form in lower case. */
interface Index {
  readonly keys: readonly string[];
  readonly capitalized: ReadonlyMap<string, readonly string[]>;
}

/** The index of each object that was read, so that the keys of even a megabyte are gone through only once. */
const indexes = new WeakMap<object, Index>();

function indexOf(object: object): Index {
  const known = indexes.get(object);
  if (known) return known;
  const keys = Object.keys(object);
  const capitalized = new Map<string, string[]>();
  for (const key of keys) {
    const lower = key.toLowerCase();
    if (lower === key) continue;
    const others = capitalized.get(lower);
    if (others) others.push(key);
    else capitalized.set(lower, [key]);
  }
  const index = { keys, capitalized };
  indexes.set(object, index);
  return index;
}

/**
 * Returns every value of a key in any letter case, because CloudTrail's casing of request parameters has exceptions. Null and
 * the empty string count as absent.
 */
export function valuesOf(object: unknown, key: string): readonly unknown[] {
  if (typeof object !== "object" || object === null) return [];
  const lower = key.toLowerCase();
  const values = [lower, ...(indexOf(object).capitalized.get(lower) ?? [])].map((name) => member(object, name));
  return values.filter((value) => value !== undefined && value !== null && value !== "");
}

/** Returns the items of every list under a key. CloudTrail logs a list as an array, or as an object such as { items: [] } or {}. */
export function itemsOf(object: unknown, key: string): readonly unknown[] {
  return valuesOf(object, key).flatMap((list) => (Array.isArray(list) ? list : Object.values(Object(list)).flat()));
}

/** Returns the resource in a response. CloudTrail drops the element around its members; a record that keeps the element is read too. */
export function resourceIn(responseElements: unknown, element: string): unknown {
  return valuesOf(responseElements, element)[0] ?? responseElements;
}

/** Returns the name under a key: the only value, printable, at most `limit` characters. Returns undefined for anything else. */
export function nameOf(object: unknown, key: string, limit = 255): string | undefined {
  const [name, ...others] = new Set(valuesOf(object, key));
  return typeof name === "string" && others.length === 0 && name.length <= limit && isPrintable(name) ? name : undefined;
}

/** Returns the name under a key as a service stores it that keeps names in lower case. */
export function storedNameOf(object: unknown, key: string): string | undefined {
  const name = nameOf(object, key);
  return name === undefined ? undefined : toStoredName(name);
}

/** Returns a name in lower case. Only ASCII letters change: toLowerCase() would turn the Kelvin sign into the k of another name. */
export function toStoredName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** True when an object has no keys but the expected ones, in any letter case. An unexpected key may hide a grant. */
export function hasOnlyKeys(object: unknown, keys: readonly string[]): boolean {
  const expected = new Set(keys.map((key) => key.toLowerCase()));
  return typeof object === "object" && object !== null && indexOf(object).keys.every((key) => expected.has(key.toLowerCase()));
}
