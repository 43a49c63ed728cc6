import { firstOf, halves, lastOf, type Range, type Words } from "./range.ts";

/** Addresses from first to last, both included. */
interface Interval {
  readonly first: Words;
  readonly last: Words;
}

/** Sorted intervals that neither overlap nor touch; eight words each, four of the first address and four of the last. */
type Intervals = Uint32Array;

/** A set of addresses made of ranges, answering in the logarithm of their number. */
export interface RangeSet {
  readonly 4: Intervals;
  readonly 6: Intervals;
}

/** The union of the given ranges. */
export function rangeSet(ranges: readonly Range[]): RangeSet {
  const ofFamily = (family: 4 | 6) =>
    union(ranges.filter((range) => range.family === family).map((range) => ({ first: firstOf(range), last: lastOf(range) })));
  return { 4: ofFamily(4), 6: ofFamily(6) };
}

/** The given networks in ascending order, IPv4 first, without those that lie in another. */
export function outermost(networks: readonly Range[]): readonly Range[] {
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
  const at = indexOf(intervals, firstOf(range));
  return at >= 0 && compareAt(intervals, at * 8 + 4, lastOf(range)) >= 0;
}

/** True when at least one address of the range is in the set. */
export function overlaps(set: RangeSet, range: Range): boolean {
  const intervals = set[range.family];
  const at = indexOf(intervals, lastOf(range));
  return at >= 0 && compareAt(intervals, at * 8 + 4, firstOf(range)) >= 0;
}

/** What no set covers of a network: the fewest CIDRs in ascending order, at most `limit` of them, and how many there are. */
export function uncovered(
  sets: readonly RangeSet[],
  range: Range,
  limit: number,
): { readonly ranges: readonly Range[]; readonly count: number } {
  const within = sets.flatMap((set) => overlapping(set[range.family], range));
  const whole = { 4: union([]), 6: union([]), [range.family]: union(within) };
  const ranges: Range[] = [];
  const open = [range];
  for (let block = open.pop(); block && ranges.length < limit; block = open.pop()) {
    if (!overlaps(whole, block)) ranges.push(block);
    else if (!covers(whole, block)) open.push(...halves(block).toReversed());
  }
  return { ranges, count: countUncovered(whole[range.family], range) };
}

/** How many leading bits the range shares with the nearest address of the set: 0 to 128, or -1 with an empty set. */
export function nearness(set: RangeSet, range: Range): number {
  const intervals = set[range.family];
  if (overlaps(set, range)) return 128;
  const at = indexOf(intervals, firstOf(range));
  const below = at >= 0 ? commonBits(wordsAt(intervals, at * 8 + 4), firstOf(range)) : -1;
  const above = (at + 1) * 8 < intervals.length ? commonBits(wordsAt(intervals, (at + 1) * 8), firstOf(range)) : -1;
  return Math.max(below, above);
}

function union(parts: readonly Interval[]): Intervals {
  const merged = new Uint32Array(parts.length * 8);
  let end = 0;
  for (const { first, last } of parts.toSorted((a, b) => compare(a.first, b.first))) {
    if (end > 0 && !startsBeyond(merged, end - 4, first)) {
      if (compareAt(merged, end - 4, last) < 0) merged.set(last, end - 4);
    } else {
      merged.set(first, end);
      merged.set(last, end + 4);
      end += 8;
    }
  }
  return merged.slice(0, end);
}

function compare(a: Words, b: Words): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** Compares the address stored at an index with another. */
function compareAt(stored: Uint32Array, at: number, [a, b, c, d]: Words): number {
  return (stored[at] ?? 0) - a || (stored[at + 1] ?? 0) - b || (stored[at + 2] ?? 0) - c || (stored[at + 3] ?? 0) - d;
}

/** True when at least one address lies between the stored last address and `first`. */
function startsBeyond(stored: Uint32Array, at: number, first: Words): boolean {
  const next = [...wordsAt(stored, at)];
  for (let i = 3; i >= 0; i--) {
    next[i] = ((next[i] ?? 0) + 1) >>> 0;
    if (next[i] !== 0) return compare(first, next as unknown as Words) > 0;
  }
  return false;
}

function wordsAt(stored: Uint32Array, at: number): Words {
  return [stored[at] ?? 0, stored[at + 1] ?? 0, stored[at + 2] ?? 0, stored[at + 3] ?? 0];
}

/** The last interval that begins at or below the address, or -1. */
function indexOf(intervals: Intervals, address: Words): number {
  let low = 0;
  let high = intervals.length / 8;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(intervals, middle * 8, address) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function overlapping(intervals: Intervals, range: Range): Interval[] {
  const found: Interval[] = [];
  const first = firstOf(range);
  for (let at = indexOf(intervals, lastOf(range)); at >= 0 && compareAt(intervals, at * 8 + 4, first) >= 0; at--)
    found.push({ first: wordsAt(intervals, at * 8), last: wordsAt(intervals, at * 8 + 4) });
  return found;
}

/**
 * Counts the CIDRs of the gaps without making them. Between two covered addresses `below` and `above`, the blocks of a
 * gap are the zero bits of `below` and the one bits of `above` after the bits that both share.
 */
function countUncovered(intervals: Intervals, range: Range): number {
  const [first, last] = [firstOf(range), lastOf(range)];
  if (intervals.length === 0) return 1;
  let count = 0;
  for (let at = 0; at < intervals.length; at += 8) {
    const above = wordsAt(intervals, at);
    if (at === 0) count += compare(above, first) > 0 ? onesAfter(above, range.prefix) : 0;
    else {
      const below = wordsAt(intervals, at - 4);
      const shared = commonBits(below, above) + 1;
      count += onesAfter(inverse(below), shared) + onesAfter(above, shared);
    }
  }
  const end = wordsAt(intervals, intervals.length - 4);
  return count + (compare(end, last) < 0 ? onesAfter(inverse(end), range.prefix) : 0);
}

function inverse([a, b, c, d]: Words): Words {
  return [~a >>> 0, ~b >>> 0, ~c >>> 0, ~d >>> 0];
}

/** The one bits from the given bit on, counted from the most significant, which is 0. */
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
