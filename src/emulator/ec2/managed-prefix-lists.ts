import { arnOf } from "../arn.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import { hasSettled, type Place, settlesAt } from "../state.ts";
import { type Element, optionalElement } from "../wire/elements.ts";
import { invalidValue } from "../wire/errors.ts";
import { pageOf } from "../wire/paging.ts";
import { integer, list, type Parameters, structures } from "../wire/parameters.ts";
import { ec2Actions, ec2Error, ec2Required } from "./actions.ts";
import { readIPv4, readIPv6 } from "./cidr-blocks.ts";
import { checkNotPaged, ec2Paging, filterOf, itemSet } from "./describe.ts";
import { addPrefixList, type Entries, findPrefixList, type PrefixList, prefixListsOf } from "./managed-prefix-list-state.ts";

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
  const prefixList = findPrefixList(place, ec2Required(parameters, "PrefixListId"), place.world.settings.createMissing);
  const { family, versions } = prefixList;
  if (!hasSettled(prefixList)) {
    throw ec2Error("IncorrectState", `The prefix list ${prefixList.name} is in the wrong state for this request.`);
  }
  const version = integer(parameters, "CurrentVersion");
  if (version !== undefined && version !== versions.length) {
    throw ec2Error("PrefixListVersionMismatch", "The prefix list has the incorrect version number.");
  }
  const maxEntries = integer(parameters, "MaxEntries") ?? prefixList.maxEntries;
  versions.push(changedEntries({ family, maxEntries }, versions.at(-1) ?? new Map(), parameters, "AddEntry"));
  Object.assign(prefixList, { maxEntries, lastChange: "modify", settlesAt: settlesAt(place) });
  return [["prefixList", describePrefixList(prefixList, place, true)]];
};

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
  const { versions } = findPrefixList(place, ec2Required(parameters, "PrefixListId"));
  const version = integer(parameters, "TargetVersion") ?? versions.length;
  const entries = versions[version - 1];
  if (entries === undefined) throw invalidValue(`The prefix list has no version ${version}`);
  const all = [...entries].map(([name, description]) => ({ name, description }));
  const { items, marker } = pageOf(all, parameters, place, ec2Paging(1, 100, 100));
  return [itemSet("entrySet", items, describeEntry), ...marker];
};

/** EC2's managed prefix lists. */
export const managedPrefixLists: ActionGroup = ec2Actions({
  CreateManagedPrefixList: createManagedPrefixList,
  ModifyManagedPrefixList: modifyManagedPrefixList,
  DescribeManagedPrefixLists: describeManagedPrefixLists,
  GetManagedPrefixListEntries: getManagedPrefixListEntries,
});

/** Page API_ManagedPrefixList. The response to a change says that it is in progress, even if it settles at once. */
function describePrefixList(prefixList: PrefixList, place: Place, isInProgress = !hasSettled(prefixList)): readonly Element[] {
  const { name, title, family, maxEntries, lastChange, versions } = prefixList;
  return [
    ["prefixListId", name],
    ["addressFamily", family],
    ["state", `${lastChange}-${isInProgress ? "in-progress" : "complete"}`],
    ["prefixListArn", arnOf("ec2", place, `prefix-list/${name}`)],
    ["prefixListName", title],
    ["maxEntries", maxEntries],
    ["version", versions.length],
    ["ownerId", place.account],
  ];
}

/** Page API_PrefixListEntry. */
function describeEntry({ name, description }: { readonly name: string; readonly description: string }): readonly Element[] {
  return [["cidr", name], ...optionalElement("description", description || undefined)];
}
