import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { progress } from "#cli/progress.ts";

let written: string[] = [];
const isTTY = Object.getOwnPropertyDescriptor(process.stderr, "isTTY");

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  Object.defineProperty(process.stderr, "isTTY", { value: true, configurable: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  Object.defineProperty(process.stderr, "isTTY", isTTY ?? { value: undefined, configurable: true });
});

test("a slow event shows a line of progress, which is cleared at the end", () => {
  const meter = progress("event");
  meter.step();
  vi.advanceTimersByTime(900);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(2_200);
  expect(written.at(-1)).toBe("\r\u001b[Kevent 1, 3 s");
  meter.end();
  expect(written.at(-1)).toBe("\r\u001b[K");
  const count = written.length;
  vi.advanceTimersByTime(5_000);
  expect(written).toHaveLength(count);
});

test("a cleared line is printed again while the work goes on", () => {
  const meter = progress("event");
  vi.advanceTimersByTime(1_500);
  meter.clear();
  meter.step();
  vi.advanceTimersByTime(200);
  expect(written.at(-1)).toBe("\r\u001b[Kevent 1, 1 s");
  meter.end();
});

test("nothing is written when standard error is not a terminal", () => {
  Object.defineProperty(process.stderr, "isTTY", { value: false, configurable: true });
  const meter = progress("event");
  meter.step();
  vi.advanceTimersByTime(10_000);
  meter.end();
  expect(written).toEqual([]);
});
