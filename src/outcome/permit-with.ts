import { type Grant, onEachStore } from "#domain/grant.ts";
import { formatRange, network, parseRange } from "#domain/range.ts";
import { type Source, sourceText } from "#domain/source.ts";
import type { StatementDocument } from "#policy/schema.ts";

/**
 * Returns the narrowest statement that permits the grant, ready to be added to the policy; undefined when no statement can. For a
 * rule that reaches several stores it lists all their services and resources, and so permits every combination of them.
 */
export function permitWith(grant: Grant): StatementDocument | undefined {
  const { service, resource, source } = grant;
  const permitted = permittedSource(source);
  if (!permitted) return undefined;
  const name = `permit-${service}-${resource}-${sourceText(source)}`.replace(/[^A-Za-z0-9.:/-]+/g, "-").slice(0, 128);
  const judged = onEachStore(grant);
  const [services, resources] = [judged.map((one) => one.service), judged.map((one) => asPattern(one.resource))].map((names) => [
    ...new Set(names),
  ]);
  // An account that may reach a cluster need not be allowed to restore its snapshots.
  const authorizations = source.kind === "account" ? { authorizations: [grant.authorization] } : {};
  return { name, ...permitted, services, ...authorizations, resources };
}

function permittedSource(source: Source): Partial<StatementDocument> | undefined {
  switch (source.kind) {
    case "range": {
      const range = parseRange(source.range);
      if (!range) throw new TypeError("The range of a grant cannot be read");
      return range.prefix === 0 ? { ranges: [formatRange(network(range))], everyone: true } : { ranges: [formatRange(network(range))] };
    }
    case "securityGroup":
      return source.owner === "unknown" ? undefined : { owners: [source.owner], securityGroups: [asPattern(source.securityGroup)] };
    case "account":
      return source.owner === "*" ? undefined : { owners: [source.owner] };
    case "prefixList":
      return { prefixLists: [source.prefixList] };
  }
}

/** Returns a pattern that matches the name. A star in the name becomes `?`, which matches fewer names. */
function asPattern(name: string): string {
  return name.replaceAll("*", "?");
}
