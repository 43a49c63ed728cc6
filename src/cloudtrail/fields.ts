import { isPrintable } from "#domain/text.ts";

/** An own member of an object; undefined for everything else. */
export function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** Of each bag that was read, what stands under each key in lower case: one with a megabyte of members is gone through once. */
const members = new WeakMap<object, ReadonlyMap<string, readonly unknown[]>>();

function membersOf(bag: object): ReadonlyMap<string, readonly unknown[]> {
  const known = new Map<string, unknown[]>();
  for (const name of Object.keys(bag)) {
    const value = (bag as Record<string, unknown>)[name];
    if (value === null || value === "") continue;
    const key = name.toLowerCase();
    const values = known.get(key);
    if (values) values.push(value);
    else known.set(key, [value]);
  }
  members.set(bag, known);
  return known;
}

/**
 * Every value that stands under a key in whatever case, as CloudTrail's casing of Query parameters is a rule with
 * exceptions. Null and the empty text count as absent.
 */
export function valuesOf(bag: unknown, key: string): readonly unknown[] {
  if (typeof bag !== "object" || bag === null) return [];
  const known = members.get(bag) ?? membersOf(bag);
  return known.get(key.toLowerCase()) ?? [];
}

/** The items of each list under a key. CloudTrail has logged lists as they are and under `items`, and empty ones as {}. */
export function itemsOf(bag: unknown, key: string): readonly unknown[] {
  return valuesOf(bag, key).flatMap((list) => (Array.isArray(list) ? list : Object.values(Object(list)).flat()));
}

/** What a call answered: CloudTrail drops the level around the answer's members, and a record that kept it is read too. */
export function answerIn(responseElements: unknown, level: string): unknown {
  return valuesOf(responseElements, level)[0] ?? responseElements;
}

/** The one name that stands under a key: a text that AWS could have taken as a name, at most `limit` long; else undefined. */
export function nameOf(bag: unknown, key: string, limit = 255): string | undefined {
  const [name, ...others] = new Set(valuesOf(bag, key));
  return typeof name === "string" && others.length === 0 && name.length <= limit && isPrintable(name) ? name : undefined;
}

/** The name under a key as services store it that keep names in lower case: ASCII only, or the Kelvin sign would become another group's k. */
export function storedNameOf(bag: unknown, key: string): string | undefined {
  const name = nameOf(bag, key);
  return name === undefined ? undefined : asStored(name);
}

/** A name as such services store it. */
export function asStored(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** True when a bag holds only keys that the event is known to have: another one may hide a grant. */
export function holdsOnly(bag: unknown, keys: readonly string[]): boolean {
  const known = new Set(keys.map((key) => key.toLowerCase()));
  return typeof bag === "object" && bag !== null && Object.keys(bag).every((key) => known.has(key.toLowerCase()));
}
