import { afterAll, beforeAll, vi } from "vitest";
import type { Misbehaviour } from "#emulator/index.ts";

/** For a fault that never ends. */
export const always: number = Number.POSITIVE_INFINITY;

/** An error response. */
export function error(code: string, status = 400): Misbehaviour {
  return { answer: "error", code, status };
}

/** A response that is not what the API sends. */
export function garbled(body: "empty" | "html" | "text" | "truncated", status: number): Misbehaviour {
  return { answer: "garbled", body, status };
}

/** Rewrites responses to reads of rules so that they have no rules. */
export function noRules(response: string): string {
  return response.replace(/<securityGroupRuleSet>.*<\/securityGroupRuleSet>/s, "<securityGroupRuleSet/>");
}

/** Makes the random pauses between attempts short in this file. */
export function shortPauses(): void {
  beforeAll(() => void vi.spyOn(Math, "random").mockReturnValue(0.1));
  afterAll(() => void vi.restoreAllMocks());
}
