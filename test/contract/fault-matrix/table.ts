/** The effect of a fault on a request. */
export type Nature =
  /** The request is not completed, and a retry can succeed. */
  | "lost"
  /** The request is completed, and no usable response arrives. */
  | "done"
  /** The request is completed, and the response arrives late. */
  | "slow"
  /** AWS denies the request: a retry does not help. */
  | "refused"
  /** AWS responds that the resource does not exist. */
  | "absent";

/** The purpose of a call. */
export type Role =
  /** Lists the resource of the event; a resource that does not exist has no grants. */
  | "list"
  /** Reads what every decision needs. */
  | "read"
  /** Lists stores that the violation is not known to reach, after the rules are listed. */
  | "others"
  /** Lists such stores before the rules are listed. */
  | "othersFirst"
  /** Lists the store that the event attaches a group to, when only the list shows its port or its endpoint. */
  | "ownStore"
  /** Reads the entries of another rule's prefix list. */
  | "entries"
  /** Lists what else the group is attached to. */
  | "attachments"
  /** Revokes the violation. */
  | "revoke"
  /** Verifies that the violation is gone. */
  | "verify";

/** How an invocation for one violation ends: its outcome, whether it throws, and whether the violation is still listed. */
interface Expected {
  readonly result: "revoked" | "alreadyGone" | "failed" | "none";
  readonly thrown: boolean;
  readonly listed: boolean;
}

const revoked: Expected = { result: "revoked", thrown: false, listed: false };
/** It is gone, and whether the function revoked it is unknown. */
const gone: Expected = { result: "alreadyGone", thrown: false, listed: false };
/** The event fails before any decision. */
const kept: Expected = { result: "none", thrown: true, listed: true };
/** The event fails, and the violation has a failed outcome. */
const failed: Expected = { result: "failed", thrown: true, listed: true };
/** It is gone, but not verified, so the event fails. */
const unconfirmed: Expected = { result: "failed", thrown: true, listed: false };
/** The violation is revoked, and the event fails for another grant that could not be evaluated. */
const partly: Expected = { result: "revoked", thrown: true, listed: false };
/** AWS always responds that the resource does not exist. */
const believedAbsent: Expected = { result: "none", thrown: false, listed: true };
const believedGone: Expected = { result: "alreadyGone", thrown: false, listed: true };

type Row = Readonly<Record<Role, Expected>>;
const all = (each: Expected): Row => ({
  list: each,
  read: each,
  others: each,
  othersFirst: each,
  ownStore: each,
  entries: each,
  attachments: each,
  revoke: each,
  verify: each,
});
const hopeless: Row = {
  list: kept,
  read: kept,
  others: failed,
  othersFirst: kept,
  ownStore: kept,
  entries: failed,
  attachments: failed,
  revoke: failed,
  verify: unconfirmed,
};

/**
 * How AWS's semantics end an invocation with one fault, and with the same fault from there on. A read has the same result
 * whether it was completed or not; a completed write cannot be repeated. A read soon after a write can miss it, so a
 * not-found response counts only when it is repeated.
 */
export const table: Readonly<Record<"once" | "from there on", Readonly<Record<Nature, Row>>>> = {
  once: {
    lost: all(revoked),
    done: { ...all(revoked), revoke: gone },
    slow: all(revoked),
    refused: { ...hopeless, others: partly, othersFirst: partly, ownStore: failed, entries: partly },
    absent: { ...all(revoked), read: kept, others: partly, othersFirst: partly, ownStore: failed, attachments: failed },
  },
  "from there on": {
    lost: hopeless,
    done: { ...hopeless, revoke: unconfirmed },
    slow: all(revoked),
    refused: hopeless,
    absent: {
      list: believedAbsent,
      read: kept,
      others: failed,
      othersFirst: kept,
      ownStore: kept,
      entries: failed,
      attachments: failed,
      revoke: believedGone,
      verify: revoked,
    },
  },
};
