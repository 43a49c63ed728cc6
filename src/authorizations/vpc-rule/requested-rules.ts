import { itemsOf, nameOf, valuesOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import { accountId } from "#domain/account.ts";
import type { Rule } from "#domain/grant.ts";
import { formatRange, network, parseRange } from "#domain/range.ts";
import type { Source } from "#domain/source.ts";
import { portsOf } from "./rules.ts";

/** Reads the rules that an AuthorizeSecurityGroupIngress requests, as IpPermissions or as single parameters. They have no ids. */
export function requestedRules({ requestParameters }: CloudTrailRecord): { readonly source: Source; readonly rule: Rule }[] {
  const permissions = itemsOf(requestParameters, "ipPermissions");
  return [requestParameters, ...permissions].flatMap((permission) => {
    const protocol = nameOf(permission, "ipProtocol") ?? "-1";
    const rule = { protocol, ...(protocol !== "-1" && portsOf(permission)) };
    return sourcesOf(permission).map((source) => ({ source, rule }));
  });
}

function sourcesOf(permission: unknown): Source[] {
  return [
    ...[permission, ...itemsOf(permission, "ipRanges"), ...itemsOf(permission, "ipv6Ranges")].flatMap(rangesOf),
    ...itemsOf(permission, "prefixListIds").flatMap((item): Source[] => {
      const prefixList = nameOf(item, "prefixListId");
      return prefixList === undefined ? [] : [{ kind: "prefixList", prefixList, entries: [] }];
    }),
    ...itemsOf(permission, "groups").flatMap((item): Source[] => {
      const securityGroup = nameOf(item, "groupId");
      const owner = accountId(nameOf(item, "userId") ?? "") ?? "unknown";
      return securityGroup === undefined ? [] : [{ kind: "securityGroup", owner, securityGroup }];
    }),
  ];
}

function rangesOf(object: unknown): Source[] {
  const texts = ["cidrIp", "cidrIpv6"].flatMap((key) => valuesOf(object, key));
  return texts.flatMap((range) => (typeof range === "string" && parseRange(range) ? [{ kind: "range", range }] : []));
}

/** Returns a key of a rule's source and ports, equal for the same network however it is written. A group's owner is not part of it. */
export function openingOf(source: Source, { fromPort, toPort }: Rule): string {
  const range = source.kind === "range" ? parseRange(source.range) : undefined;
  const granted = range ? formatRange(network(range)) : { ...source, owner: "", entries: [] };
  return JSON.stringify([granted, fromPort, toPort]);
}
