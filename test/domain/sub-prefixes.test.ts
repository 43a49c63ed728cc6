import { expect, test } from "vitest";
import { parseRange, type Range } from "#domain/range.ts";
import { covers, overlaps, type RangeSet, rangeSet, uncovered } from "#domain/range-set.ts";

/** A sub-prefix of a network of 256 addresses: the range, a set that holds nothing else, and its first and last address in that network. */
interface Sub {
  readonly range: Range;
  readonly set: RangeSet;
  readonly first: number;
  readonly last: number;
}

/** All 511 of a network, from itself down to its single addresses. */
function subPrefixes(textOf: (first: number) => string, bits: number): Sub[] {
  return Array.from({ length: 9 }, (_, level) => level).flatMap((level) =>
    Array.from({ length: 2 ** level }, (_, n) => {
      const size = 2 ** (8 - level);
      const range = parseRange(`${textOf(n * size)}/${bits - 8 + level}`);
      if (!range) throw new Error("A sub-prefix can be read");
      return { range, set: rangeSet([range]), first: n * size, last: (n + 1) * size - 1 };
    }),
  );
}

test.each([
  ["203.0.113.0/24", subPrefixes((first) => `203.0.113.${first}`, 32)],
  ["255.255.255.0/24, the last one", subPrefixes((first) => `255.255.255.${first}`, 32)],
  ["2001:db8::ff00/120", subPrefixes((first) => `2001:db8::ff${first.toString(16).padStart(2, "0")}`, 128)],
])("every pair of the 511 sub-prefixes of %s is compared as by counting addresses", (_, subs) => {
  let pairs = 0;
  const wrong: unknown[] = [];
  for (const held of subs) {
    const { set } = held;
    const has = Array.from({ length: 256 }, (_, address) => held.first <= address && address <= held.last);
    for (const asked of subs) {
      const within = has.slice(asked.first, asked.last + 1);
      const missing = within.filter((one) => !one).length;
      const left = uncovered([set], asked.range, Number.POSITIVE_INFINITY);
      const size = left.ranges.reduce((sum, { family, prefix }) => sum + 2 ** ((family === 4 ? 32 : 128) - prefix), 0);
      const isRight =
        covers(set, asked.range) === (missing === 0) &&
        overlaps(set, asked.range) === missing < within.length &&
        size === missing &&
        left.count === left.ranges.length &&
        left.ranges.every((gap) => covers(asked.set, gap) && !overlaps(set, gap));
      if (!isRight) wrong.push({ held, asked, left });
      pairs += 1;
    }
  }
  expect(wrong).toEqual([]);
  expect(pairs).toBe(511 * 511);
});
