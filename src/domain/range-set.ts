import { boundsOf, compareAt, firstAt, type Intervals, indexOf, lastAt, overlapping, sizeOf, union } from "./intervals.ts";
import { firstOf, halves, lastOf, type Range, type Words } from "./range.ts";

/** A set of addresses, by family. A lookup takes time logarithmic in the number of ranges. */
export interface RangeSet {
  readonly 4: Intervals;
  readonly 6: Intervals;
}

/** All addresses, of each family. */
const everything: readonly Range[] = [
  { family: 4, words: [0, 0, 0, 0], prefix: 0 },
  { family: 6, words: [0, 0, 0, 0], prefix: 0 },
];

/** Returns the union of the ranges. */
export function rangeSet(ranges: readonly Range[]): RangeSet {
  return { 4: union(boundsOf(ranges, 4), sizeOf(4)), 6: union(boundsOf(ranges, 6), sizeOf(6)) };
}

/** Returns the networks in ascending order, IPv4 first, without those that lie inside another. */
export function outermost(networks: readonly Range[]): readonly Range[] {
  if (networks.length < 2) return networks;
  const kept: Range[] = [];
  for (const next of networks.toSorted((a, b) => a.family - b.family || compare(a.words, b.words) || a.prefix - b.prefix)) {
    const last = kept.at(-1);
    if (last?.family !== next.family || compare(lastOf(last), next.words) < 0) kept.push(next);
  }
  return kept;
}

/** True when every address of the range is in the set. */
export function covers(set: RangeSet, range: Range): boolean {
  const intervals = set[range.family];
  const size = sizeOf(range.family);
  const at = indexOf(intervals, size, firstOf(range));
  return at >= 0 && compareAt(intervals, at + size, lastOf(range), size) >= 0;
}

/** True when at least one address of the range is in the set. */
export function overlaps(set: RangeSet, range: Range): boolean {
  const intervals = set[range.family];
  const size = sizeOf(range.family);
  const at = indexOf(intervals, size, lastOf(range));
  return at >= 0 && compareAt(intervals, at + size, firstOf(range), size) >= 0;
}

/** Returns the part of a network that no set covers: as few CIDRs as possible in ascending order, at most `limit`, and their full count. */
export function uncovered(
  sets: readonly RangeSet[],
  range: Range,
  limit: number,
): { readonly ranges: readonly Range[]; readonly count: number } {
  if (sets.length === 0) return { ranges: [range], count: 1 };
  const within = sets.flatMap((set) => [...overlapping(set[range.family], range)]);
  const whole = { ...rangeSet([]), [range.family]: union(Uint32Array.from(within), sizeOf(range.family)) };
  const ranges: Range[] = [];
  const open = [range];
  for (let block = open.pop(); block && ranges.length < limit; block = open.pop()) {
    if (!overlaps(whole, block)) ranges.push(block);
    else if (!covers(whole, block)) open.push(...halves(block).toReversed());
  }
  return { ranges, count: countUncovered(whole[range.family], range) };
}

/** Returns the set as CIDRs: as few as possible, in ascending order, IPv4 first. */
export function cidrsOf(set: RangeSet): readonly Range[] {
  const cidrs: Range[] = [];
  const open: Range[] = [...everything].reverse();
  for (let block = open.pop(); block; block = open.pop()) {
    if (covers(set, block)) cidrs.push(block);
    else if (overlaps(set, block)) open.push(...halves(block).toReversed());
  }
  return cidrs;
}

/** Returns how many leading bits the range shares with the nearest address of the set: 0 to 128, or -1 for an empty set. */
export function nearness(set: RangeSet, range: Range): number {
  const [intervals, size] = [set[range.family], sizeOf(range.family)];
  if (overlaps(set, range)) return 128;
  const at = indexOf(intervals, size, firstOf(range));
  const next = at < 0 ? 0 : at + 2 * size;
  const below = at >= 0 ? commonBits(lastAt(intervals, at, size), firstOf(range)) : -1;
  const above = next < intervals.length ? commonBits(firstAt(intervals, next, size), firstOf(range)) : -1;
  return Math.max(below, above);
}

function compare(a: Words, b: Words): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/**
 * Counts the CIDRs of the gaps without listing them. The gap between two covered addresses `below` and `above` has one CIDR
 * for each zero bit of `below` and each one bit of `above`, after the leading bits that both share.
 */
function countUncovered(intervals: Intervals, range: Range): number {
  const [first, last, size] = [firstOf(range), lastOf(range), sizeOf(range.family)];
  if (intervals.length === 0) return 1;
  let count = 0;
  for (let at = 0; at < intervals.length; at += 2 * size) {
    const above = firstAt(intervals, at, size);
    if (at === 0) count += compare(above, first) > 0 ? onesAfter(above, range.prefix) : 0;
    else {
      const below = lastAt(intervals, at - 2 * size, size);
      const shared = commonBits(below, above) + 1;
      count += onesAfter(inverse(below), shared) + onesAfter(above, shared);
    }
  }
  const end = lastAt(intervals, intervals.length - 2 * size, size);
  return count + (compare(end, last) < 0 ? onesAfter(inverse(end), range.prefix) : 0);
}

function inverse([a, b, c, d]: Words): Words {
  return [~a >>> 0, ~b >>> 0, ~c >>> 0, ~d >>> 0];
}

/** Counts the one bits from bit `start` on. Bit 0 is the most significant. */
function onesAfter(words: Words, start: number): number {
  let ones = 0;
  for (let i = 0; i < 4; i++) {
    const skip = start - 32 * i;
    let word = (words[i] ?? 0) & (skip <= 0 ? -1 : skip >= 32 ? 0 : -1 >>> skip);
    for (; word !== 0; word &= word - 1) ones++;
  }
  return ones;
}

function commonBits(a: Words, b: Words): number {
  for (let i = 0; i < 4; i++) {
    const differing = (a[i] ?? 0) ^ (b[i] ?? 0);
    if (differing !== 0) return 32 * i + Math.clz32(differing);
  }
  return 128;
}
