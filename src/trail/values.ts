import { closeArray, comma, keyBefore, newline, openArray, openObject, quote, table } from "./bytes.ts";
import type { Cursor } from "./cursor.ts";
import { maxBefore, mayPrecede, precedesLine, startsLine, startsValue } from "./line-start.ts";
import { skim, skimScalar, skimText } from "./skim.ts";
import type { IsWanted, Piece } from "./split.ts";

/** The lists whose entries are items, by their key in an object at the top of the text. */
export const lists: readonly string[] = ["Records", "Messages", "Events", "events", "logEvents", "configurationItems"];
/** The maximum number of items that wait until they are used: one of two bytes takes a hundred times as many. */
const maxWaiting = 100;
/** Lines after a text that is not JSON are read again; after so many bytes, each line is a text of its own. */
const maxReread = 64 * 1024 * 1024;

const blanks = table({ 32: 1, 9: 1, 13: 1 });
function skipSpaces(cursor: Cursor): void {
  const { bytes } = cursor;
  let { at } = cursor;
  while (at < bytes.length && blanks[bytes[at] as number] === 1) at++;
  cursor.at = at;
}

/** Reads the values of a text as far as a cursor's bytes go. */
export interface ValueReader {
  /** Yields the items as they are found, as far as the bytes go. `isLast` says that no more bytes follow. */
  read(isLast: boolean): Generator<Piece>;
  /** Reads the item that is being read to its end without keeping it. Returns its problem, the first time. */
  passOver(problem: string): readonly Piece[];
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
    [cursor.isTooLarge, cursor.isInText] = [false, false];
  };

  const fail = (problem: string) => {
    if (!cursor.isTooLarge) add({ problem });
    if (!cursor.isTooLarge && place.index === 0 && !wasList && cursor.start >= 0) {
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
    // No text of a line stands longer before a value.
    if (i === bytes.length && i - at < maxBefore && !isLast) return false;
    const before = bytes.toString("utf8", at, Math.min(i, at + maxBefore));
    const isEnd = i === bytes.length || bytes[i] === newline;
    const isHeader = isEnd && precedesLine.test(before);
    if (isHeader && i + 1 >= bytes.length && !isLast) return false;
    cursor.at = i;
    if (isEnd && (before.trim() === "" || (isHeader && bytes[i + 1] === openObject))) return true;
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
    cursor.isInText = byte === quote;
    if (startsValue[byte] === 0) return;
    cursor.at++;
    if (cursor.isInText) return;
    cursor.open[++cursor.depth] = byte;
    if (byte === openArray && cursor.depth === 1) beginList("");
  };

  const beginList = (list: string) => {
    place = { ...place, index: 0, list };
    [cursor.start, isInList, wasList] = [-1, true, false];
    cursor.isTooLarge = false;
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
    const isBracket = cursor.depth > cursor.base;
    const result = isBracket ? skim(cursor) : cursor.isInText ? skimText(cursor) : skimScalar(cursor);
    if (result === "more") return false;
    if (typeof result === "object") fail(result.problem);
    else if (result === "array") {
      const list = keyBefore(cursor.bytes, cursor.at - 1, lists);
      if (list !== undefined) beginList(list);
    } else {
      if (!wasList && !cursor.isTooLarge) endItem();
      cursor.isTooLarge = false;
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

  const readOn = (isLast: boolean) => {
    while (pieces.length < maxWaiting && (cursor.at < cursor.bytes.length || (isLast && (cursor.start >= 0 || isInList)))) {
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
    passOver(problem) {
      if (!cursor.isTooLarge) add({ problem });
      cursor.isTooLarge = true;
      return pieces.splice(0);
    },
    *read(isLast) {
      do {
        pieces = [];
        readOn(isLast);
        yield* pieces;
      } while (pieces.length > 0);
    },
    get unwanted() {
      return unwanted;
    },
    get values() {
      return values;
    },
  };
}
