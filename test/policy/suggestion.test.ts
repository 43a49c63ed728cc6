import { expect, test } from "vitest";
import { suggestion } from "#policy/suggestion.ts";

const flags = ["policy", "at", "service", "authorization", "resource", "range", "json"];
const keys = [
  "name",
  "owners",
  "securityGroups",
  "ranges",
  "prefixLists",
  "everyone",
  "services",
  "resources",
  "accounts",
  "regions",
  "mode",
];

test.each<[text: string, names: readonly string[], meant: string | undefined]>([
  ["polcy", flags, "policy"],
  ["olicy", flags, "policy"],
  ["RESOURCE", flags, "resource"],
  ["jsno", flags, "json"],
  ["rnage", flags, "range"],
  ["region", keys, "regions"],
  ["mdoe", keys, "mode"],
  ["securitygroup", keys, "securityGroups"],
  ["adx", ["self", "ADX"], "ADX"],
  ["json", ["policy", "at"], undefined],
  ["only", ["policy", "json"], undefined],
  ["deny", keys, undefined],
  ["sources", keys, undefined],
  ["ec2", ["elasticache", "redshift"], undefined],
  ["x", ["at", "x1"], "x1"],
  ["", keys, undefined],
  ["r".repeat(1_000_000), keys, undefined],
])("for %.20s of %j the suggestion is %s", (text, names, meant) => {
  expect(suggestion(text, names)).toBe(meant);
});
