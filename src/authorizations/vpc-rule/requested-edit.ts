import { member, nameOf, resourceIn, valuesOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";

/** A change to a prefix list, as its record shows it. */
export interface PrefixListEdit {
  readonly prefixList: string;
  /** The ranges that the call added. */
  readonly added: readonly string[];
  /** The version that the edit replaces. Undefined when the call changes no entries, or when the record does not show the version. */
  readonly previousVersion: number | undefined;
}

/**
 * Reads the record of a call that changes a prefix list; undefined when it names none that can be read. The request is read with and
 * without EC2's level around its members. The response has the version before the edit, as in the AWS CLI's examples.
 */
export function editIn({ eventName, requestParameters, responseElements }: CloudTrailRecord): PrefixListEdit | undefined {
  const request = resourceIn(requestParameters, `${eventName}Request`);
  const prefixList = nameOf(request, "prefixListId");
  if (prefixList === undefined || !/^pl-[0-9a-f]+$/.test(prefixList)) return undefined;
  const added = entriesIn(request, ["addEntry", "addEntries"]);
  const removed = entriesIn(request, ["removeEntry", "removeEntries"]);
  const isCut = [requestParameters, request].some((object) => valuesOf(object, "omitted").length > 0);
  const changesEntries = eventName === "RestoreManagedPrefixListVersion" || added.length > 0 || removed.length > 0 || isCut;
  const answer = resourceIn(resourceIn(responseElements, `${eventName}Response`), "prefixList");
  const previousVersion = changesEntries ? (versionIn(request, "currentVersion") ?? versionIn(answer, "version")) : undefined;
  return { prefixList, added: added.flatMap((entry) => nameOf(entry, "cidr") ?? []), previousVersion };
}

/** Returns the entries under the keys. CloudTrail may show one entry as an object, and several as a list or under `items`. */
function entriesIn(request: unknown, keys: readonly string[]): readonly unknown[] {
  return keys
    .flatMap((key) => valuesOf(request, key))
    .flatMap((list) => member(list, "items") ?? list)
    .flat();
}

function versionIn(object: unknown, key: string): number | undefined {
  const [version] = valuesOf(object, key);
  const text = typeof version === "number" || typeof version === "string" ? String(version) : "";
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
