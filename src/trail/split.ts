import { type Cursor, newCursor } from "./cursor.ts";
import { valueReader } from "./values.ts";

/** One item of a text, as JSON, or why the text cannot be read there. `line` and `column` are where its value starts, from 1. */
export interface Piece {
  /** The number of its value at the top of the text, from 1. */
  readonly value: number;
  readonly line: number;
  readonly column: number;
  /** The position in its list, from 1, and the key of the list; 0 and "" outside of lists. */
  readonly index: number;
  readonly list: string;
  readonly content: Buffer | { readonly problem: string };
}

/** True for a call whose records are wanted. */
export type IsWanted = (eventSource: string, eventName: string) => boolean;

/** Splits a text that arrives in chunks, and counts the records that are not wanted without parsing them. */
export interface Splitter {
  /** Takes a chunk, and yields the items that end in it. They must be taken before the next chunk is pushed. */
  push(chunk: Buffer): Iterable<Piece>;
  /** Yields the items that are complete, after which nothing more is known of the text. */
  cut(): Iterable<Piece>;
  /** Yields the last items. */
  end(): Iterable<Piece>;
  /** How many records were not wanted, and how many values the text has at its top, so far. */
  readonly unwanted: number;
  readonly values: number;
}

/** The maximum size of an item, in bytes. CloudTrail's largest records have 1 MB. */
const maxItem = 16 * 1024 * 1024;

/**
 * Makes a splitter. A text has any number of JSON values, with or without line breaks within and between them. Its items are the
 * entries of a list at the top or under one of the keys of `lists`, and every other value. What is not JSON is a problem; reading
 * continues at the next line that starts like JSON.
 */
export function splitter(isWanted: IsWanted): Splitter {
  const cursor = newCursor();
  const reader = valueReader(cursor, isWanted);
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let workspace: Buffer = Buffer.alloc(0);

  const keptBytes = () => cursor.bytes.length - keptFrom(cursor);

  const read = (isLast: boolean): Iterable<Piece> => {
    const kept = keptFrom(cursor);
    const rest = cursor.bytes.subarray(kept);
    if (rest.length === 0 && waiting.length === 1) cursor.bytes = waiting[0] as Buffer;
    else {
      const length = rest.length + waitingBytes;
      // One buffer for all chunks: a new one for each kept the garbage collector busy.
      const target = workspace.length >= length ? workspace : Buffer.allocUnsafeSlow(2 * length);
      let end = rest.copy(target);
      for (const chunk of waiting) end += chunk.copy(target, end);
      workspace = target;
      cursor.bytes = target.subarray(0, end);
    }
    cursor.at -= kept;
    cursor.lineStart -= kept;
    if (cursor.start >= 0) cursor.start = 0;
    waiting = [];
    waitingBytes = 0;
    return reader.read(isLast);
  };

  return {
    *push(chunk) {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      // A long item is not copied with each chunk.
      if (waitingBytes < keptBytes() && keptBytes() + waitingBytes <= maxItem) return;
      yield* read(false);
      if (keptBytes() > maxItem) yield* reader.passOver("has more than 16 MB in one value, which is passed over");
    },
    cut: () => read(false),
    end: () => read(true),
    get unwanted() {
      return reader.unwanted;
    },
    get values() {
      return reader.values;
    },
  };
}

function keptFrom({ start, at, isTooLarge }: Cursor): number {
  return start >= 0 && !isTooLarge ? start : at;
}
