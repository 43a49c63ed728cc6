import { member, nameOf, valuesOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import { parseRange } from "#domain/range.ts";
import { isGroupId, type Source } from "#domain/source.ts";
import { descriptionOf, portOf } from "./rules.ts";

/** A change of one rule, as the request describes it. What the request leaves unchanged is undefined. */
export interface RequestedChange {
  readonly group: string;
  readonly id: string;
  readonly protocol: string | undefined;
  readonly ports: { readonly fromPort?: number; readonly toPort?: number };
  readonly source: Source | undefined;
  readonly description?: string;
}

/** Reads the changes that a ModifySecurityGroupRules requests. `complete` is false when not all of them can be read. */
export function requestedChanges({ requestParameters }: CloudTrailRecord): {
  readonly group: string | undefined;
  readonly changes: readonly RequestedChange[];
  readonly complete: boolean;
} {
  const request = valuesOf(requestParameters, "ModifySecurityGroupRulesRequest")[0] ?? requestParameters;
  const group = nameOf(request, "groupId");
  if (!isGroupId(group)) return { group: undefined, changes: [], complete: false };
  // Real records show one rule as an object. A record of several was never seen, so both of CloudTrail's list formats are read.
  const items = valuesOf(request, "securityGroupRule")
    .flatMap((change) => member(change, "items") ?? change)
    .flat();
  const changes = items.flatMap((change): RequestedChange[] => {
    const id = nameOf(change, "securityGroupRuleId");
    const [form] = valuesOf(change, "securityGroupRule");
    if (id === undefined) return [];
    return [{ group, id, protocol: nameOf(form, "ipProtocol"), ports: portsIn(form), source: sourceIn(form), ...descriptionOf(form) }];
  });
  const isCut = [requestParameters, request].some((object) => valuesOf(object, "omitted").length > 0);
  return { group, changes, complete: !isCut && changes.length > 0 && changes.length === items.length };
}

/** Returns the ports that a change sets: one of them, both or none. */
function portsIn(form: unknown): RequestedChange["ports"] {
  const [fromPort, toPort] = [portOf(form, "fromPort"), portOf(form, "toPort")];
  return { ...(fromPort !== undefined && { fromPort }), ...(toPort !== undefined && { toPort }) };
}

/** Returns the source that a change sets. The owner of a group is unknown, because the event never shows it. */
function sourceIn(form: unknown): Source | undefined {
  const [range] = [...valuesOf(form, "cidrIpv4"), ...valuesOf(form, "cidrIpv6")];
  if (typeof range === "string" && parseRange(range)) return { kind: "range", range };
  const prefixList = nameOf(form, "prefixListId");
  if (prefixList !== undefined) return { kind: "prefixList", prefixList, entries: [] };
  const securityGroup = nameOf(form, "referencedGroupId");
  return securityGroup === undefined ? undefined : { kind: "securityGroup", owner: "unknown", securityGroup };
}

/** True when both are the same security group, whatever owner each shows. */
export function isSameGroup(a: Source, b: Source): boolean {
  return a.kind === "securityGroup" && b.kind === "securityGroup" && a.securityGroup === b.securityGroup;
}
