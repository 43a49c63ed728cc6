import {
  after,
  backslash,
  before,
  closeArray,
  closeObject,
  colon,
  comma,
  newline,
  openArray,
  openObject,
  quote,
  table,
  textAt,
} from "./bytes.ts";
import type { Cursor } from "./cursor.ts";

const maxDepth = 10_000;

/** The item is complete; the bytes end within it; an array starts in an object at the top; or what is wrong with it. */
export type Skimmed = "done" | "more" | "array" | { readonly problem: string };

/** Why a byte must be looked at. */
const [text, open, close, lineEnd, escaping] = [1, 2, 3, 4, 5];
const kinds = table({
  [quote]: text,
  [openObject]: open,
  [openArray]: open,
  [closeObject]: close,
  [closeArray]: close,
  [newline]: lineEnd,
});
const kindsInText = table({ [quote]: text, [backslash]: escaping, [newline]: lineEnd });
const endsScalar = table({ [comma]: 1, [closeArray]: 1, [newline]: 1 });
const precedesText = table({ [colon]: 1, [comma]: 1, [openArray]: 1, [openObject]: 1 });
const precedesMember = table({ [colon]: 1 });
const precedesEntry = table({ [comma]: 1, [openArray]: 1 });

/**
 * Reads on in an item until it ends, without parsing it. It notes the record's `eventSource` and `eventName`. This is not a full check
 * of the JSON: it finds what is cut off, so that one broken line does not hide the next ones.
 */
export function skim(cursor: Cursor): Skimmed {
  if (cursor.isInText) {
    const inText = skimText(cursor);
    if (inText !== "done") return inText;
  }
  const { bytes, base, isOneLine } = cursor;
  const end = bytes.length;
  let { at, depth, line, lineStart, open: brackets } = cursor;
  let [nameAt, sourceAt] = [-1, -1];
  let result: Skimmed = "more";
  while (at < end) {
    const byte = bytes[at] as number;
    const kind = kinds[byte];
    if (kind === 0) at++;
    else if (kind === text) {
      let i = at + 1;
      let isEscaped = false;
      let stop = 0;
      while (i < end) {
        stop = kindsInText[bytes[i] as number] as number;
        if (stop === 0) {
          i++;
          continue;
        }
        if (stop !== escaping) break;
        isEscaped = true;
        i += 2;
      }
      if (i >= end) {
        if (cursor.isTooLarge) [at, cursor.isInText] = [i > end ? end - 1 : end, true];
        break;
      }
      if (stop === lineEnd || (precedesText[bytes[at - 1] as number] === 0 && !follows(precedesText, cursor, at))) {
        result = { problem: "is not JSON: a text is not closed, or a comma is missing" };
        break;
      }
      if (depth === base + 1) {
        if (isEscaped) cursor.mustParse = true;
        // Few other keys have these lengths and sixth letters. A call here would make the loop take half as long again.
        else if (i - at === 10 && bytes[at + 6] === 78) nameAt = at;
        else if (i - at === 12 && bytes[at + 6] === 83) sourceAt = at;
      }
      at = i + 1;
    } else if (kind === open) {
      const allowed = brackets[depth] === openObject ? precedesMember : precedesEntry;
      if (allowed[bytes[at - 1] as number] === 0 && !follows(allowed, cursor, at)) {
        result = { problem: "is not JSON: a value starts where none can be" };
        break;
      }
      if (depth === maxDepth) {
        result = { problem: `is nested deeper than ${maxDepth}` };
        break;
      }
      if (++depth === brackets.length) brackets = grown(brackets);
      brackets[depth] = byte;
      at++;
      if (depth === 2 && base === 0 && byte === openArray) {
        result = "array";
        break;
      }
    } else if (kind === close) {
      if (brackets[depth] !== byte - 2) {
        result = { problem: "is not JSON: its brackets do not match" };
        break;
      }
      at++;
      if (--depth === base) {
        result = "done";
        break;
      }
    } else if (isOneLine) {
      result = { problem: "is not JSON on one line" };
      break;
    } else {
      lineStart = ++at;
      line++;
    }
  }
  note(cursor, eventName, nameAt);
  note(cursor, eventSource, sourceAt);
  cursor.at = at;
  cursor.open = brackets;
  cursor.depth = depth;
  cursor.line = line;
  cursor.lineStart = lineStart;
  return result;
}

function grown(brackets: Uint8Array): Uint8Array {
  const larger = new Uint8Array(2 * brackets.length);
  larger.set(brackets);
  return larger;
}

/** Returns whether what stands before a position is allowed there; true when that was not kept. */
function follows(allowed: Uint8Array, { bytes, isTooLarge }: Cursor, at: number): boolean {
  return isTooLarge || allowed[before(bytes, at)] === 1;
}

/** Reads on in a text to its end. */
export function skimText(cursor: Cursor): Skimmed {
  const { bytes } = cursor;
  let i = cursor.at;
  while (i < bytes.length && bytes[i] !== quote && bytes[i] !== newline) i += bytes[i] === backslash ? 2 : 1;
  cursor.at = i > bytes.length ? bytes.length - 1 : i;
  if (i >= bytes.length) return "more";
  if (bytes[i] === newline) return { problem: "is not JSON: a text is not closed on its line" };
  cursor.at++;
  cursor.isInText = false;
  return "done";
}

/** Reads a number or a word in a list to its end. */
export function skimScalar(cursor: Cursor): Skimmed {
  const { bytes } = cursor;
  while (cursor.at < bytes.length && endsScalar[bytes[cursor.at] as number] === 0) cursor.at++;
  return cursor.at < bytes.length ? "done" : "more";
}

const [eventName, eventSource] = [Buffer.from('"eventName"'), Buffer.from('"eventSource"')];

/** Notes the value of a member of the item by the position of its key. Before the first key, the position is negative. */
function note(cursor: Cursor, key: Buffer, at: number): void {
  if (at < 0) return;
  const { bytes } = cursor;
  const separator = after(bytes, at + key.length);
  const value = after(bytes, separator + 1) + 1;
  let end = value;
  while (end < bytes.length && kindsInText[bytes[end] as number] === 0) end++;
  const isMember = isAt(bytes, at, key) && bytes[separator] === colon;
  if (!isMember || bytes[value - 1] !== quote || bytes[end] !== quote) cursor.mustParse = true;
  else if (key === eventName) cursor.eventName = textAt(bytes, value, end);
  else cursor.eventSource = textAt(bytes, value, end);
}

function isAt(bytes: Buffer, at: number, key: Buffer): boolean {
  let i = 0;
  while (i < key.length && bytes[at + i] === key[i]) i++;
  return i === key.length;
}
