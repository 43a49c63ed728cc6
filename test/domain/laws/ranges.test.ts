import fc from "fast-check";
import { expect, test } from "vitest";
import { formatRange, halves, network } from "#domain/range.ts";
import { covers, outermost, overlaps, rangeSet, uncovered } from "#domain/range-set.ts";
import { read } from "../../support/grants.ts";
import { runs } from "../../support/long.ts";
import { addresses, range } from "../arbitraries.ts";

const numRuns = { numRuns: runs };
const ranges = fc.array(range, { maxLength: 8 });
const networks = ranges.map((texts) => texts.map((text) => network(read(text))));
const textsOf = (some: readonly string[]) => [...new Set(some.flatMap(addresses))].toSorted();

test("a set depends neither on the order of its ranges nor on duplicates", () => {
  fc.assert(
    fc.property(networks, fc.infiniteStream(fc.nat()), (some, keys) => {
      const shuffled = [...some, ...some].map((each) => ({ each, key: keys.next().value })).toSorted((a, b) => a.key - b.key);
      expect(rangeSet(shuffled.map(({ each }) => each))).toEqual(rangeSet(some));
    }),
    numRuns,
  );
});

test("the outermost networks hold what all of them hold, and do not overlap", () => {
  fc.assert(
    fc.property(networks, (some) => {
      const kept = outermost(some);
      expect(textsOf(kept.map(formatRange))).toEqual(textsOf(some.map(formatRange)));
      for (const one of kept) expect(kept.filter((other) => overlaps(rangeSet([other]), one))).toEqual([one]);
    }),
    numRuns,
  );
});

test("the halves of a network make up the whole and do not overlap", () => {
  fc.assert(
    fc.property(range, (text) => {
      const whole = network(read(text));
      fc.pre(whole.prefix < (whole.family === 4 ? 32 : 128));
      const [low, high] = halves(whole);
      expect(covers(rangeSet([low, high]), whole)).toBe(true);
      expect(overlaps(rangeSet([low]), high)).toBe(false);
    }),
    numRuns,
  );
});

test("the held and the uncovered part make up the whole and do not overlap", () => {
  fc.assert(
    fc.property(networks, range, (some, text) => {
      const whole = network(read(text));
      const { ranges: left } = uncovered([rangeSet(some)], whole, Number.POSITIVE_INFINITY);
      expect(covers(rangeSet([...some, ...left]), whole)).toBe(true);
      for (const gap of left) expect(overlaps(rangeSet(some), gap)).toBe(false);
    }),
    numRuns,
  );
});
