import { expect } from "vitest";
import type { Ended } from "../support/run.ts";

/** Expects exit code 2 and one line on standard error, which contains the words. */
export function expectWrongUsage({ code, stderr, stdout }: Ended, words: string): void {
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(words);
  expect(stderr.trim().split("\n")).toHaveLength(1);
}
