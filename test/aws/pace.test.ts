import { expect, test } from "vitest";
import { createPace } from "#aws/pace.ts";

const throttled = Object.assign(new Error("slow down"), { name: "RequestLimitExceeded" });
const signal = new AbortController().signal;

/** Milliseconds from the first turn to the last of several. */
async function timeOf(pace: ReturnType<typeof createPace>, turns: number): Promise<number> {
  const before = Date.now();
  await Promise.all(Array.from({ length: turns }, () => pace.turn(signal)));
  return Date.now() - before;
}

test("a pace has no limit until a request is throttled, and is fast again after others", async () => {
  const pace = createPace(Date.now);
  expect(await timeOf(pace, 1_000)).toBeLessThan(50);
  pace.adapt(throttled);
  pace.adapt(throttled);
  // The first turn is free; each further one is 100 ms later.
  expect(await timeOf(pace, 4)).toBeGreaterThanOrEqual(290);
  for (let n = 0; n < 10; n++) pace.adapt();
  await pace.turn(signal);
  expect(await timeOf(pace, 1_000)).toBeLessThan(50);
});

test("other failures slow nobody", async () => {
  const pace = createPace(Date.now);
  for (const name of ["AccessDenied", "InternalError", "InvalidGroup.NotFound"]) pace.adapt(Object.assign(new Error("no"), { name }));
  expect(await timeOf(pace, 100)).toBeLessThan(50);
});

test("a caller that gives up takes no turn", async () => {
  const pace = createPace(Date.now);
  for (let n = 0; n < 4; n++) pace.adapt(throttled);
  await pace.turn(signal);
  await expect(pace.turn(AbortSignal.timeout(20))).rejects.toThrow();
  expect(await timeOf(pace, 1)).toBeLessThan(420);
});
