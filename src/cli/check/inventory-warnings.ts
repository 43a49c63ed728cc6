import { onEachStore } from "#domain/grant.ts";
import { matches } from "#domain/pattern.ts";
import type { Scope } from "#domain/policy.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { openInventory } from "../inventory/file.ts";

/** The names that an inventory has, by the key of a scope whose patterns are matched against them. */
export type InventoryNames = Readonly<Record<"resources" | "accounts" | "regions", ReadonlySet<string>>>;

/** Reads the names of an inventory. Throws a UsageError. */
export async function namesIn(file: string): Promise<InventoryNames> {
  const inventory = await openInventory(file);
  const { places } = inventory.header;
  const resources = new Set<string>();
  await inventory.read(async (line) => {
    if (line.line === "end" && !line.complete)
      throw new UsageError(`${printable(file)} is incomplete in ${line.place.account} ${line.place.region}: list the place again`);
    if (line.line === "store") resources.add(line.resource);
    if (line.line === "grant") for (const { resource } of onEachStore(line.grant)) resources.add(resource);
  });
  return { resources, accounts: new Set(places.map(({ account }) => account)), regions: new Set(places.map(({ region }) => region)) };
}

/** Warns of patterns in a scope that match nothing in the inventory, and so may be misspelt. */
export function inventoryWarnings({ name, ...scope }: Scope & { readonly name: string }, names: InventoryNames): string[] {
  return (["resources", "accounts", "regions"] as const).flatMap((key) =>
    (scope[key] ?? []).flatMap((pattern) => {
      const text = key === "accounts" ? pattern.replaceAll("-", "") : pattern;
      return [...names[key]].some((each) => matches(text, each)) ? [] : `${name}: "${pattern}" in ${key} matches nothing in the inventory`;
    }),
  );
}
