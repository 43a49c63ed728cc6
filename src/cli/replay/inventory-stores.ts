import type { StoreKind } from "#authorizations/event.ts";
import { placeKey } from "#inventory/line.ts";
import { openInventory } from "../inventory/file.ts";
import type { MadeStore } from "./sandbox-store.ts";
import { isSame, type StoresBehind } from "./stand-ins.ts";

/** The store that is made for an endpoint: clients reach the same one through it. */
const madeAs: Readonly<Partial<Record<StoreKind, StoreKind>>> = { clusterEndpoint: "cluster", workgroupEndpoint: "workgroup" };

/**
 * Returns the stores behind security groups, as an inventory has them. In a place that it has completely, any other group has none; elsewhere,
 * it is not known. Throws a UsageError.
 */
export async function inventoryStores(file: string): Promise<StoresBehind> {
  const behind = new Map<string, MadeStore[]>();
  const whole = new Set<string>();
  await (await openInventory(file)).read(async (line) => {
    if (line.line === "end" && line.complete) whole.add(placeKey(line.place));
    if (line.line !== "store") return;
    const { kind, service, resource, groups, ports } = line;
    const [port] = ports;
    const made: MadeStore = { kind: madeAs[kind] ?? kind, service, resource, ...(port !== undefined && { port }) };
    for (const group of groups) {
      const stores = behind.get(group) ?? [];
      behind.set(group, stores);
      if (!stores.some((each) => isSame(each, made))) stores.push(made);
    }
  });
  return (group, place) => behind.get(group) ?? (whole.has(placeKey(place)) ? [] : undefined);
}
