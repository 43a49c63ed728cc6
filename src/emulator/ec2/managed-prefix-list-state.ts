import { hasSettled, newId, type Place, perPlace, settlesAt } from "../state.ts";
import { checkId, ec2Error } from "./actions.ts";

/** A managed prefix list; `name` is its id. */
export interface PrefixList {
  readonly name: string;
  title: string;
  family: "IPv4" | "IPv6";
  maxEntries: number;
  lastChange: "create" | "modify" | "restore";
  settlesAt: number;
  /** The entries of each version: ranges with their descriptions. The last one is not current before its change settles. */
  readonly versions: Entries[];
  /** The version that was current before the last change. */
  previous: number;
}

/**
 * The current version. While a change is in progress, the list has its previous version (AWS CLI's examples of modify-managed-prefix-list
 * and restore-managed-prefix-list-version: both respond with the version that the request names).
 */
export function currentVersion(prefixList: PrefixList): number {
  return hasSettled(prefixList) ? prefixList.versions.length : prefixList.previous;
}

/** Begins a change: with entries, it makes a new version. */
export function changePrefixList(
  place: Place,
  prefixList: PrefixList,
  change: Partial<Pick<PrefixList, "title" | "maxEntries">> & Pick<PrefixList, "lastChange">,
  entries: Entries | undefined,
): void {
  Object.assign(prefixList, { ...change, previous: prefixList.versions.length, settlesAt: settlesAt(place) });
  if (entries !== undefined) prefixList.versions.push(entries);
}

export type Entries = ReadonlyMap<string, string>;

/** The prefix lists of a place, by id. Those that AWS manages are not among them. */
export const prefixListsOf: (place: Place) => Map<string, PrefixList> = perPlace(() => new Map());

/** Creates a prefix list. */
export function addPrefixList(
  place: Place,
  form: Pick<PrefixList, "title" | "family" | "maxEntries">,
  entries: Entries,
  id: string = newId("pl", place),
): PrefixList {
  const prefixList: PrefixList = {
    ...form,
    name: id,
    lastChange: "create",
    settlesAt: settlesAt(place),
    versions: [entries],
    previous: 1,
  };
  prefixListsOf(place).set(id, prefixList);
  return prefixList;
}

/** The prefix list with this id. If it does not exist, throws InvalidPrefixListID.NotFound or creates an empty one of IPv4. */
export function findPrefixList(place: Place, id: string, createMissing = false): PrefixList {
  const found = prefixListsOf(place).get(checkId(id, "pl", "InvalidPrefixListId.Malformed"));
  if (found !== undefined) return found;
  if (!createMissing) throw ec2Error("InvalidPrefixListID.NotFound", `The prefix list ID '${id}' does not exist`);
  return addPrefixList(place, { title: id, family: "IPv4", maxEntries: 20 }, new Map(), id);
}
