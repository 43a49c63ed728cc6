/** C0, DEL, C1, line and paragraph separators, bidirectional controls and lone surrogates. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

/** Text from an event or a file, made fit for a terminal or a log: such characters become `\u{…}`, the rest is cut off. */
export function printable(text: string, limit = 1024): string {
  const safe = text.slice(0, limit).replace(unprintable, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return text.length > limit ? `${safe}… (${text.length} characters)` : safe;
}

/** A value of JSON's as its text, made printable. What is nested too deeply for that is said to be. */
export function shown(value: unknown, limit = 80): string {
  try {
    return printable(JSON.stringify(value) ?? "missing", limit);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return "(nested too deeply to be shown)";
  }
}

/** True when the text holds nothing that `printable` would change. */
export function isPrintable(text: string): boolean {
  return text.search(unprintable) < 0;
}
