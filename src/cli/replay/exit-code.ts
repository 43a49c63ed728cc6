import { shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";

/** What `--fail-on` can name, each including those after it. */
const gates = ["violation", "failed", "unreadable"] as const;
type Gate = (typeof gates)[number];

/** The results of violations. */
const violations = ["reported", "revoked", "alreadyGone", "failed"];

/** Reads `--fail-on`. Throws a UsageError. */
export function gateOf(text: string | undefined): Gate | undefined {
  const gate = gates.find((each) => each === text);
  if (gate === undefined && text !== undefined) throw new UsageError(`--fail-on is ${shown(text)}: write ${gates.join(", ")}`);
  return gate;
}

/**
 * Returns the exit code of a run from its totals. `unreadable` are the names of those for events that were not judged in full. Without a
 * gate, violations count only if all of them were reported and none was revoked.
 */
export function exitCode(totals: ReadonlyMap<string, number>, unreadable: Iterable<string>, gate: Gate | undefined): 0 | 1 | 3 {
  const has = (names: Iterable<string>) => [...names].some((name) => totals.has(name));
  if (has(unreadable) || (gate !== "unreadable" && totals.has("failed"))) return 1;
  if (gate === undefined) return totals.has("reported") && !totals.has("revoked") ? 3 : 0;
  return gate === "violation" && has(violations) ? 3 : 0;
}
