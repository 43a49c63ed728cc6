import { readTemplate, type Value } from "../../support/template.ts";
import { deployed } from "../template/deployed.ts";
import { changes, ofType, stackOf } from "../template/stack.ts";

const { rules, template } = stackOf(readTemplate());

/** The event patterns of the template by the names of their rules, and that of the archive; each as it is deployed. */
export const patterns: Readonly<Record<string, Value>> = Object.fromEntries([
  ...rules.map(({ id, pattern }) => [id, pattern]),
  ...ofType(template, "AWS::Events::Archive").map(([name, { Properties }]) => [name, Properties.EventPattern]),
  [changes, deployed(template, template.Resources[changes]?.Properties.EventPattern)],
]);

/** The names of the patterns that an event matches, sorted; for patterns of exact texts, prefixes, suffixes, `exists: false` and `$or`. */
export function matchesOf(event: unknown): string[] {
  return Object.keys(patterns)
    .filter((name) => matches(patterns[name], event))
    .sort();
}

function matches(pattern: Value, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((one) => (isAbsence(one) ? leaves(value).length === 0 : leaves(value).some(fits(one))));
  const { $or, ...all } = pattern;
  if ($or !== undefined) return matches(all, value) && $or.some((one: Value) => matches(one, value));
  // One object of a list is enough for a match, but a key that must be absent must be absent from all of them.
  const objects = [value].flat();
  return objects.some((object) =>
    Object.entries<Value>(pattern).every(([key, inner]) => {
      const absent = Array.isArray(inner) && inner.some(isAbsence);
      return matches(inner, absent ? objects.map((each) => at(each, key)) : at(object, key));
    }),
  );
}

function fits(one: Value): (leaf: unknown) => boolean {
  if (one.prefix !== undefined) return (leaf) => typeof leaf === "string" && leaf.startsWith(one.prefix);
  if (one.suffix !== undefined) return (leaf) => typeof leaf === "string" && leaf.endsWith(one.suffix);
  return (leaf) => leaf === one;
}

function isAbsence(one: Value): boolean {
  return one.exists === false;
}

function at(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

function leaves(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  return value === undefined || isObject(value) ? [] : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
