import { type AccountId, accountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { parseRange, type Range } from "#domain/range.ts";
import type { Source } from "#domain/source.ts";

/** The account id that a text writes. */
export function id(text: string): AccountId {
  const account = accountId(text);
  if (!account) throw new Error(`${text} is no account id`);
  return account;
}

/** The range that a text writes. */
export function read(text: string): Range {
  const range = parseRange(text);
  if (!range) throw new Error(`${text} cannot be read`);
  return range;
}

/** Where the function under test runs by default. */
export const home: Place = { partition: "aws", account: id("123456789012"), region: "eu-west-1" };

/** The name of a resource, as a grant of this authorization states it. */
export function resourceOf(eventName: string, name = "payroll"): string {
  const names: Readonly<Record<string, string>> = {
    AuthorizeSnapshotAccess: `${name}/before-${name}`,
    PutResourcePolicy: `snapshot/${name}`,
    AuthorizeDataShare: `6d2a1b5e-8f0c-4f57-9e0e-2f3c1d4b5a69/${name}`,
  };
  return names[eventName] ?? name;
}

/** The grant that a call of this authorization gives. */
export function grantTo(
  source: Source,
  { service, eventName }: { readonly service: string; readonly eventName: string },
  { resource = resourceOf(eventName), place = home }: { readonly resource?: string; readonly place?: Place } = {},
): Grant {
  return { place, service, authorization: eventName, resource, source };
}
