import type { Authorization, Found } from "../authorization.ts";
import { type CloudTrailRecord, EventError, isGroupId, isSettled, itemsOf, nameOf, storedNameOf, valuesOf } from "../cloudtrail.ts";
import { attachments } from "../vpc/attachments.ts";
import { grantsOf } from "../vpc/grants.ts";
import { ruleActions } from "../vpc/rule-actions.ts";
import { type IngressRule, ingressRules, portOf } from "../vpc/rules.ts";
import { type GuardedStore, type Stores, storesAt, usualPorts } from "../vpc/stores.ts";

/**
 * Creating, changing or restoring a store puts security groups before it, whose rules may be open already: no event of
 * EC2 tells of that. Every ingress rule of the groups that the store now has is judged.
 */
export const authorization: Authorization = {
  ...ruleActions,

  async find(record, sendTo) {
    const attached = attachmentIn(record);
    if (!attached) return { grants: [] };
    const send = sendTo(record.place);
    const { stores, problem } = await storesAt(send);
    const same = ({ service, resource, member }: GuardedStore) =>
      service === attached.service && [resource, member].includes(attached.resource);
    const known = stores.filter(same);
    // Whatever the event says, a store has by now what the list says it has, or is gone.
    if (isSettled(record)) return judged([...new Set(known.flatMap(({ groups }) => groups))], { stores, ...(problem && { problem }) });
    // The list may lag behind the event, so the store has the groups of both.
    const groups = [...new Set([...known.flatMap((each) => each.groups), ...attached.groups])];
    if (known.length === 0 && groups.length === 0)
      return { grants: [], problem: new EventError(`${attached.resource} is not listed yet, and the event names no security group of it`) };
    const store = { ...attached, resource: known[0]?.resource ?? attached.resource, groups, ports: portsOf(attached, known) };
    return judged(groups, { stores: [...stores.filter((each) => !same(each)), store], ...(problem && { problem }) });

    async function judged(groups: readonly string[], all: Stores): Promise<Found> {
      const rules: IngressRule[] = [];
      for (const group of groups) for await (const rule of ingressRules(send, group)) rules.push(rule);
      return grantsOf(rules, all, record.place, send);
    }
  },

  told: () => [],
};

/** A store as an event tells of it. */
interface Attached extends Omit<GuardedStore, "ports"> {
  /** The port that the call gives it, if any, and the one that it has unless told. */
  readonly port: number | undefined;
  readonly usual: readonly number[];
  readonly isNew: boolean;
}

/** A new store listens on the port that it is given, a changed one on what it had, too, until the change is through. */
function portsOf({ port, usual, isNew }: Attached, known: readonly GuardedStore[]): readonly number[] {
  const listed = known.flatMap((each) => each.ports);
  if (port !== undefined) return isNew ? [port] : [...listed, port];
  return listed.length > 0 ? listed : usual;
}

/** The store of the event with the groups that the event names; undefined for a change that leaves its groups and its port alone. */
function attachmentIn({ eventName, requestParameters, responseElements }: CloudTrailRecord): Attached | undefined {
  const call = attachments.find((each) => each.eventName === eventName);
  if (!call) throw new EventError(`No store is known for ${eventName}`);
  const replicationGroup = [requestParameters, responseElements].map((bag) => storedNameOf(bag, "replicationGroupId")).find(Boolean);
  const resource = (call.store === "cacheClusterId" ? replicationGroup : undefined) ?? storedNameOf(requestParameters, call.store);
  if (resource === undefined) throw new EventError(`The ${eventName} names no store that can be read`);
  const named = itemsOf(requestParameters, call.groups);
  const port = portOf(requestParameters, "port");
  const isNew = !/^(Modify|Update)/.test(eventName);
  if (!isNew && named.length === 0 && port === undefined && valuesOf(requestParameters, "omitted").length === 0) return undefined;
  const groups = (named.length > 0 ? named : answeredGroups(responseElements)).filter(isGroupId);
  const usual = usualPorts(call.kind, nameOf(requestParameters, "engine"));
  return { service: call.service, resource, groups, port, usual, isNew };
}

/** The groups that the answer shows: a store that is made without any gets its VPC's default one, which no request names. */
function answeredGroups(answer: unknown): readonly unknown[] {
  const [store = answer] = ["workgroup", "serverlessCache"].flatMap((key) => valuesOf(answer, key));
  return ["securityGroups", "securityGroupIds", "vpcSecurityGroups"]
    .flatMap((key) => valuesOf(store, key).flat())
    .map((each) => nameOf(each, "securityGroupId") ?? nameOf(each, "vpcSecurityGroupId") ?? each);
}
