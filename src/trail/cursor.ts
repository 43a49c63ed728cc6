/** The position in a text, and what is known about the item that is being read. */
export interface Cursor {
  bytes: Buffer;
  at: number;
  /** Where the item starts, or what must be kept of its value after a list; -1 between two items. */
  start: number;
  line: number;
  /** Where the line starts; negative when that is no longer in `bytes`. */
  lineStart: number;
  /** How many brackets are open, which ones, and how many there are around the item. */
  depth: number;
  open: Uint8Array;
  base: number;
  /** The values of the record's members; undefined when they are not known without parsing the record. */
  eventSource: string | undefined;
  eventName: string | undefined;
  /** The record must be parsed: a member is escaped, not a text, or cut by the end of the bytes. */
  mustParse: boolean;
  /** A value must end on its line. */
  isOneLine: boolean;
  /** The item is too large: its bytes are not kept. */
  isTooLarge: boolean;
  /** The position is within a text that was not read from its start. */
  isInText: boolean;
}

/** Returns the cursor of a text of which nothing was read. */
export function newCursor(): Cursor {
  const known = { eventSource: undefined, eventName: undefined, mustParse: false };
  const [bytes, open] = [Buffer.alloc(0), new Uint8Array(32)];
  return {
    bytes,
    at: 0,
    start: -1,
    line: 1,
    lineStart: 0,
    depth: 0,
    open,
    base: 0,
    ...known,
    isOneLine: false,
    isTooLarge: false,
    isInText: false,
  };
}
