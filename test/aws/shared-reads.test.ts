import { expect, test, vi } from "vitest";
import { consistency } from "#aws/consistency.ts";
import { ownReads, type ReadsFor } from "#aws/reads.ts";
import type { Send } from "#aws/send.ts";
import { sharedReads } from "#aws/shared-reads.ts";
import { home } from "../support/grants.ts";

const start = Date.parse("2026-11-20T10:00:00Z");
const elsewhere = { ...home, region: "us-east-1" };

/** The shared reads of a batch that begins at `start`, with a clock that the returned function sets. */
function invocation(): { readonly share: ReadsFor; readonly advance: (ms: number) => void } {
  let now = start;
  const share = sharedReads(() => ({}) as Send, { clock: () => now });
  const advance = (ms: number) => {
    now += ms;
  };
  return { share, advance };
}

/** A read that returns how often it has been begun. */
function counting(): () => Promise<number> {
  let begun = 0;
  return async () => ++begun;
}

test("a look serves every event whose call was made long enough before it began", async () => {
  const { share, advance } = invocation();
  const read = counting();
  const margin = consistency.lookAfterCall;
  expect(await share(start - margin, home).once("stores", read)).toBe(1);
  advance(5_000);
  for (const calledAt of [start - margin, start - 3_600_000]) expect(await share(calledAt, home).once("stores", read)).toBe(1);
  // A millisecond later, the call may not be in that look.
  expect(await share(start - margin + 1, home).once("stores", read)).toBe(2);
});

test("a look serves for some seconds only", async () => {
  const { share, advance } = invocation();
  const read = counting();
  const calledAt = start - 60_000;
  expect(await share(calledAt, home).once("stores", read)).toBe(1);
  advance(consistency.lookServes);
  expect(await share(calledAt, home).once("stores", read)).toBe(1);
  advance(1);
  expect(await share(calledAt, home).once("stores", read)).toBe(2);
});

test("an event that was called a moment ago waits for a look that can serve it, and the others of that moment share it", async () => {
  vi.useFakeTimers();
  try {
    const { share, advance } = invocation();
    const read = vi.fn(counting());
    const waiting = [0, 0, 0].map(() => share(start, home).once("stores", read));
    expect(read).not.toHaveBeenCalled();
    advance(consistency.lookAfterCall);
    await vi.advanceTimersByTimeAsync(consistency.lookAfterCall);
    expect(await Promise.all(waiting)).toEqual([1, 1, 1]);
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ["in the future", start + 60_000],
  ["that cannot be read", Number.NaN],
])("an event with a time %s has a look of its own at once", async (_, calledAt) => {
  const { share } = invocation();
  const read = counting();
  expect(await share(start - 10_000, home).once("stores", read)).toBe(1);
  expect(await share(calledAt, home).once("stores", read)).toBe(2);
});

test("the only event of an invocation does not wait, and reads once", async () => {
  const read = counting();
  const reads = ownReads(() => ({}) as Send)(start, home);
  expect([await reads.once("stores", read), await reads.once("stores", read), await reads.once("owner", read)]).toEqual([1, 1, 2]);
});

test("places and names are separate", async () => {
  const { share } = invocation();
  const read = counting();
  expect(await share(start - 10_000, home).once("stores", read)).toBe(1);
  expect(await share(start - 10_000, elsewhere).once("stores", read)).toBe(2);
  expect(await share(start - 10_000, home).once("owner", read)).toBe(3);
});

test("a look that fails serves those that wait for it, and nobody after", async () => {
  const { share } = invocation();
  const failing = async () => Promise.reject(new Error("refused"));
  const events = [1, 2].map(() => share(start - 10_000, home));
  const ended = await Promise.allSettled(events.map((each) => each.once("stores", failing)));
  expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await events[0]?.once("stores", counting())).toBe(1);
  expect(await share(start - 10_000, home).once("stores", failing)).toBe(1);
});

test("keys of several events are read together, at most 200 in one request, and nothing is remembered", async () => {
  const { share } = invocation();
  const requests: (readonly string[])[] = [];
  const read = async (keys: readonly string[]) => {
    requests.push(keys);
    return keys.length;
  };
  const keysOf = (length: number, from: number) => Array.from({ length }, (_, n) => `sg-${from + n}`);
  const answers = await Promise.all([150, 50, 1].map((length, n) => share(start, home).together("rules", keysOf(length, n * 1_000), read)));
  expect(answers).toEqual([200, 200, 1]);
  expect(requests.map((keys) => keys.length)).toEqual([200, 1]);
  await share(start, home).together("rules", ["sg-0"], read);
  expect(requests.at(-1)).toEqual(["sg-0"]);
});
