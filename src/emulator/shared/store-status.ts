import { hasSettled, type Place, settlesAt } from "../state.ts";

/** The last change to a store. Its response comes at once; it takes effect when it settles. */
export interface StoreChange {
  readonly change: "creating" | "modifying" | "deleting" | "pausing" | "resuming";
  readonly settlesAt: number;
  /** When it is no longer listed, if it is being deleted. */
  readonly goneAt?: number;
}

/** The status of a store. */
export function statusOf(store: StoreChange): StoreChange["change"] | "available" | "paused" {
  if (!hasSettled(store)) return store.change;
  return store.change === "pausing" ? "paused" : "available";
}

/** Whether a store has been created and is not being deleted. Only then do reads show how clients reach it. */
export function isReachable(status: string): boolean {
  return !["creating", "deleting"].includes(status.toLowerCase());
}

/** The change of a store that is deleted now. It is listed until the change settles. */
export function deletion(place: Place): Required<StoreChange> {
  const at = settlesAt(place);
  return { change: "deleting", settlesAt: at, goneAt: at };
}
