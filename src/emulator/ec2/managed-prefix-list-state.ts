import { newId, type Place, perPlace, settlesAt } from "../state.ts";
import { checkId, ec2Error } from "./actions.ts";

/** A managed prefix list; `name` is its id. */
export interface PrefixList {
  readonly name: string;
  readonly title: string;
  readonly family: "IPv4" | "IPv6";
  maxEntries: number;
  lastChange: "create" | "modify";
  settlesAt: number;
  /** The entries of each version: ranges with their descriptions. */
  readonly versions: Entries[];
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
  const prefixList: PrefixList = { ...form, name: id, lastChange: "create", settlesAt: settlesAt(place), versions: [entries] };
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
