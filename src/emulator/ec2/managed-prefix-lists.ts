import { arnOf } from "../arn.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import { hasSettled, type Place } from "../state.ts";
import { type Element, optionalElement } from "../wire/elements.ts";
import { invalidCombination, invalidValue } from "../wire/errors.ts";
import { pageOf } from "../wire/paging.ts";
import { integer, list, type Parameters, structures } from "../wire/parameters.ts";
import { ec2Actions, ec2Error, ec2Required } from "./actions.ts";
import { readIPv4, readIPv6 } from "./cidr-blocks.ts";
import { checkNotPaged, ec2Paging, filterOf, itemSet } from "./describe.ts";
import {
  addPrefixList,
  changePrefixList,
  currentVersion,
  type Entries,
  findPrefixList,
  type PrefixList,
  prefixListsOf,
} from "./managed-prefix-list-state.ts";

/** Page API_CreateManagedPrefixList. */
const createManagedPrefixList: Operation = (parameters, place) => {
  const title = ec2Required(parameters, "PrefixListName");
  ec2Required(parameters, "MaxEntries");
  const maxEntries = integer(parameters, "MaxEntries") ?? 0;
  const family = ec2Required(parameters, "AddressFamily");
  if (family !== "IPv4" && family !== "IPv6") throw invalidValue(`Invalid AddressFamily: ${family}`);
  if (title.startsWith("com.amazonaws")) throw invalidValue("Prefix list names cannot start with com.amazonaws.");
  const entries = changedEntries({ family, maxEntries }, new Map(), parameters, "Entry");
  const created = addPrefixList(place, { title, family, maxEntries }, entries);
  return [["prefixList", describePrefixList(created, place, true)]];
};

/** Page API_ModifyManagedPrefixList. */
const modifyManagedPrefixList: Operation = (parameters, place) => {
  const prefixList = findChangeable(parameters, place);
  const changesEntries = [...parameters.keys()].some((key) => /^(Add|Remove)Entry\./.test(key));
  // "You cannot modify the entries of a prefix list and modify the size of a prefix list at the same time." The code is not documented.
  if (changesEntries && parameters.has("MaxEntries")) throw invalidCombination("Entries and MaxEntries cannot be modified together.");
  // With `createMissing`, the family of a list that was created is not known before its first entry.
  if (place.world.settings.createMissing && prefixList.versions.every(({ size }) => size === 0)) {
    prefixList.family = parameters.get("AddEntry.1.Cidr")?.includes(":") ? "IPv6" : "IPv4";
  }
  const maxEntries = integer(parameters, "MaxEntries") ?? prefixList.maxEntries;
  const title = parameters.get("PrefixListName") ?? prefixList.title;
  const entries = changedEntries({ ...prefixList, maxEntries }, prefixList.versions.at(-1) ?? new Map(), parameters, "AddEntry");
  // "Changing the name of the prefix list does not affect the version."
  changePrefixList(place, prefixList, { title, maxEntries, lastChange: "modify" }, changesEntries ? entries : undefined);
  return [["prefixList", describePrefixList(prefixList, place, true)]];
};

/** Page API_RestoreManagedPrefixListVersion: "restores the entries from a previous version … to a new version". */
const restoreManagedPrefixListVersion: Operation = (parameters, place) => {
  for (const name of ["PreviousVersion", "CurrentVersion"]) ec2Required(parameters, name);
  const prefixList = findChangeable(parameters, place);
  const entries = prefixList.versions[(integer(parameters, "PreviousVersion") ?? 0) - 1];
  if (entries === undefined) throw invalidValue(`The prefix list has no version ${parameters.get("PreviousVersion")}`);
  changePrefixList(place, prefixList, { lastChange: "restore" }, entries);
  return [["prefixList", describePrefixList(prefixList, place, true)]];
};

/** The prefix list of a request to change it. Throws while another change is in progress, or if it has another version than the request says. */
function findChangeable(parameters: Parameters, place: Place): PrefixList {
  const prefixList = findPrefixList(place, ec2Required(parameters, "PrefixListId"), place.world.settings.createMissing);
  if (!hasSettled(prefixList)) {
    throw ec2Error("IncorrectState", `The prefix list ${prefixList.name} is in the wrong state for this request.`);
  }
  const version = integer(parameters, "CurrentVersion");
  if (version === undefined || version === currentVersion(prefixList)) return prefixList;
  throw ec2Error("PrefixListVersionMismatch", "The prefix list has the incorrect version number.");
}

/** The entries after a request. The pages do not document the code for too many entries, nor that EC2 stores ranges canonically; its rules do. */
function changedEntries(
  { family, maxEntries }: Pick<PrefixList, "family" | "maxEntries">,
  before: Entries,
  parameters: Parameters,
  added: "Entry" | "AddEntry",
): Entries {
  const readRange = family === "IPv4" ? readIPv4 : readIPv6;
  const after = new Map(before);
  for (const entry of structures(parameters, "RemoveEntry")) {
    const range = readRange(entry.get("Cidr") ?? "");
    if (!after.delete(range)) throw invalidValue(`The entry ${range} does not exist in the prefix list`);
  }
  for (const entry of structures(parameters, added)) after.set(readRange(entry.get("Cidr") ?? ""), entry.get("Description") ?? "");
  if (after.size <= maxEntries) return after;
  throw ec2Error("PrefixListMaxEntriesExceeded", "You've reached the maximum number of entries for the prefix list.");
}

/** Page API_DescribeManagedPrefixLists. */
const describeManagedPrefixLists: Operation = (parameters, place) => {
  const ids = list(parameters, "PrefixListId");
  checkNotPaged(parameters, ids, "prefixListIds");
  const found = ids.length > 0 ? ids.map((id) => findPrefixList(place, id)) : [...prefixListsOf(place).values()];
  const matches = filterOf<PrefixList>(parameters, {
    "prefix-list-id": ({ name }) => [name],
    "prefix-list-name": ({ title }) => [title],
    "owner-id": () => [place.account],
  });
  const { items, marker } = pageOf(found.filter(matches), parameters, place, ec2Paging(1, 100, 100));
  return [itemSet("prefixListSet", items, (prefixList) => describePrefixList(prefixList, place)), ...marker];
};

/** Page API_GetManagedPrefixListEntries. */
const getManagedPrefixListEntries: Operation = (parameters, place) => {
  const prefixList = findPrefixList(place, ec2Required(parameters, "PrefixListId"));
  const current = currentVersion(prefixList);
  const version = integer(parameters, "TargetVersion") ?? current;
  const entries = prefixList.versions[version - 1];
  if (entries === undefined || version > current) throw invalidValue(`The prefix list has no version ${version}`);
  const all = [...entries].map(([name, description]) => ({ name, description }));
  const { items, marker } = pageOf(all, parameters, place, ec2Paging(1, 100, 100));
  return [itemSet("entrySet", items, describeEntry), ...marker];
};

/** EC2's managed prefix lists. */
export const managedPrefixLists: ActionGroup = ec2Actions({
  CreateManagedPrefixList: createManagedPrefixList,
  ModifyManagedPrefixList: modifyManagedPrefixList,
  RestoreManagedPrefixListVersion: restoreManagedPrefixListVersion,
  DescribeManagedPrefixLists: describeManagedPrefixLists,
  GetManagedPrefixListEntries: getManagedPrefixListEntries,
});

/** Page API_ManagedPrefixList. The response to a change says that it is in progress, even if it settles at once. */
function describePrefixList(prefixList: PrefixList, place: Place, isInProgress = !hasSettled(prefixList)): readonly Element[] {
  const { name, title, family, maxEntries, lastChange } = prefixList;
  return [
    ["prefixListId", name],
    ["addressFamily", family],
    ["state", `${lastChange}-${isInProgress ? "in-progress" : "complete"}`],
    ["prefixListArn", arnOf("ec2", place, `prefix-list/${name}`)],
    ["prefixListName", title],
    ["maxEntries", maxEntries],
    ["version", isInProgress ? prefixList.previous : currentVersion(prefixList)],
    ["ownerId", place.account],
  ];
}

/** Page API_PrefixListEntry. */
function describeEntry({ name, description }: { readonly name: string; readonly description: string }): readonly Element[] {
  return [["cidr", name], ...optionalElement("description", description || undefined)];
}
