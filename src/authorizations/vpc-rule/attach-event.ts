import { consistency, isOlderThan } from "#aws/consistency.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { EventReader } from "../event.ts";
import { type Attachment, attachmentIn } from "./attachments.ts";
import { grantsOf } from "./grants.ts";
import { rulesOfGroups } from "./rules.ts";
import { portInSnapshot } from "./snapshot-port.ts";
import { storesAt, type VpcStore } from "./stores.ts";

/**
 * Reads the events of calls that create, change or restore a store and so attach security groups, whose rules may already be
 * too open. Returns every ingress rule of the groups that the store now has.
 */
export const event: EventReader = {
  claims(record) {
    const attached = attachmentIn(record);
    if (!attached?.isChange || attached.groups.length === 0) return [];
    const { service, groups } = attached;
    return [{ kind: "attached", place: record.place, store: { service, resource: newestName(attached) }, groups }];
  },

  async grants(record, sendTo) {
    const attached = attachmentIn(record);
    if (!attached) throw new EventError(`The ${record.eventName} event names no store that can be read`);
    if (!attached.isChange) return { grants: [], problem: undefined };
    const send = sendTo(record.place);
    const { stores, problem } = await storesAt(send);
    const isOwn = ({ service, resource, member }: VpcStore) =>
      service === attached.service && [resource, member].some((name) => name !== undefined && attached.names.includes(name));
    const listed = stores.filter(isOwn);
    const isSettled = isOlderThan(consistency.settled, record, send.deadline);
    const groups = groupsNow(attached, listed, isSettled);
    if (groups.length === 0) return { grants: [], problem: problem ?? (isSettled ? undefined : withoutGroups(attached)) };
    const isPortKnown = attached.port !== undefined || listed.some(({ isGuess }) => !isGuess);
    const snapshot = isPortKnown ? undefined : await portInSnapshot(record, send);
    const ports = portsNow({ ...attached, port: attached.port ?? snapshot?.port }, listed, isSettled);
    const store = { service: attached.service, resource: nameNow(attached, listed, isSettled), groups, ports };
    const others = stores.filter((each) => !isOwn(each));
    return grantsOf(
      await rulesOfGroups(groups, send),
      { stores: [...others, store], problem: problem ?? snapshot?.problem },
      record.place,
      send,
    );
  },
};

/** Returns the store's listed groups and, until the event is settled, those of the event too: the list may lag behind. */
function groupsNow({ groups }: Attachment, listed: readonly VpcStore[], isSettled: boolean): readonly string[] {
  return [...new Set([...listed.flatMap((each) => each.groups), ...(isSettled ? [] : groups)])];
}

/** Returns the store's name. A renamed store has its new name even while it is still listed under the old one. */
function nameNow(attached: Attachment, [first]: readonly VpcStore[], isSettled: boolean): string {
  const isRenamed = attached.names.length > 1;
  return isRenamed && !isSettled ? newestName(attached) : (first?.resource ?? newestName(attached));
}

function newestName({ names }: Attachment): string {
  return names.at(-1) ?? "";
}

/** Returns the store's ports. A changed store may also listen on its previous port until the change is complete. */
function portsNow({ port, defaults, isNew }: Attachment, listed: readonly VpcStore[], isSettled: boolean): readonly number[] {
  const listedPorts = listed.flatMap((each) => each.ports);
  if (isSettled && listed.some(({ isGuess }) => !isGuess)) return listedPorts;
  if (port !== undefined) return isNew ? [port] : [...listedPorts, port];
  return listedPorts.length > 0 ? listedPorts : defaults;
}

function withoutGroups(attached: Attachment): EventError {
  return new EventError(`AWS does not list any security group of ${newestName(attached)} yet, and the event names none`);
}
