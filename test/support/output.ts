import { expect, onTestFinished, vi } from "vitest";

/** Captures what is printed until the test ends. Returns a function that gives the lines so far. */
export function captureOutput(): () => readonly string[] {
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    const spy = vi.spyOn(stream, "write").mockImplementation((chunk) => printed.push(String(chunk)) > 0);
    onTestFinished(() => spy.mockRestore());
  }
  return () => printed.join("").split("\n").filter(Boolean);
}

/** C0, DEL, C1, line and paragraph separators, and characters that change the direction of text. */
const raw = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Every text in a value that contains such a character. */
export function rawTexts(value: unknown): string[] {
  if (typeof value === "string") return raw.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flat().flatMap(rawTexts);
}

/** A line of JSON that the function printed. */
export type Line = Readonly<Record<string, unknown>>;

/** True for a line in CloudWatch's embedded metric format. */
export function isMetrics(line: Line): boolean {
  return "_aws" in line;
}

/** The complete line of these metrics, in this order. */
export function metricsLine(service: string, values: Readonly<Record<string, unknown>>): Line {
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: Name === "TimeToRevoke" ? "Milliseconds" : "Count" }));
  return {
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [{ Namespace: "IngressWarden", Dimensions: [["service"]], Metrics }],
    },
    service,
    ...values,
  };
}
