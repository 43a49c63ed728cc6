import { vi } from "vitest";

// A mutant that waits for AWS is found all the same, and sooner.
vi.mock("node:timers/promises", async (original) => {
  const real = await original<typeof import("node:timers/promises")>();
  return { ...real, setTimeout: (delay: number, ...rest: [unknown?, object?]) => real.setTimeout(delay / 4, ...rest) };
});
