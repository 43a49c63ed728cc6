import { storeNames } from "#domain/grant.ts";
import type { MadeStore } from "./sandbox-store.ts";

/** What is assumed behind a group of which the event does not show, and `--store` does not name, what it protects. */
export const assumedStores: readonly MadeStore[] = [
  { kind: "cache", service: "elasticache", resource: "replayed-cache" },
  { kind: "cluster", service: "redshift", resource: "replayed-cluster" },
];

/** Their names. */
export const assumedText: string = storeNames(assumedStores).replace(", ", " and ");

/** Returns at most three names of groups as text. */
export function listed(groups: readonly string[]): string {
  return `${groups.slice(0, 3).join(", ")}${groups.length > 3 ? ` and ${groups.length - 3} more` : ""}`;
}
