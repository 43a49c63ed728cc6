import { control } from "./bad-input.ts";

/** A way to spoil one member of an event. */
export interface Spoiling {
  readonly name: string;
  /** The member's new value, from its old one. Undefined removes the member. */
  readonly spoil: (value: unknown) => unknown;
}

const deep: unknown = JSON.parse(`${"[".repeat(2_000)}${"]".repeat(2_000)}`);
const planted: unknown = JSON.parse(
  '{"__proto__":{"errorCode":"x","groupId":"sg-0","cidrIp":"0.0.0.0/0"},"constructor":null,"items":null}',
);
const huge = "A1-".repeat(33_000);
const always = (name: string, value: unknown): Spoiling => ({ name, spoil: () => value });

/** Every way to spoil a member. */
export const spoilings: readonly Spoiling[] = [
  always("missing", undefined),
  always("null", null),
  always("a number", -1),
  always("true", true),
  always("an empty text", ""),
  always("an empty list", []),
  always("an empty object", {}),
  always("deep", deep),
  always("huge", huge),
  always("__proto__", planted),
  always("ANSI, C1, newline and bidi", control),
  { name: "followed by ANSI, C1, newline and bidi", spoil: (value) => `${value}${control}` },
  { name: "followed by another line", spoil: (value) => `${value}\n${value}` },
  {
    name: "in full width",
    spoil: (value) => String(value).replace(/[!-~]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0)),
  },
  { name: "in a list", spoil: (value) => [value, value, control] },
  { name: "in an object", spoil: (value) => ({ items: { [control]: value } }) },
  { name: "a path elsewhere", spoil: (value) => `${value}.evil.example/../@198.51.100.9:443?#` },
  always("everyone", "0.0.0.0/0"),
];

type Path = readonly string[];

/** The path of every member of an event, at every level. */
export function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [[...path, key], ...pathsOf(each, [...path, key])]);
}

/** The event with that member spoiled. */
export function spoiled<Value>(event: Value, [key = "", ...rest]: Path, { spoil }: Pick<Spoiling, "spoil">): Value {
  const bag = (Array.isArray(event) ? [...event] : { ...event }) as Record<string, unknown>;
  bag[key] = rest.length > 0 ? spoiled(bag[key], rest, { spoil }) : spoil(bag[key]);
  if (bag[key] === undefined && !Array.isArray(bag)) delete bag[key];
  return bag as Value;
}
