import type { Send } from "#aws/send.ts";
import { type Store, storeNames } from "#domain/grant.ts";
import { type MadeStore, makeStore } from "./sandbox-store.ts";
import { isSame, type StandIns } from "./stand-ins.ts";

/** What is assumed behind a group of which the event does not show, and `--store` does not name, what it protects. */
const assumedStores: readonly MadeStore[] = [
  { kind: "cache", service: "elasticache", resource: "replayed-cache" },
  { kind: "cluster", service: "redshift", resource: "replayed-cluster" },
];

/** Their names. */
export const assumedText: string = storeNames(assumedStores).replace(", ", " and ");

/** Creates the stores that `--store` names behind groups, or else assumed ones. Returns the groups with assumed ones. Throws an AwsFailure. */
export async function standBehind(groups: readonly string[], standIns: StandIns, send: Send): Promise<readonly string[]> {
  await makeStores(groups, (group) => standIns.get(group) ?? assumedStores, send);
  return groups.filter((group) => !standIns.has(group));
}

/** Creates the stores of groups, each once with all of its groups, except for one that exists. Throws an AwsFailure. */
export async function makeStores(
  groups: readonly string[],
  storesOf: (group: string) => readonly MadeStore[],
  send: Send,
  existing?: Store,
): Promise<void> {
  const made = existing ? [existing] : [];
  for (const store of groups.flatMap(storesOf)) {
    if (made.some((each) => isSame(each, store))) continue;
    made.push(store);
    const own = groups.filter((group) => storesOf(group).some((each) => isSame(each, store)));
    await makeStore(store, own, send);
  }
}

/** Returns at most three names of groups as text. */
export function listed(groups: readonly string[]): string {
  return `${groups.slice(0, 3).join(", ")}${groups.length > 3 ? ` and ${groups.length - 3} more` : ""}`;
}
