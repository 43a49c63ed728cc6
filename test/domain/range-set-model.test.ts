import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatRange, type Range } from "#domain/range.ts";
import { covers, nearness, overlaps, rangeSet, uncovered } from "#domain/range-set.ts";
import { read } from "../support/grants.ts";
import { runs } from "../support/long.ts";

/** Thirty-two aligned blocks of 2^shift addresses each, from `base` on: an address space small enough to enumerate. */
interface Universe {
  readonly family: 4 | 6;
  readonly base: bigint;
  readonly shift: number;
}

/** 2^level blocks of a universe, from the block `start` on. */
interface Part {
  readonly start: number;
  readonly level: number;
}

const blocks = 32;
const bits = { 4: 32n, 6: 128n };
const top = { 4: 2n ** 32n - 32n, 6: 2n ** 128n - 32n };

const universe: fc.Arbitrary<Universe> = fc.constantFrom<Universe[]>(
  { family: 4, base: 0xc6336420n, shift: 0 },
  { family: 4, base: 0n, shift: 0 },
  { family: 4, base: top[4], shift: 0 },
  { family: 4, base: 0n, shift: 27 },
  { family: 4, base: 0x0a000000n, shift: 14 },
  { family: 6, base: 0x20010db8n << 96n, shift: 0 },
  { family: 6, base: 0n, shift: 0 },
  { family: 6, base: top[6], shift: 0 },
  { family: 6, base: 0n, shift: 123 },
  ...[30, 62, 94].map((shift) => ({ family: 6, base: BigInt.asUintN(128, -1n << BigInt(shift + 5)) - (1n << 127n), shift }) as const),
);

const part = (mostLevel: number): fc.Arbitrary<Part> =>
  fc.tuple(fc.nat(blocks - 1), fc.nat(mostLevel)).map(([at, level]) => ({ start: (at >> level) << level, level }));
const permitted = fc.array(fc.array(part(3), { maxLength: 7 }), { minLength: 1, maxLength: 3 });
const whole = part(5);

function textOf({ family, base, shift }: Universe, { start, level }: Part): string {
  const size = family === 4 ? 8n : 16n;
  const groups = Array.from({ length: family === 4 ? 4 : 8 }, (_, i) => {
    const group = ((base + (BigInt(start) << BigInt(shift))) >> (bits[family] - size * BigInt(i + 1))) & (2n ** size - 1n);
    return group.toString(family === 4 ? 10 : 16);
  });
  return `${groups.join(family === 4 ? "." : ":")}/${Number(bits[family]) - shift - level}`;
}

const rangeOf = (world: Universe, some: Part) => read(textOf(world, some));
const setsOf = (world: Universe, parts: readonly (readonly Part[])[]) =>
  parts.map((some) => rangeSet(some.map((one) => rangeOf(world, one))));

/** Which blocks a range holds, found by dividing its first address. */
function blocksOf({ family, base, shift }: Universe, { words, prefix }: Range): number[] {
  const address = family === 4 ? BigInt(words[0]) : words.reduce((sum, word) => sum * 2n ** 32n + BigInt(word), 0n);
  const start = (address - base) / 2n ** BigInt(shift);
  const length = 2 ** (Number(bits[family]) - prefix - shift);
  return Array.from({ length }, (_, i) => Number(start) + i);
}

const blocksIn = ({ start, level }: Part) => Array.from({ length: 2 ** level }, (_, i) => start + i);

/** The smallest number of aligned parts that make up the given blocks, by trying every part that could come next. */
function fewest(wanted: ReadonlySet<number>, from = 0, known: Map<number, number> = new Map()): number {
  if (from >= blocks) return 0;
  if (!wanted.has(from)) return fewest(wanted, from + 1, known);
  const before = known.get(from);
  if (before !== undefined) return before;
  const choices = [0, 1, 2, 3, 4, 5]
    .filter((level) => from % 2 ** level === 0 && blocksIn({ start: from, level }).every((block) => wanted.has(block)))
    .map((level) => 1 + fewest(wanted, from + 2 ** level, known));
  const best = Math.min(...choices);
  known.set(from, best);
  return best;
}

describe("a set of ranges, compared with a list of its addresses", () => {
  test("covers a range when it holds each address, and overlaps it when it holds one", () => {
    fc.assert(
      fc.property(universe, fc.array(part(4), { maxLength: 9 }), whole, (world, parts, asked) => {
        const [set = rangeSet([])] = setsOf(world, [parts]);
        const held = new Set(parts.flatMap(blocksIn));
        expect(covers(set, rangeOf(world, asked))).toBe(blocksIn(asked).every((block) => held.has(block)));
        expect(overlaps(set, rangeOf(world, asked))).toBe(blocksIn(asked).some((block) => held.has(block)));
      }),
      { numRuns: 3 * runs },
    );
  });

  test("leaves uncovered what no set holds, in the fewest CIDRs, ascending", () => {
    fc.assert(
      fc.property(universe, permitted, whole, (world, parts, asked) => {
        const left = uncovered(setsOf(world, parts), rangeOf(world, asked), Number.POSITIVE_INFINITY);

        const held = new Set(parts.flat().flatMap(blocksIn));
        const missing = blocksIn(asked).filter((block) => !held.has(block));
        expect(left.ranges.flatMap((range) => blocksOf(world, range))).toEqual(missing);
        expect(left.ranges).toHaveLength(fewest(new Set(missing)));
        expect(left.count).toBe(left.ranges.length);
        for (const range of left.ranges) expect(read(formatRange(range))).toEqual(range);
      }),
      { numRuns: 3 * runs },
    );
  });

  test("with a limit shortens the list of what is uncovered, but not its count", () => {
    fc.assert(
      fc.property(universe, permitted, whole, fc.nat(6), (world, parts, asked, limit) => {
        const [sets, range] = [setsOf(world, parts), rangeOf(world, asked)];
        const all = uncovered(sets, range, blocks);
        expect(uncovered(sets, range, limit)).toEqual({ ranges: all.ranges.slice(0, limit), count: all.count });
      }),
      { numRuns: runs },
    );
  });

  test("is as near to a range as its member that shares the most leading bits", () => {
    fc.assert(
      fc.property(universe, fc.array(part(3), { maxLength: 6 }), whole, (world, parts, asked) => {
        const [set = rangeSet([])] = setsOf(world, [parts]);
        const first = (some: Part) => (world.base >> BigInt(world.shift)) + BigInt(some.start);
        const shared = parts.map((some) => {
          const together = blocksIn(some).some((block) => blocksIn(asked).includes(block));
          if (together) return 128;
          return Number(bits[world.family]) - world.shift - (first(some) ^ first(asked)).toString(2).length;
        });
        expect(nearness(set, rangeOf(world, asked))).toBe(Math.max(-1, ...shared));
      }),
      { numRuns: runs },
    );
  });
});
