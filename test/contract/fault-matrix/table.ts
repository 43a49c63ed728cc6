/** What a fault does to one request, whichever way it happens. */
export type Nature =
  /** Nothing was done, and trying again may succeed. */
  | "lost"
  /** It was done, and no usable answer came back. */
  | "done"
  /** It was done, and the right answer came back late. */
  | "slow"
  /** AWS refused: trying again does not help. */
  | "refused"
  /** AWS says that what it was asked about does not exist. */
  | "absent";

/** What a call is for. */
export type Role =
  /** Lists the resource that the event names: what is not there has no grants. */
  | "list"
  /** Looks for what has to be known before anything can be judged. */
  | "look"
  /** Lists stores that are not the one that the violation is known to reach, with the rules read before. */
  | "others"
  /** The same, with the rules still to be read. */
  | "othersFirst"
  /** Reads what the prefix list of another rule holds. */
  | "entries"
  /** Looks whether something else would be cut off. */
  | "spare"
  /** Takes the violation back. */
  | "revoke"
  /** Looks whether the violation is gone. */
  | "verify";

/** How an invocation for one violation ends: with which outcome, whether it throws, and whether the violation then stands. */
interface Expected {
  readonly result: "revoked" | "alreadyGone" | "failed" | "none";
  readonly thrown: boolean;
  readonly stands: boolean;
}

const revoked: Expected = { result: "revoked", thrown: false, stands: false };
/** Somebody took it back, and whose doing it was nobody can say. */
const gone: Expected = { result: "alreadyGone", thrown: false, stands: false };
/** Lambda keeps the event, with nothing judged. */
const kept: Expected = { result: "none", thrown: true, stands: true };
/** Lambda keeps the event, and the violation has a failed outcome. */
const failed: Expected = { result: "failed", thrown: true, stands: true };
/** It is gone, which nobody could confirm: kept until somebody can. */
const unconfirmed: Expected = { result: "failed", thrown: true, stands: false };
/** The violation is taken back, and the event kept for what beside it could not be judged. */
const partly: Expected = { result: "revoked", thrown: true, stands: false };
/** AWS says, and goes on saying, that there is no such thing. There is nothing more to ask. */
const believedAbsent: Expected = { result: "none", thrown: false, stands: true };
const believedGone: Expected = { result: "alreadyGone", thrown: false, stands: true };

type Row = Readonly<Record<Role, Expected>>;
const all = (each: Expected): Row => ({
  list: each,
  look: each,
  others: each,
  othersFirst: each,
  entries: each,
  spare: each,
  revoke: each,
  verify: each,
});
const hopeless: Row = {
  list: kept,
  look: kept,
  others: failed,
  othersFirst: kept,
  entries: failed,
  spare: failed,
  revoke: failed,
  verify: unconfirmed,
};

/**
 * By AWS's semantics: what is met once, and what is met from there on. A read that was done and one that was not are the
 * same; a write that was done is not to be had again. A read soon after a write may miss it, so that "not found" is to be
 * believed only when AWS repeats it.
 */
export const table: Readonly<Record<"once" | "from there on", Readonly<Record<Nature, Row>>>> = {
  once: {
    lost: all(revoked),
    done: { ...all(revoked), revoke: gone },
    slow: all(revoked),
    refused: { ...hopeless, others: partly, othersFirst: partly, entries: partly },
    absent: { ...all(revoked), look: kept, others: partly, othersFirst: partly, spare: failed },
  },
  "from there on": {
    lost: hopeless,
    done: { ...hopeless, revoke: unconfirmed },
    slow: all(revoked),
    refused: hopeless,
    absent: {
      list: believedAbsent,
      look: kept,
      others: failed,
      othersFirst: kept,
      entries: failed,
      spare: failed,
      revoke: believedGone,
      verify: revoked,
    },
  },
};
