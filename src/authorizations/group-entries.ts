import { itemsOf, nameOf, valuesOf } from "#cloudtrail/fields.ts";
import { accountId } from "#domain/account.ts";
import { parseRange } from "#domain/range.ts";
import type { Source } from "#domain/source.ts";
import { shown } from "#domain/text.ts";
import type { ListedEntry } from "./authorization.ts";

/** Reads the sources in a request or a listed entry. `complete` is false when there is none, or one cannot be read. */
export function sourcesIn(object: unknown): { readonly sources: readonly Source[]; readonly complete: boolean } {
  const ranges = valuesOf(object, "CIDRIP").map((text) => (typeof text === "string" && parseRange(text) ? text : undefined));
  const sources: Source[] = ranges.flatMap((range) => (range === undefined ? [] : { kind: "range", range }));
  let complete = sources.length === ranges.length;
  if (valuesOf(object, "EC2SecurityGroupName").length + valuesOf(object, "EC2SecurityGroupOwnerId").length > 0) {
    const securityGroup = nameOf(object, "EC2SecurityGroupName");
    const owner = accountId(nameOf(object, "EC2SecurityGroupOwnerId") ?? "");
    if (securityGroup !== undefined && owner) sources.push({ kind: "securityGroup", owner, securityGroup });
    else complete = false;
  }
  return { sources, complete: complete && sources.length > 0 };
}

/** Reads the entries in the given lists of a group, without those that AWS is revoking. */
export function entriesIn(group: unknown, resource: string, lists: readonly string[]): ListedEntry[] {
  const entries = lists.flatMap((key) => itemsOf(group, key));
  return entries.flatMap((entry): ListedEntry[] => {
    if (nameOf(entry, "Status")?.startsWith("revok")) return [];
    const { sources, complete } = sourcesIn(entry);
    return complete ? sources.map((source) => ({ resource, source })) : [{ resource, unreadable: shown(entry, 256) }];
  });
}
