import { type ListedEntry, listResource } from "#authorizations/authorization.ts";
import type { Claim } from "#authorizations/event.ts";
import type { Send } from "#aws/send.ts";
import type { Place } from "#domain/place.ts";
import { sourceText } from "#domain/source.ts";
import { portsText } from "#outcome/summary.ts";
import { groupOfList, groupsOf } from "./sandbox-rules.ts";
import type { WatchedRecord } from "./watched-record.ts";

/** Returns the entries that are listed on a record's resource, as text; undefined when it names none, or AWS has no list of them. */
export async function entriesOf(
  { claims: [first], authorization: { list }, isVpcRule, record }: WatchedRecord,
  senderAt: (place: Place) => Send,
): Promise<readonly string[] | undefined> {
  if (!first || !list) return undefined;
  const resources = await resourcesOf(first, isVpcRule, senderAt(record.place));
  const entries = await Promise.all(resources.map((each) => listResource(each, { list }, senderAt(each.place))));
  return resources.length === 0 ? undefined : entries.flat().map(entryText);
}

/** Returns the resources of a claim: that of its grant, or the security groups. */
async function resourcesOf(claim: Claim, isVpcRule: boolean, send: Send): Promise<readonly { resource: string; place: Place }[]> {
  if ("groups" in claim) return claim.groups.map((resource) => ({ resource, place: claim.place }));
  if (claim.kind === "edited") return (await groupsOf(groupOfList, send)).map((resource) => ({ resource, place: claim.place }));
  const { grant } = claim;
  return isVpcRule ? (await groupsOf(grant.resource, send)).map((resource) => ({ resource, place: grant.place })) : [grant];
}

function entryText(entry: ListedEntry): string {
  const source = "source" in entry ? sourceText(entry.source) : entry.unreadable;
  return entry.rule ? `${source} ${portsText(entry.rule)}` : source;
}
