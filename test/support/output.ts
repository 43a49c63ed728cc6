import { onTestFinished, vi } from "vitest";

/** Everything that is printed from now on until the test ends, line by line as it would reach a terminal. */
export function captureOutput(): () => readonly string[] {
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    const spy = vi.spyOn(stream, "write").mockImplementation((chunk) => printed.push(String(chunk)) > 0);
    onTestFinished(() => spy.mockRestore());
  }
  return () => printed.join("").split("\n").filter(Boolean);
}

/** C0, DEL, C1, line and paragraph separators, and what turns the direction of text. */
const raw = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Every text in a value that a terminal or a log must not be given as it is. */
export function rawTexts(value: unknown): string[] {
  if (typeof value === "string") return raw.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flat().flatMap(rawTexts);
}
