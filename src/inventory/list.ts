import type { Authorization, PlaceItem } from "#authorizations/authorization.ts";
import type { AuthorizationEntry } from "#authorizations/index.ts";
import { AwsFailure, isUnresolved } from "#aws/failure.ts";
import type { SharingSend } from "#aws/reads.ts";
import { isUnsupported } from "#aws/unsupported.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { PlaceLine } from "./line.ts";

/**
 * Yields the lines of one place: what each authorization has given there, each authorization listed once. What cannot be read is a
 * `problem` line, and the others are still listed. `send` must have reached the place: then a service whose name does not resolve is
 * not in the Region. `now` returns the time in milliseconds since 1970.
 */
export async function* placeLines(
  place: Place,
  send: SharingSend,
  registry: readonly AuthorizationEntry[],
  now: () => number,
): AsyncGenerator<PlaceLine> {
  const listedAt = new Date(now()).toISOString();
  const prefixLists = new Set<string>();
  let grants = 0;
  let complete = true;
  for (const entry of registry) {
    const { authorization } = await entry.load();
    for await (const item of itemsOf(authorization, entry, place, send)) {
      if (item.kind === "problem") complete = false;
      if (item.kind === "grant") grants++;
      yield* linesOf(item, place, listedAt, prefixLists);
    }
  }
  yield { line: "end", place, listedAt, complete, grants };
}

/** Yields what an authorization has in a place, or why it cannot be listed. */
async function* itemsOf(
  authorization: Authorization,
  { name, service }: AuthorizationEntry,
  place: Place,
  send: SharingSend,
): AsyncGenerator<PlaceItem> {
  try {
    if (authorization.grantsAt) yield* authorization.grantsAt(send, place);
    else if (authorization.list)
      for await (const { resource, ...entry } of authorization.list(send, undefined, place))
        yield "source" in entry
          ? { kind: "grant", grant: { place, service, authorization: name, resource, source: entry.source } }
          : { kind: "problem", problem: `${name}: an entry cannot be read: ${entry.unreadable}` };
  } catch (failure) {
    if (!(failure instanceof AwsFailure)) throw failure;
    if (!isUnresolved(failure) && !isUnsupported(failure) && !isForClassicOnly(failure))
      yield { kind: "problem", problem: `${name} cannot be listed: ${failure.message}` };
  }
}

/**
 * True for the answer to an account that has VPCs only, and so no cache or cluster security groups.
 * @see https://github.com/crossplane-contrib/provider-upjet-aws/issues/404
 */
function isForClassicOnly({ code, message }: AwsFailure): boolean {
  return code === "InvalidParameterValue" && /(cache|cluster) security groups?/i.test(message);
}

/** Returns the lines of an item. The entries of a prefix list, which many rules can refer to, are written once. */
function linesOf(item: PlaceItem, place: Place, listedAt: string, prefixLists: Set<string>): PlaceLine[] {
  switch (item.kind) {
    case "store": {
      const { interfaces: _, ...store } = item.store;
      return [{ line: "store", place, ...store }];
    }
    case "sharedGroup": {
      const { group, interfaces } = item;
      const known = interfaces instanceof AwsFailure ? { problem: interfaces.message } : { interfaces };
      return [{ line: "sharedGroup", place, group, ...known }];
    }
    case "problem": {
      const { kind: _, ...problem } = item;
      return [{ line: "problem", place, ...problem }];
    }
    case "grant":
      return grantLines(item.grant, listedAt, prefixLists);
  }
}

function grantLines(grant: Grant, listedAt: string, prefixLists: Set<string>): PlaceLine[] {
  const { source, place } = grant;
  if (source.kind !== "prefixList") return [{ line: "grant", listedAt, grant }];
  const { prefixList, entries } = source;
  const isNew = entries.length > 0 && !prefixLists.has(prefixList);
  if (isNew) prefixLists.add(prefixList);
  const line: PlaceLine = { line: "grant", listedAt, grant: { ...grant, source: { ...source, entries: [] } } };
  return isNew ? [{ line: "prefixList", place, prefixList, entries }, line] : [line];
}
