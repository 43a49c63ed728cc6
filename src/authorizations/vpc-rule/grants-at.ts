import { mostKeys, type SharingSend } from "#aws/reads.ts";
import type { Place } from "#domain/place.ts";
import type { PlaceItem } from "../authorization.ts";
import { grantsOf } from "./grants.ts";
import { otherInterfaces } from "./other-interfaces.ts";
import { rulePagesOf } from "./rules.ts";
import { storesAt } from "./stores.ts";

/**
 * Lists the stores of a place, what else their security groups protect, and every ingress rule of those groups. Other groups guard no
 * store, so they are not asked for. Throws an AwsFailure.
 */
export async function* grantsAt(send: SharingSend, place: Place): AsyncGenerator<PlaceItem> {
  const stores = await storesAt(send);
  for (const store of stores.stores) yield { kind: "store", store };
  if (stores.problem) yield { kind: "problem", problem: stores.problem.message, unlisted: stores.unlisted };
  const groups = [...new Set(stores.stores.flatMap((store) => store.groups))];
  for (let n = 0; n < groups.length; n += mostKeys) {
    const some = groups.slice(n, n + mostKeys);
    for (const [group, interfaces] of await otherInterfaces(some, send))
      if (!Array.isArray(interfaces) || interfaces.length > 0) yield { kind: "sharedGroup", group, interfaces };
    for await (const rules of rulePagesOf(some, send)) {
      const { grants, problem } = await grantsOf(rules, stores, place, send);
      for (const grant of grants) yield { kind: "grant", grant };
      if (problem && problem !== stores.problem) yield { kind: "problem", problem: problem.message };
    }
  }
}
