import type { VpcStore } from "#authorizations/event.ts";
import { AwsFailure } from "#aws/failure.ts";
import type { Grant } from "#domain/grant.ts";
import type { PlaceLine } from "#inventory/line.ts";

/** What the lines of one place have shown so far, as far as it decides about the grants that follow. */
export interface PlaceView {
  /** Adds a line, and returns its grant, complete, if it has one. */
  add(line: PlaceLine): Grant | undefined;
  readonly stores: readonly VpcStore[];
  /** The services whose stores could not all be listed. */
  readonly unlisted: readonly string[];
  /** Returns the ids of what else a group protects. Throws an AwsFailure when the inventory says that this is not known. */
  sharedWith(grant: Grant): Promise<readonly string[]>;
}

/** Creates the view of a place without lines. */
export function createPlaceView(): PlaceView {
  const stores: VpcStore[] = [];
  const unlisted: string[] = [];
  const shared = new Map<string, PlaceLine & { readonly line: "sharedGroup" }>();
  const prefixLists = new Map<string, readonly string[]>();
  return {
    stores,
    unlisted,
    add(line) {
      if (line.line === "store") stores.push({ ...line, interfaces: [] });
      if (line.line === "sharedGroup") shared.set(line.group, line);
      if (line.line === "prefixList") prefixLists.set(line.prefixList, line.entries);
      if (line.line === "problem") unlisted.push(...(line.unlisted ?? []));
      if (line.line !== "grant") return undefined;
      const { grant } = line;
      const { source } = grant;
      if (source.kind !== "prefixList") return grant;
      return { ...grant, source: { ...source, entries: prefixLists.get(source.prefixList) ?? source.entries } };
    },
    async sharedWith({ resource }) {
      const group = shared.get(resource);
      if (group && "problem" in group) throw new AwsFailure(new Error(group.problem), 1, "retry", group.problem);
      return group?.interfaces ?? [];
    },
  };
}
