import { firstOf, firstWord, lastOf, lastWord, type Range, type Words } from "./range.ts";

/** Pairs of a first and a last address, both included. Each address takes one word for IPv4 and four for IPv6. */
type Bounds = Uint32Array;

/** Bounds in ascending order that neither overlap nor adjoin. */
export type Intervals = Uint32Array;

/** How many words an address takes. IPv4 takes one, so that large sets stay in the processor's cache. */
type Size = 1 | 4;

/** Returns how many words an address of the family takes. */
export function sizeOf(family: 4 | 6): Size {
  return family === 4 ? 1 : 4;
}

/** Returns the bounds of the ranges of one family and ignores the others. */
export function boundsOf(ranges: readonly Range[], family: 4 | 6): Bounds {
  const size = sizeOf(family);
  const bounds = new Uint32Array(ranges.length * 2 * size);
  let end = 0;
  for (const range of ranges) {
    if (range.family !== family) continue;
    for (let i = 0; i < size; i++) {
      bounds[end + i] = firstWord(range, i);
      bounds[end + size + i] = lastWord(range, i);
    }
    end += 2 * size;
  }
  return bounds.subarray(0, end);
}

/** Merges bounds, in any order, into intervals that hold the same addresses. */
export function union(bounds: Bounds, size: Size): Intervals {
  const merged = new Uint32Array(bounds.length);
  let end = 0;
  for (const at of inOrder(bounds, size)) {
    if (end === 0 || startsBeyond(merged, end - size, bounds, at, size)) {
      for (let i = 0; i < 2 * size; i++) merged[end++] = bounds[at + i] ?? 0;
    } else if (compareStored(merged, end - size, bounds, at + size, size) < 0) {
      for (let i = 0; i < size; i++) merged[end - size + i] = bounds[at + size + i] ?? 0;
    }
  }
  return merged.slice(0, end);
}

/**
 * Returns the indexes of the bounds, sorted by their first addresses. A radix sort from the last word to the first: typed arrays
 * of numbers sort natively and fast, so each word is combined with its position into one number of 53 bits.
 */
function inOrder(bounds: Bounds, size: Size): Uint32Array {
  let order = new Uint32Array(bounds.length / (2 * size));
  for (let index = 0; index < order.length; index++) order[index] = index * 2 * size;
  for (let word = size - 1; word >= 0; word--) {
    const keys = new Float64Array(order.length);
    for (let position = 0; position < keys.length; position++)
      keys[position] = (bounds[(order[position] ?? 0) + word] ?? 0) * positions + position;
    keys.sort();
    const sorted = new Uint32Array(order.length);
    for (let position = 0; position < keys.length; position++) sorted[position] = order[(keys[position] ?? 0) % positions] ?? 0;
    order = sorted;
  }
  return order;
}

/** More than the number of ranges that fit into a policy of 8 MB. */
const positions = 2 ** 21;

/** Compares the address stored at an index with another: negative, zero or positive, as for Array.sort. */
export function compareAt(stored: Uint32Array, at: number, other: Words, size: Size): number {
  const difference = (stored[at] ?? 0) - other[0];
  if (difference !== 0 || size === 1) return difference;
  return (stored[at + 1] ?? 0) - other[1] || (stored[at + 2] ?? 0) - other[2] || (stored[at + 3] ?? 0) - other[3];
}

/** Compares two stored addresses in the same way. */
function compareStored(a: Uint32Array, at: number, b: Uint32Array, bt: number, size: Size): number {
  for (let i = 0; i < size; i++) if (a[at + i] !== b[bt + i]) return (a[at + i] ?? 0) - (b[bt + i] ?? 0);
  return 0;
}

/** True when at least one address lies between the stored last address and the stored first address. */
function startsBeyond(lasts: Uint32Array, at: number, firsts: Uint32Array, bt: number, size: Size): boolean {
  let carry = 1;
  for (let i = size - 1; i >= 0; i--) {
    const next = (lasts[at + i] ?? 0) + carry;
    carry = next > 0xffffffff ? 1 : 0;
    if (firsts[bt + i] !== next >>> 0) return compareStored(firsts, bt, lasts, at, size) > 0;
  }
  return false;
}

/** Returns the first address of the interval that is stored at an index. */
export function firstAt(stored: Uint32Array, at: number, size: Size): Words {
  return size === 1 ? [stored[at] ?? 0, 0, 0, 0] : [stored[at] ?? 0, stored[at + 1] ?? 0, stored[at + 2] ?? 0, stored[at + 3] ?? 0];
}

/** Returns the last address of the interval that is stored at an index. For IPv4 the unused words are all ones, as in `lastOf`. */
export function lastAt(stored: Uint32Array, at: number, size: Size): Words {
  const ones = 0xffffffff;
  return size === 1 ? [stored[at + 1] ?? 0, ones, ones, ones] : firstAt(stored, at + 4, size);
}

/** Returns the index of the last interval that begins at or below the address, or -1. */
export function indexOf(intervals: Intervals, size: Size, address: Words): number {
  let low = 0;
  let high = intervals.length / (2 * size);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(intervals, middle * 2 * size, address, size) <= 0) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? -1 : (low - 1) * 2 * size;
}

/** Returns the intervals that hold at least one address of the range. */
export function overlapping(intervals: Intervals, range: Range): Bounds {
  const size = sizeOf(range.family);
  const last = indexOf(intervals, size, lastOf(range));
  const first = firstOf(range);
  const to = last < 0 ? 0 : last + 2 * size;
  let from = to;
  while (from > 0 && compareAt(intervals, from - size, first, size) >= 0) from -= 2 * size;
  return intervals.subarray(from, to);
}
