import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";
import { grantTo, home } from "../../support/grants.ts";

/** What is listed in a place: grants, and more lines before them. */
export interface Listing {
  readonly place?: Place;
  readonly listedAt?: string;
  readonly complete?: boolean;
  readonly grants?: readonly Grant[];
  readonly lines?: readonly object[];
}

/** The text of an inventory. */
export function inventoryText(...listings: readonly Listing[]): string {
  const places = listings.map(({ place = home }) => place);
  const lines = listings.flatMap(({ place = home, listedAt = "2026-11-20T10:00:00.000Z", complete = true, grants = [], lines = [] }) => [
    ...lines.map((line) => ({ ...line, place })),
    ...grants.map((grant) => ({ line: "grant", listedAt, grant })),
    { line: "end", place, listedAt, complete, grants: grants.length },
  ]);
  const header = { line: "inventory", version: 1, startedAt: "2026-11-20T10:00:00.000Z", places };
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** A range with access to a cluster security group. */
export function clusterGrant(range: string, resource = "analytics", place: Place = home): Grant {
  return grantTo({ kind: "range", range }, { service: "redshift", eventName: "AuthorizeClusterSecurityGroupIngress" }, { resource, place });
}

/** A rule of a security group of the cache `sessions`. */
export function ruleGrant(
  source: Source,
  rule: Partial<Grant["rule"]> & object,
  stores: Grant["stores"] & object = [{ service: "elasticache", resource: "sessions" }],
): Grant {
  const grant = grantTo(source, { service: "ec2", eventName: "AuthorizeSecurityGroupIngress" }, { resource: "sg-0a1b2c3d4e5f60718" });
  return { ...grant, rule: { protocol: "tcp", fromPort: 6379, toPort: 6379, ...rule }, stores };
}
