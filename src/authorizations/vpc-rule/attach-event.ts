import { DescribeClusterSnapshotsCommand } from "@aws-sdk/client-redshift";
import { AwsFailure } from "#aws/connect.ts";
import { redshift } from "#aws/redshift.ts";
import { type CloudTrailRecord, EventError, isGroupId, isSettled, itemsOf, nameOf, storedNameOf, valuesOf } from "#cloudtrail/record.ts";
import type { Authorization, Send } from "../authorization.ts";
import { attachments } from "./attachments.ts";
import { ruleActions } from "./authorization.ts";
import { grantsOf } from "./grants.ts";
import { type IngressRule, ingressRules, portOf } from "./rules.ts";
import { type GuardedStore, storesAt, usualPorts } from "./stores.ts";

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
    const isSame = ({ service, resource, member }: GuardedStore) =>
      service === attached.service && [resource, member].some((name) => name !== undefined && attached.names.includes(name));
    const known = stores.filter(isSame);
    const settled = isSettled(record);
    // Whatever the event says, a store has by then what the list says it has, or is gone; before, the list may lag behind.
    const groups = [...new Set([...known.flatMap((each) => each.groups), ...(settled ? [] : attached.groups)])];
    const name = attached.names.at(-1) ?? "";
    if (groups.length === 0) {
      const unnamed = settled ? undefined : new EventError(`No security group of ${name} is listed yet, and the event names none`);
      const why = problem ?? unnamed;
      return { grants: [], ...(why && { problem: why }) };
    }
    const isRenamed = attached.names.length > 1;
    const resource = isRenamed && !settled ? name : (known[0]?.resource ?? name);
    const inherited = attached.port === undefined && known.every(({ isGuess }) => isGuess) ? await inheritedPort(record, send) : undefined;
    const port = attached.port ?? inherited?.port;
    const store = { service: attached.service, resource, groups, ports: portsOf({ ...attached, port }, known, settled) };
    const others = stores.filter((each) => !isSame(each));
    const rules: IngressRule[] = [];
    for (const group of groups) for await (const rule of ingressRules(send, group)) rules.push(rule);
    const unknown = problem ?? inherited?.problem;
    return grantsOf(rules, { stores: [...others, store], ...(unknown && { problem: unknown }) }, record.place, send);
  },

  told: () => [],
};

/** A store as an event tells of it. */
interface Attached {
  readonly service: string;
  /** What it is called, and last what it is called from then on. */
  readonly names: readonly string[];
  readonly groups: readonly string[];
  /** The port that the call gives it, if any, and the one that it has unless told. */
  readonly port: number | undefined;
  readonly usual: readonly number[];
  readonly isNew: boolean;
}

/** A new store listens on the port that it is given, a changed one on what it had, too, until the change is through. */
function portsOf({ port, usual, isNew }: Attached, known: readonly GuardedStore[], settled: boolean): readonly number[] {
  const before = known.flatMap((each) => each.ports);
  if (settled && known.some(({ isGuess }) => !isGuess)) return before;
  if (port !== undefined) return isNew ? [port] : [...before, port];
  return before.length > 0 ? before : usual;
}

/** A restored cluster that is given no port has that of its snapshot, which no list of clusters shows before it is made. */
async function inheritedPort({ eventName, requestParameters }: CloudTrailRecord, send: Send): Promise<{ port?: number; problem?: Error }> {
  if (eventName !== "RestoreFromClusterSnapshot") return {};
  const named = {
    SnapshotIdentifier: nameOf(requestParameters, "snapshotIdentifier"),
    SnapshotArn: nameOf(requestParameters, "snapshotArn"),
  };
  const asked = { ...named, OwnerAccount: nameOf(requestParameters, "ownerAccount") };
  let why = "the event names no snapshot";
  if (asked.SnapshotIdentifier !== undefined || asked.SnapshotArn !== undefined)
    try {
      const { Snapshots } = await send(redshift, new DescribeClusterSnapshotsCommand(asked), "Snapshots");
      const ports = new Set(Snapshots.map(({ Port }) => Port));
      const [port] = ports;
      if (port !== undefined && ports.size === 1) return { port };
      why = "its snapshot shows none";
    } catch (failure) {
      if (!(failure instanceof AwsFailure)) throw failure;
      why = failure.message;
    }
  return { problem: new EventError(`The port of a restored cluster is not known yet (${why})`) };
}

/** The store of the event with the groups that the event names; undefined for a change of neither its groups, its port nor its name. */
function attachmentIn({ eventName, requestParameters, responseElements }: CloudTrailRecord): Attached | undefined {
  const call = attachments.find((each) => each.eventName === eventName);
  if (!call) throw new EventError(`No store is known for ${eventName}`);
  const replicationGroup = [requestParameters, responseElements].map((bag) => storedNameOf(bag, "replicationGroupId")).find(Boolean);
  const resource = (call.store === "cacheClusterId" ? replicationGroup : undefined) ?? storedNameOf(requestParameters, call.store);
  if (resource === undefined) throw new EventError(`The ${eventName} names no store that can be read`);
  const renamed = storedNameOf(requestParameters, "newClusterIdentifier");
  const named = itemsOf(requestParameters, call.groups);
  const port = portOf(requestParameters, "port");
  const isNew = !/^(Modify|Update)/.test(eventName);
  const changes = [...named, ...[port, renamed].filter((each) => each !== undefined), ...valuesOf(requestParameters, "omitted")];
  if (!isNew && changes.length === 0) return undefined;
  const groups = (named.length > 0 ? named : answeredGroups(responseElements)).filter(isGroupId);
  const usual = usualPorts(call.kind, nameOf(requestParameters, "engine"));
  const names = renamed === undefined ? [resource] : [resource, renamed];
  return { service: call.service, names, groups, port, usual, isNew };
}

/** The groups that the answer shows: a store that is made without any gets its VPC's default one, which no request names. */
function answeredGroups(answer: unknown): readonly unknown[] {
  const [store = answer] = ["workgroup", "serverlessCache"].flatMap((key) => valuesOf(answer, key));
  return ["securityGroups", "securityGroupIds", "vpcSecurityGroups"]
    .flatMap((key) => valuesOf(store, key).flat())
    .map((each) => nameOf(each, "securityGroupId") ?? nameOf(each, "vpcSecurityGroupId") ?? each);
}
