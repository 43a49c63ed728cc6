import { consistency, isOlderThan } from "#aws/consistency.ts";
import { toStoredName } from "#cloudtrail/fields.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { EventReader, VpcStore } from "../event.ts";
import { type Attachment, attachmentIn } from "./attachments.ts";
import { defined } from "./defined.ts";
import { grantsOf } from "./grants.ts";
import { rulesOfGroups } from "./rules.ts";
import { portInSnapshot } from "./snapshot-port.ts";
import { storesAt } from "./stores.ts";

/**
 * Reads the events of calls that create, change or restore a store and so attach security groups, whose rules may already be
 * too open. Returns every ingress rule of the groups that the store now has.
 */
export const event: EventReader = {
  claims(record) {
    const attached = attachmentIn(record);
    if (!attached?.isChange || attached.groups.length === 0) return [];
    const { kind, service, groups, leadsTo } = attached;
    const name = newestName(attached);
    if (!leadsTo) return [{ kind: "attached", place: record.place, store: { kind, service, resource: name }, groups }];
    const { resource } = leadsTo;
    return resource === undefined
      ? []
      : [{ kind: "attached", place: record.place, store: { kind, service, resource, endpoint: name }, groups }];
  },

  async grants(record, sendTo) {
    const attached = attachmentIn(record);
    if (!attached) throw new EventError(`The ${record.eventName} event names no store that can be read`);
    if (!attached.isChange) return { grants: [], problem: undefined, nothing: "the call changed no security group, port or name" };
    const send = sendTo(record.place);
    const { stores, problem, unlisted } = await storesAt(send);
    const isSettled = isOlderThan(consistency.settled, record, send.deadline);
    const listed = listedAs(attached, stores);
    const groups = groupsNow(attached, listed, isSettled);
    if (groups.length === 0) {
      const nothing = `${newestName(attached)} does not exist, or AWS lists no security group of it`;
      return { grants: [], problem: problem ?? (isSettled ? undefined : withoutGroups(attached)), nothing };
    }
    const resource = nameNow(attached, listed, isSettled);
    if (resource === undefined) return { grants: [], problem: problem ?? withoutStore(attached) };
    const ports = portsNow(attached, listed, isSettled);
    const snapshotPort = ports.length > 0 ? undefined : await portInSnapshot(record, send);
    const store: VpcStore = {
      kind: attached.kind,
      service: attached.service,
      resource,
      id: listed[0]?.id ?? newestName(attached),
      groups,
      ports: snapshotPort === undefined ? ports : [snapshotPort],
      interfaces: listed.flatMap((each) => each.interfaces),
    };
    const others = stores.filter((each) => !listed.includes(each));
    const found = await grantsOf(await rulesOfGroups(groups, send), { stores: [...others, store], problem, unlisted }, record.place, send);
    return { ...found, nothing: `EC2 lists no ingress rule of ${groups.join(", ")}` };
  },
};

/**
 * Returns the store as it is listed under its newest name, or else under its previous one. When both names are listed, the previous
 * one is another store's: AWS's way to replace a cluster is to rename it and to give its name to the new one.
 */
function listedAs({ kind, names, leadsTo }: Attachment, stores: readonly VpcStore[]): readonly VpcStore[] {
  const namesOf = ({ resource, id }: VpcStore) => (leadsTo ? [toStoredName(id)] : [resource, id]);
  const named = names.map((name) => stores.filter((each) => each.kind === kind && namesOf(each).includes(name)));
  return named.findLast((each) => each.length > 0) ?? [];
}

/** Returns the store's listed groups and, until the event is settled, those of the event too: the list may lag behind. */
function groupsNow({ groups }: Attachment, listed: readonly VpcStore[], isSettled: boolean): readonly string[] {
  return defined([...listed.flatMap((each) => each.groups), ...(isSettled ? [] : groups)]);
}

/**
 * Returns the name that policies match; undefined when neither the event nor the list shows the store that an endpoint leads to. A
 * renamed store has its new name even while it is still listed under the old one, and an endpoint that was created again its new store.
 */
function nameNow(attached: Attachment, [first]: readonly VpcStore[], isSettled: boolean): string | undefined {
  const { names, leadsTo } = attached;
  const name = leadsTo ? leadsTo.resource : newestName(attached);
  const mayBeListedOld = leadsTo !== undefined || names.length > 1;
  return name !== undefined && mayBeListedOld && !isSettled ? name : (first?.resource ?? name);
}

function newestName({ names }: Attachment): string {
  return names.at(-1) ?? "";
}

/**
 * Returns the store's ports; none when they are unknown. The listed ports always count: a changed store listens on its previous port
 * until the change is complete, and a replica on that of its group, whatever port its request names.
 */
function portsNow({ port, defaults }: Attachment, listed: readonly VpcStore[], isSettled: boolean): readonly number[] {
  const listedPorts = defined(listed.flatMap((each) => each.ports));
  if (isSettled && listedPorts.length > 0) return listedPorts;
  if (port !== undefined) return defined([...listedPorts, port]);
  return listedPorts.length > 0 ? listedPorts : defaults;
}

function withoutGroups(attached: Attachment): EventError {
  return new EventError(`AWS does not list any security group of ${newestName(attached)} yet, and the event names none`);
}

function withoutStore(attached: Attachment): EventError {
  const kind = attached.kind === "clusterEndpoint" ? "cluster" : "workgroup";
  return new EventError(`AWS does not list the endpoint ${newestName(attached)} yet, and the event does not name its ${kind}`);
}
