import { itemsOf, nameOf, resourceIn, storedNameOf, valuesOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import { isGroupId } from "#domain/source.ts";
import type { StoreKind } from "../event.ts";
import { attachingCalls } from "./attaching-calls.ts";
import { defined } from "./defined.ts";
import { defaultPorts } from "./ports.ts";
import { portOf } from "./rules.ts";

/** A store and its security groups, as the record of an attaching call shows them. */
export interface Attachment {
  readonly service: string;
  readonly kind: StoreKind;
  /** The store's name, followed by its new name when the call renames it. */
  readonly names: readonly string[];
  /** Only for an endpoint: the store that it leads to. */
  readonly leadsTo: { /** Undefined when the record does not name it. */ readonly resource: string | undefined } | undefined;
  /** The group ids in the request, or in the response when the request has none. */
  readonly groups: readonly string[];
  /** The port that the request sets. */
  readonly port: number | undefined;
  /**
   * The ports of a store that this call creates without naming one; none when it may inherit its port from another store. For an
   * endpoint, the port in the response: it is that of the store that the endpoint leads to.
   */
  readonly defaults: readonly number[];
  /** True when the call changes groups, port or name, or may do so because the record is cut. */
  readonly isChange: boolean;
}

/** The members of a request by which a new store gets the port of another one, or of a snapshot. */
const inheriting = [
  "replicationGroupId",
  "primaryClusterId",
  "globalReplicationGroupId",
  "snapshotName",
  "snapshotArns",
  "snapshotIdentifier",
  "snapshotArn",
];

/** Reads the record of an attaching call. Returns undefined when it names no store that can be read. */
export function attachmentIn(record: CloudTrailRecord): Attachment | undefined {
  const { eventName, eventSource, requestParameters, responseElements } = record;
  const call = attachingCalls.find((each) => each.eventName === eventName && `${each.service}.amazonaws.com` === eventSource);
  if (!call) return undefined;
  const replicationGroup = [requestParameters, responseElements].map((object) => storedNameOf(object, "replicationGroupId")).find(Boolean);
  const name = (call.store === "cacheClusterId" ? replicationGroup : undefined) ?? storedNameOf(requestParameters, call.store);
  if (name === undefined) return undefined;
  const newName = storedNameOf(requestParameters, "newClusterIdentifier");
  const requested = itemsOf(requestParameters, call.groups);
  // A replica listens on the port of its group, whatever its request says.
  const port = replicationGroup !== undefined && call.store === "cacheClusterId" ? undefined : portOf(requestParameters, "port");
  const isNew = !/^(Modify|Update)/.test(eventName);
  const isCut = valuesOf(requestParameters, "omitted").length > 0;
  const inherits = inheriting.some((key) => key !== call.store && valuesOf(requestParameters, key).length > 0);
  const hasDefault = isNew && !isCut && !inherits;
  const answer = call.response === undefined ? responseElements : resourceIn(responseElements, call.response);
  const { leadsTo } = call;
  const resource = leadsTo && (storedNameOf(requestParameters, leadsTo) ?? storedNameOf(answer, leadsTo));
  return {
    service: call.service,
    kind: call.kind,
    names: newName === undefined ? [name] : [name, newName],
    leadsTo: leadsTo === undefined ? undefined : { resource },
    groups: (requested.length > 0 ? requested : groupsIn(answer)).filter(isGroupId),
    port,
    defaults: defined([
      leadsTo === undefined ? undefined : portOf(answer, "port"),
      ...(hasDefault ? defaultPorts(call.kind, nameOf(requestParameters, "engine")) : []),
    ]),
    isChange: isNew || requested.length > 0 || port !== undefined || newName !== undefined || isCut,
  };
}

/** Returns the group ids in the response. A store created without groups gets its VPC's default group, which no request names. */
function groupsIn(store: unknown): readonly unknown[] {
  return ["securityGroups", "securityGroupIds", "vpcSecurityGroups"]
    .flatMap((key) => valuesOf(store, key).flat())
    .map((each) => nameOf(each, "securityGroupId") ?? nameOf(each, "vpcSecurityGroupId") ?? each);
}
