import { itemsOf, nameOf, storedNameOf, valuesOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import { isGroupId } from "#domain/source.ts";
import { attachingCalls } from "./attaching-calls.ts";
import { portOf } from "./rules.ts";
import { portsByDefault } from "./stores.ts";

/** A store as the record of an attaching call describes it. */
export interface Attachment {
  readonly service: string;
  /** The store's name, followed by its new name when the call renames it. */
  readonly names: readonly string[];
  /** The groups that the request names, or else those that the response shows. */
  readonly groups: readonly string[];
  /** The port that the request sets, and the ones that the store has by default. */
  readonly port: number | undefined;
  readonly defaults: readonly number[];
  readonly isNew: boolean;
  /** Whether groups, port or name change, or may change, as the record was cut. */
  readonly isChange: boolean;
}

/** Reads the record of an attaching call; undefined when it names no store that can be read. */
export function attachmentIn({ eventName, requestParameters, responseElements }: CloudTrailRecord): Attachment | undefined {
  const call = attachingCalls.find((each) => each.eventName === eventName);
  if (!call) return undefined;
  const replicationGroup = [requestParameters, responseElements].map((bag) => storedNameOf(bag, "replicationGroupId")).find(Boolean);
  const name = (call.store === "cacheClusterId" ? replicationGroup : undefined) ?? storedNameOf(requestParameters, call.store);
  if (name === undefined) return undefined;
  const renamed = storedNameOf(requestParameters, "newClusterIdentifier");
  const requested = itemsOf(requestParameters, call.groups);
  const port = portOf(requestParameters, "port");
  const isNew = !/^(Modify|Update)/.test(eventName);
  const isCut = valuesOf(requestParameters, "omitted").length > 0;
  return {
    service: call.service,
    names: renamed === undefined ? [name] : [name, renamed],
    groups: (requested.length > 0 ? requested : groupsInResponse(responseElements)).filter(isGroupId),
    port,
    defaults: portsByDefault(call.kind, nameOf(requestParameters, "engine")),
    isNew,
    isChange: isNew || requested.length > 0 || port !== undefined || renamed !== undefined || isCut,
  };
}

/** The groups that the response shows: a store that is made without any gets its VPC's default group, which no request names. */
function groupsInResponse(answer: unknown): readonly unknown[] {
  const [store = answer] = ["workgroup", "serverlessCache"].flatMap((key) => valuesOf(answer, key));
  return ["securityGroups", "securityGroupIds", "vpcSecurityGroups"]
    .flatMap((key) => valuesOf(store, key).flat())
    .map((each) => nameOf(each, "securityGroupId") ?? nameOf(each, "vpcSecurityGroupId") ?? each);
}
