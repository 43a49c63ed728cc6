import { itemsOf, nameOf, storedNameOf, valuesOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import { isGroupId } from "#domain/source.ts";
import { attachingCalls } from "./attaching-calls.ts";
import { portOf } from "./rules.ts";
import { portsByDefault } from "./stores.ts";

/** A store and its security groups, as the record of an attaching call shows them. */
export interface Attachment {
  readonly service: string;
  /** The store's name, followed by its new name when the call renames it. */
  readonly names: readonly string[];
  /** The group ids in the request, or in the response when the request has none. */
  readonly groups: readonly string[];
  /** The port that the request sets. */
  readonly port: number | undefined;
  /** The ports that such a store has by default. */
  readonly defaults: readonly number[];
  readonly isNew: boolean;
  /** True when the call changes groups, port or name, or may do so because the record is cut. */
  readonly isChange: boolean;
}

/** Reads the record of an attaching call. Returns undefined when it names no store that can be read. */
export function attachmentIn({ eventName, requestParameters, responseElements }: CloudTrailRecord): Attachment | undefined {
  const call = attachingCalls.find((each) => each.eventName === eventName);
  if (!call) return undefined;
  const replicationGroup = [requestParameters, responseElements].map((object) => storedNameOf(object, "replicationGroupId")).find(Boolean);
  const name = (call.store === "cacheClusterId" ? replicationGroup : undefined) ?? storedNameOf(requestParameters, call.store);
  if (name === undefined) return undefined;
  const newName = storedNameOf(requestParameters, "newClusterIdentifier");
  const requested = itemsOf(requestParameters, call.groups);
  const port = portOf(requestParameters, "port");
  const isNew = !/^(Modify|Update)/.test(eventName);
  const isCut = valuesOf(requestParameters, "omitted").length > 0;
  return {
    service: call.service,
    names: newName === undefined ? [name] : [name, newName],
    groups: (requested.length > 0 ? requested : groupsInResponse(responseElements)).filter(isGroupId),
    port,
    defaults: portsByDefault(call.kind, nameOf(requestParameters, "engine")),
    isNew,
    isChange: isNew || requested.length > 0 || port !== undefined || newName !== undefined || isCut,
  };
}

/** Returns the group ids in the response. A store created without groups gets its VPC's default group, which no request names. */
function groupsInResponse(answer: unknown): readonly unknown[] {
  const [store = answer] = ["workgroup", "serverlessCache"].flatMap((key) => valuesOf(answer, key));
  return ["securityGroups", "securityGroupIds", "vpcSecurityGroups"]
    .flatMap((key) => valuesOf(store, key).flat())
    .map((each) => nameOf(each, "securityGroupId") ?? nameOf(each, "vpcSecurityGroupId") ?? each);
}
