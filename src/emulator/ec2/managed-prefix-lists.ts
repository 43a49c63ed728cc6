import { arnOf, type Family, newId, type Place, perPlace, settlesAt, type World } from "../state.ts";
import { ec2 } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, invalidValue, list, type Parameters, structures, text, whole } from "../wire/query.ts";
import { readIPv4, readIPv6 } from "./ip-permissions.ts";
import { checkId, ec2Error, ec2Operations, ec2Paging, filterOf, needed, refuseNamedPages } from "./operations.ts";

/** A list of ranges that rules refer to. `versions` holds its entries as each version had them, by range, with their descriptions. */
interface PrefixList {
  readonly name: string;
  readonly title: string;
  readonly family: "IPv4" | "IPv6";
  maxEntries: number;
  settlesAt: number;
  settled: "create-complete" | "modify-complete";
  readonly versions: ReadonlyMap<string, string>[];
}

interface PrefixLists {
  readonly all: Map<string, PrefixList>;
  /** Refuses an identifier that nothing has, unless missing things are made: then the list is empty, of IPv4. */
  find(id: string, createMissing?: boolean): PrefixList;
}

/** Opens the prefix lists of one place. Those that AWS manages are not there. */
export const openPrefixLists: (place: Place, world: World) => PrefixLists = perPlace((_place, world) => {
  const all = new Map<string, PrefixList>();
  return {
    all,
    find(id, createMissing = false) {
      const found = all.get(checkId(id, "pl", "InvalidPrefixListId.Malformed"));
      if (found !== undefined) return found;
      if (!createMissing) throw ec2Error("InvalidPrefixListID.NotFound", `The prefix list ID '${id}' does not exist`);
      const made: PrefixList = {
        ...blank,
        name: id,
        title: id,
        family: "IPv4",
        maxEntries: 20,
        settlesAt: settlesAt(world),
        versions: [new Map()],
      };
      all.set(id, made);
      return made;
    },
  };
});

const blank = { settled: "create-complete" } as const;

/** EC2's managed prefix lists: pages API_CreateManagedPrefixList, API_GetManagedPrefixListEntries and their neighbours. */
export const prefixLists: Family = {
  api: ec2,
  open(place, world) {
    const { all, find } = openPrefixLists(place, world);
    const { settings } = world;

    /** Page API_ManagedPrefixList. */
    const describe = ({ name, title, family, maxEntries, versions, ...state }: PrefixList): Element[] => [
      ["prefixListId", name],
      ["addressFamily", family],
      ["state", state.settlesAt > performance.now() ? state.settled.replace("complete", "in-progress") : state.settled],
      ["prefixListArn", arnOf("ec2", place, `prefix-list/${name}`)],
      ["prefixListName", title],
      ["maxEntries", maxEntries],
      ["version", versions.length],
      ["ownerId", place.account],
    ];

    /** How EC2 refuses too many entries, and that it stores them canonically, is taken from its rules: the pages do not tell. */
    const change = (
      prefixList: Pick<PrefixList, "family" | "maxEntries">,
      before: ReadonlyMap<string, string>,
      parameters: Parameters,
      added: string,
    ) => {
      const range = prefixList.family === "IPv4" ? readIPv4 : readIPv6;
      const after = new Map(before);
      for (const entry of structures(parameters, "RemoveEntry")) {
        const cidr = range(entry.get("Cidr") ?? "");
        if (!after.delete(cidr)) throw invalidValue(`The entry ${cidr} does not exist in the prefix list`);
      }
      for (const entry of structures(parameters, added)) after.set(range(entry.get("Cidr") ?? ""), entry.get("Description") ?? "");
      if (after.size > prefixList.maxEntries) {
        throw ec2Error("PrefixListMaxEntriesExceeded", "You've reached the maximum number of entries for the prefix list.");
      }
      return after;
    };

    return ec2Operations([
      [
        "CreateManagedPrefixList",
        (parameters) => {
          const title = needed(parameters, "PrefixListName");
          needed(parameters, "MaxEntries");
          const maxEntries = whole(parameters, "MaxEntries") ?? 0;
          const family = needed(parameters, "AddressFamily");
          if (family !== "IPv4" && family !== "IPv6") throw invalidValue(`Invalid AddressFamily: ${family}`);
          if (title.startsWith("com.amazonaws")) throw invalidValue("Prefix list names cannot start with com.amazonaws.");
          const entries = change({ family, maxEntries }, new Map(), parameters, "Entry");
          const name = newId("pl", world);
          const made: PrefixList = { ...blank, name, title, family, maxEntries, settlesAt: settlesAt(world), versions: [entries] };
          all.set(name, made);
          return [["prefixList", inProgress(describe(made))]];
        },
      ],
      [
        "ModifyManagedPrefixList",
        (parameters) => {
          const prefixList = find(needed(parameters, "PrefixListId"), settings.createMissing);
          const { versions } = prefixList;
          if (prefixList.settlesAt > performance.now()) {
            throw ec2Error("IncorrectState", `The prefix list ${prefixList.name} is in the wrong state for this request.`);
          }
          const version = whole(parameters, "CurrentVersion");
          if (version !== undefined && version !== versions.length) {
            throw ec2Error("PrefixListVersionMismatch", "The prefix list has the incorrect version number.");
          }
          const maxEntries = whole(parameters, "MaxEntries") ?? prefixList.maxEntries;
          const before = versions.at(-1) ?? new Map();
          versions.push(change({ family: prefixList.family, maxEntries }, before, parameters, "AddEntry"));
          Object.assign(prefixList, { maxEntries, settled: "modify-complete", settlesAt: settlesAt(world) });
          return [["prefixList", inProgress(describe(prefixList))]];
        },
      ],
      [
        "DescribeManagedPrefixLists",
        (parameters) => {
          const named = list(parameters, "PrefixListId");
          refuseNamedPages(parameters, named, "prefixListIds");
          const found = named.length > 0 ? named.map((id) => find(id)) : [...all.values()];
          const fits = filterOf<PrefixList>(
            parameters,
            new Map([
              ["prefix-list-id", ({ name }: PrefixList) => [name]],
              ["prefix-list-name", ({ title }: PrefixList) => [title]],
              ["owner-id", () => [place.account]],
            ]),
          );
          const { items, marker } = pageOf(found.filter(fits), parameters, settings, ec2Paging(1, 100, 100));
          return [["prefixListSet", items.map((item): Element => ["item", describe(item)])], ...marker];
        },
      ],
      [
        "GetManagedPrefixListEntries",
        (parameters) => {
          const { versions } = find(needed(parameters, "PrefixListId"));
          const version = whole(parameters, "TargetVersion") ?? versions.length;
          const entries = versions[version - 1];
          if (entries === undefined) throw invalidValue(`The prefix list has no version ${version}`);
          const all = [...entries].map(([name, description]) => ({ name, description }));
          const { items, marker } = pageOf(all, parameters, settings, ec2Paging(1, 100, 100));
          const described = items.map(
            (entry): Element => ["item", [["cidr", entry.name], ...text("description", entry.description || undefined)]],
          );
          return [["entrySet", described], ...marker];
        },
      ],
    ]);
  },
};

/** What an answer to a change says of the state, however soon the change is through. */
function inProgress(described: readonly Element[]): Element[] {
  return described.map(([name, content]) => [name, name === "state" ? String(content).replace("complete", "in-progress") : content]);
}
