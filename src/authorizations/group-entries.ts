import { itemsOf, nameOf, valuesOf } from "#cloudtrail/fields.ts";
import { accountId } from "#domain/account.ts";
import { parseRange } from "#domain/range.ts";
import type { Source } from "#domain/source.ts";
import { shown } from "#domain/text.ts";
import type { ListedEntry } from "./authorization.ts";

/** The sources that members of a request or of a listed entry name, in any letter case; `complete` is false when one cannot be read. */
export function sourcesIn(bag: unknown): { readonly sources: readonly Source[]; readonly complete: boolean } {
  const ranges = valuesOf(bag, "CIDRIP").map((text) => (typeof text === "string" && parseRange(text) ? text : undefined));
  const sources: Source[] = ranges.flatMap((range) => (range === undefined ? [] : { kind: "range", range }));
  let complete = sources.length === ranges.length;
  if (valuesOf(bag, "EC2SecurityGroupName").length + valuesOf(bag, "EC2SecurityGroupOwnerId").length > 0) {
    const securityGroup = nameOf(bag, "EC2SecurityGroupName");
    const owner = accountId(nameOf(bag, "EC2SecurityGroupOwnerId") ?? "");
    if (securityGroup !== undefined && owner) sources.push({ kind: "securityGroup", owner, securityGroup });
    else complete = false;
  }
  return { sources, complete: complete && sources.length > 0 };
}

/** The entries in the named lists of a group, without those that AWS says it is revoking. */
export function entriesIn(group: unknown, resource: string, lists: readonly string[]): ListedEntry[] {
  const entries = lists.flatMap((key) => itemsOf(group, key));
  return entries.flatMap((entry): ListedEntry[] => {
    if (nameOf(entry, "Status")?.startsWith("revok")) return [];
    const { sources, complete } = sourcesIn(entry);
    return complete ? sources.map((source) => ({ resource, source })) : [{ resource, unreadable: shown(entry, 256) }];
  });
}
