import type { VpcStore } from "#authorizations/event.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";

/** The version of the format. A reader refuses any other. */
export const inventoryVersion = 1;

/** The first line of an inventory: the places that it covers. Each of them has an `end` line, or was cut off. */
export interface HeaderLine {
  readonly line: "inventory";
  readonly version: typeof inventoryVersion;
  /** The time at which the listing began, in ISO 8601, as all times of an inventory. */
  readonly startedAt: string;
  readonly places: readonly Place[];
}

/**
 * A line about one place. The lines of different places can be mixed; those of one place are in the order in which they are needed: what a
 * grant refers to is before it, and `end` is last.
 */
export type PlaceLine =
  | ({ readonly line: "store"; readonly place: Place } & Omit<VpcStore, "interfaces">)
  /** A security group of a store that also protects something else: the ids of the network interfaces, or why they are not known. */
  | ({ readonly line: "sharedGroup"; readonly place: Place; readonly group: string } & (
      | { readonly interfaces: readonly string[] }
      | { readonly problem: string }
    ))
  | { readonly line: "prefixList"; readonly place: Place; readonly prefixList: string; readonly entries: readonly string[] }
  /** The entries of a prefix list are on its own line, and empty here. */
  | { readonly line: "grant"; readonly listedAt: string; readonly grant: Grant }
  /** Something that could not be read. `unlisted`: the services whose stores a grant of the place may reach as well. */
  | { readonly line: "problem"; readonly place: Place; readonly problem: string; readonly unlisted?: readonly string[] }
  | EndLine;

/** The last line of a place. It is complete if everything that AWS can list was read. */
export interface EndLine {
  readonly line: "end";
  readonly place: Place;
  readonly listedAt: string;
  readonly complete: boolean;
  readonly grants: number;
}

/** A line of an inventory, in which every line is one JSON object. */
export type InventoryLine = HeaderLine | PlaceLine;

/** Returns the place of a line about one. */
export function placeOf(line: PlaceLine): Place {
  return line.line === "grant" ? line.grant.place : line.place;
}

/** Returns a text that is equal for equal places. */
export function placeKey({ partition, account, region }: Place): string {
  return `${partition} ${account} ${region}`;
}
