import type { Send } from "#aws/send.ts";
import type { Store } from "#domain/grant.ts";
import { assumedStores } from "./assumed-stores.ts";
import { type MadeStore, makeStore } from "./sandbox-store.ts";
import { isSame, type StandIns } from "./stand-ins.ts";

/** Creates the stores that `--store` names behind groups, or else assumed ones. Returns the groups with assumed ones. Throws an AwsFailure. */
export async function standBehind(groups: readonly string[], standIns: StandIns, send: Send): Promise<readonly string[]> {
  await makeStores(groups, (group) => standIns(group) ?? assumedStores, send);
  return groups.filter((group) => standIns(group) === undefined);
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
