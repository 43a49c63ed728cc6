import { consistency, isOlderThan } from "#aws/consistency.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { EventReader } from "../event.ts";
import { type Attachment, attachmentIn } from "./attachments.ts";
import { grantsOf } from "./grants.ts";
import { rulesOfGroups } from "./rules.ts";
import { portInSnapshot } from "./snapshot-port.ts";
import { storesAt, type VpcStore } from "./stores.ts";

/**
 * Creating, changing or restoring a store attaches security groups to it, whose rules may be open already. Every ingress
 * rule of the groups that the store now has is judged.
 */
export const event: EventReader = {
  claims(record) {
    const attached = attachmentIn(record);
    if (!attached || attached.groups.length === 0) return [];
    const { service, groups } = attached;
    return [{ kind: "attached", place: record.place, store: { service, resource: newestName(attached) }, groups }];
  },

  async grants(record, sendTo) {
    const attached = attachmentIn(record);
    if (!attached) throw new EventError(`The ${record.eventName} names no store that can be read`);
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
    const inherited = isPortKnown ? undefined : await portInSnapshot(record, send);
    const ports = portsNow({ ...attached, port: attached.port ?? inherited?.port }, listed, isSettled);
    const store = { service: attached.service, resource: nameNow(attached, listed, isSettled), groups, ports };
    const others = stores.filter((each) => !isOwn(each));
    return grantsOf(
      await rulesOfGroups(groups, send),
      { stores: [...others, store], problem: problem ?? inherited?.problem },
      record.place,
      send,
    );
  },
};

/** A settled store has the groups that are listed, or is gone; before, the list may lag behind the event. */
function groupsNow({ groups }: Attachment, listed: readonly VpcStore[], isSettled: boolean): readonly string[] {
  return [...new Set([...listed.flatMap((each) => each.groups), ...(isSettled ? [] : groups)])];
}

/** A renamed store goes by its new name, also while it is still listed by the old one. */
function nameNow(attached: Attachment, [first]: readonly VpcStore[], isSettled: boolean): string {
  const isRenamed = attached.names.length > 1;
  return isRenamed && !isSettled ? newestName(attached) : (first?.resource ?? newestName(attached));
}

function newestName({ names }: Attachment): string {
  return names.at(-1) ?? "";
}

/** A new store listens on the port that it is given; a changed one also on the port that it had, until the change is complete. */
function portsNow({ port, defaults, isNew }: Attachment, listed: readonly VpcStore[], isSettled: boolean): readonly number[] {
  const before = listed.flatMap((each) => each.ports);
  if (isSettled && listed.some(({ isGuess }) => !isGuess)) return before;
  if (port !== undefined) return isNew ? [port] : [...before, port];
  return before.length > 0 ? before : defaults;
}

function withoutGroups(attached: Attachment): EventError {
  return new EventError(`No security group of ${newestName(attached)} is listed yet, and the event names none`);
}
