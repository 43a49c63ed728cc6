/** C0, DEL, C1, line and paragraph separators, bidirectional controls and lone surrogates. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

/**
 * Makes text from an event or a file safe for a terminal or a log: replaces unprintable characters with `\u{…}` and cuts the text
 * after `limit` characters.
 */
export function printable(text: string, limit = 1024): string {
  const safe = text.slice(0, limit).replace(unprintable, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return text.length > limit ? `${safe}… (${text.length} characters)` : safe;
}

/** Returns a JSON value as printable JSON text of at most `limit` characters; for a value that is nested too deeply, a note instead. */
export function shown(value: unknown, limit = 80): string {
  try {
    return printable(JSON.stringify(value) ?? "missing", limit);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return "(nested too deeply to be shown)";
  }
}

/** Returns a value as JSON text on one line. Unprintable characters are `\uXXXX` escapes, so it reads back as the same value. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** True when the text contains no character that `printable` escapes. */
export function isPrintable(text: string): boolean {
  return text.search(unprintable) < 0;
}
