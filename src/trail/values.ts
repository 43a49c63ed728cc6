import { closeArray, comma, keyBefore, newline, openArray, openObject, quote, table } from "./bytes.ts";
import { type Cursor, skim, skimScalar, skimText } from "./skim.ts";
import type { IsWanted, Piece } from "./split.ts";

/** The lists whose entries are items, by their key in an object at the top of the text. */
export const lists: readonly string[] = ["Records", "Messages", "Events", "events", "logEvents", "configurationItems"];
/** Lines after a text that is not JSON are read again; after so many bytes, each line is a text of its own. */
const maxReread = 64 * 1024 * 1024;

const blanks = table({ 32: 1, 9: 1, 13: 1 });
const startsValue = table({ [openObject]: 1, [openArray]: 1, [quote]: 1, [newline]: 1 });
const digits = Object.fromEntries([...Buffer.from("0123456789")].map((digit) => [digit, 1]));
const startsLine = table({ ...digits, [openObject]: 1, [openArray]: 1, [quote]: 1 });
/** A byte order mark, or the timestamp of a line of CloudWatch Logs. `aws logs tail` adds the name of the stream. */
const mayPrecede = /^\ufeff?\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*\s+(\S+\s+)?)?$/;

function skipSpaces(cursor: Cursor): void {
  const { bytes } = cursor;
  let { at } = cursor;
  while (at < bytes.length && blanks[bytes[at] as number] === 1) at++;
  cursor.at = at;
}

/** Reads the values of a text as far as a cursor's bytes go. */
export interface ValueReader {
  /** Reads on. `isLast` says that no more bytes follow. */
  read(isLast: boolean): void;
  /** Returns the items that were found since the last call. */
  take(): readonly Piece[];
  /** Where the value starts that is being read. */
  readonly place: Omit<Piece, "content">;
  readonly unwanted: number;
  readonly values: number;
}

/** Makes a reader of the values at the top of a text, which finds the items in them. */
export function valueReader(cursor: Cursor, isWanted: IsWanted): ValueReader {
  let pieces: Piece[] = [];
  let unwanted = 0;
  let reread = 0;
  let values = 0;
  let isSkipping = false;
  let place = { value: 1, line: 1, column: 1, index: 0, list: "" };
  let [isInList, wasList] = [false, false];

  const add = (content: Piece["content"]) => pieces.push({ ...place, content });

  const leaveValue = () => {
    cursor.start = -1;
    [isInList, wasList] = [false, false];
    [cursor.depth, cursor.base] = [0, 0];
  };

  const fail = (problem: string) => {
    add({ problem });
    if (place.index === 0 && !wasList && cursor.start >= 0) {
      // Only its first line is lost: the value may have swallowed whole ones.
      reread += cursor.at - cursor.start;
      [cursor.at, cursor.line, cursor.lineStart] = [cursor.start + 1, place.line, -1];
      cursor.isOneLine = reread > maxReread;
    }
    leaveValue();
    isSkipping = true;
  };

  const nextLine = () => {
    cursor.line++;
    cursor.lineStart = ++cursor.at;
  };

  /** Reads on between two values. Returns false when the bytes end before the next one. */
  const readBetween = (isLast: boolean): boolean => {
    const { bytes, at } = cursor;
    const byte = bytes[at] as number;
    if (isSkipping && !(at === cursor.lineStart && startsLine[byte] === 1)) {
      const next = bytes.indexOf(newline, at);
      cursor.at = next < 0 ? bytes.length : next;
      if (next >= 0) nextLine();
      return true;
    }
    isSkipping = false;
    if (byte === newline) nextLine();
    else if (blanks[byte] === 1) skipSpaces(cursor);
    else return readStart(isLast);
    return true;
  };

  const readStart = (isLast: boolean): boolean => {
    const { bytes, at, line, lineStart } = cursor;
    let i = at;
    while (i < bytes.length && startsValue[bytes[i] as number] === 0) i++;
    if (i === bytes.length && !isLast) return false;
    cursor.at = i;
    const before = bytes.toString("utf8", at, Math.min(i, at + 1024));
    const isEnd = i === bytes.length || bytes[i] === newline;
    if (isEnd && before.trim() === "") return true;
    values++;
    place = { value: values, line, column: at - lineStart + 1, index: 0, list: "" };
    if (!isEnd && mayPrecede.test(before)) beginItem();
    else fail("is not JSON");
    return true;
  };

  const beginItem = () => {
    const byte = cursor.bytes[cursor.at] as number;
    cursor.start = cursor.at;
    [cursor.eventSource, cursor.eventName, cursor.mustParse] = [undefined, undefined, false];
    if (byte !== openObject && byte !== openArray) return;
    cursor.open[++cursor.depth] = byte;
    cursor.at++;
    if (byte === openArray && cursor.depth === 1) beginList("");
  };

  const beginList = (list: string) => {
    place = { ...place, index: 0, list };
    [cursor.start, isInList, wasList] = [-1, true, false];
    cursor.base = cursor.depth;
  };

  /** Reads on between two items of a list. */
  const readInList = () => {
    const byte = cursor.bytes[cursor.at] as number;
    if (byte === newline) nextLine();
    else if (blanks[byte] === 1) skipSpaces(cursor);
    else if (byte === comma) cursor.at++;
    else if (byte === closeArray) {
      cursor.at++;
      if (--cursor.depth === 0) return leaveValue();
      [cursor.start, isInList, wasList] = [cursor.at, false, true];
      cursor.base = 0;
    } else {
      place = { ...place, index: place.index + 1 };
      beginItem();
    }
  };

  /** Reads on in an item. Returns false when the bytes end within it. */
  const readItem = (): boolean => {
    const byte = cursor.bytes[cursor.start];
    const isBracket = cursor.depth > cursor.base;
    const result = isBracket ? skim(cursor) : byte === quote ? skimText(cursor, cursor.start) : skimScalar(cursor);
    if (result === "more") return false;
    if (typeof result === "object") fail(result.problem);
    else if (result === "array") {
      const list = keyBefore(cursor.bytes, cursor.at - 1, lists);
      if (list !== undefined) beginList(list);
    } else {
      if (!wasList) endItem();
      if (isInList) cursor.start = -1;
      else leaveValue();
    }
    return true;
  };

  const endItem = () => {
    const { bytes, at, eventSource, eventName, mustParse } = cursor;
    // Records of a stream, a queue or a bucket have an eventSource of their own, such as `aws:kinesis`: something may be in them.
    const isKnown = eventSource !== undefined && eventName !== undefined && !mustParse && !eventSource.startsWith("aws:");
    if (isKnown && !isWanted(eventSource, eventName)) unwanted++;
    else add(Buffer.from(bytes.subarray(cursor.start, at)));
  };

  const read = (isLast: boolean) => {
    while (cursor.at < cursor.bytes.length || (isLast && (cursor.start >= 0 || isInList))) {
      if (cursor.at >= cursor.bytes.length) fail("is not JSON: it ends within a value");
      else if (isInList && cursor.start < 0) readInList();
      else if (cursor.start < 0) {
        if (!readBetween(isLast)) return;
      } else if (!readItem()) {
        if (!isLast) return;
        cursor.at = cursor.bytes.length;
      }
    }
  };

  return {
    read,
    take() {
      const found = pieces;
      pieces = [];
      return found;
    },
    get place() {
      return place;
    },
    get unwanted() {
      return unwanted;
    },
    get values() {
      return values;
    },
  };
}
