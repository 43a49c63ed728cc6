import type { VpcStore } from "#authorizations/event.ts";
import { AwsFailure } from "#aws/failure.ts";
import type { Grant } from "#domain/grant.ts";
import { type PlaceLine, placeKey, placeOf } from "#inventory/line.ts";

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

/** What a line adds to the view of its place: its grant, complete, if it has one. `problems` are those of the place so far. */
interface Viewed {
  readonly grant: Grant | undefined;
  readonly view: PlaceView;
  readonly problems: readonly string[];
}

/** Returns a function that adds each line to the view of its place, which is dropped after the last line of the place. */
export function createPlaceViews(): (line: PlaceLine) => Viewed {
  const open = new Map<string, { readonly view: PlaceView; readonly problems: string[] }>();
  return (line) => {
    const key = placeKey(placeOf(line));
    const { view, problems } = open.get(key) ?? { view: createPlaceView(), problems: [] };
    if (line.line === "end") open.delete(key);
    else open.set(key, { view, problems });
    if (line.line === "problem") problems.push(line.problem);
    return { grant: view.add(line), view, problems };
  };
}

/** Creates the view of a place without lines. */
function createPlaceView(): PlaceView {
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
