import { hasSettled } from "../state.ts";

/** The last change to a store. Its response comes at once; it takes effect when it settles. */
export interface StoreChange {
  readonly change: "creating" | "modifying";
  readonly settlesAt: number;
}

/** The status of a store. */
export function statusOf(store: StoreChange): StoreChange["change"] | "available" {
  return hasSettled(store) ? "available" : store.change;
}
