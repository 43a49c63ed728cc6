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

/** A pace that has been slowed down so many times. */
async function slowed(times: number): Promise<ReturnType<typeof createPace>> {
  const pace = createPace(Date.now);
  for (let n = 0; n < times; n++) pace.adapt(Number.POSITIVE_INFINITY, throttled);
  return pace;
}

test("a pace has no limit until a request is throttled, and is fast again after others", async () => {
  const pace = createPace(Date.now);
  expect(await timeOf(pace, 1_000)).toBeLessThan(50);
  for (let n = 0; n < 2; n++) pace.adapt(Number.POSITIVE_INFINITY, throttled);
  // Each turn is 100 ms after the last.
  expect(await timeOf(pace, 4)).toBeGreaterThanOrEqual(390);
  for (let n = 0; n < 20; n++) pace.adapt(0);
  await pace.turn(signal);
  expect(await timeOf(pace, 1_000)).toBeLessThan(50);
});

test("requests of one burst that are throttled together slow the pace once", async () => {
  const pace = createPace(Date.now);
  const turns = await Promise.all(Array.from({ length: 20 }, () => pace.turn(signal)));
  for (const turn of turns) pace.adapt(turn - 1, throttled);
  expect(await timeOf(pace, 4)).toBeLessThan(400);
});

test("other failures slow nobody", async () => {
  const pace = createPace(Date.now);
  for (const name of ["AccessDenied", "InternalError", "InvalidGroup.NotFound"]) pace.adapt(0, Object.assign(new Error("no"), { name }));
  expect(await timeOf(pace, 100)).toBeLessThan(50);
});

test("a caller that gives up takes no turn, and makes the others no faster", async () => {
  const pace = await slowed(4);
  await pace.turn(signal);
  await expect(Promise.all(Array.from({ length: 20 }, () => pace.turn(AbortSignal.timeout(20))))).rejects.toThrow();
  const took = await timeOf(pace, 2);
  expect(took).toBeGreaterThan(600);
  expect(took).toBeLessThan(900);
});

test("a pace recovers while nothing is sent", async () => {
  let now = 0;
  const pace = createPace(() => now);
  for (let n = 0; n < 7; n++) pace.adapt(Number.POSITIVE_INFINITY, throttled);
  now += 10_000;
  for (let n = 0; n < 100; n++) expect(await pace.turn(AbortSignal.timeout(100))).toBe(now);
});
