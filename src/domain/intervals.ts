import { firstOf, firstWord, lastOf, lastWord, type Range, type Words } from "./range.ts";

/** Addresses from a first to a last one, both included: first and last, each of one word for IPv4 and of four for IPv6. */
type Bounds = Uint32Array;

/** Bounds in ascending order that neither overlap nor touch. */
export type Intervals = Uint32Array;

/** How many words an address takes: few, as what is searched has to stay in the processor's cache. */
type Size = 1 | 4;

/** How many words an address of the family takes. */
export function sizeOf(family: 4 | 6): Size {
  return family === 4 ? 1 : 4;
}

/** The bounds of those ranges that are of the family. */
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

/** Everything that lies within one of the bounds. */
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
 * Where the bounds begin, by their first addresses: sorted by the last word, then stably by the one before it, and so on.
 * Numbers alone are what the engine sorts natively, so a word and its place make one number of 53 bits.
 */
function inOrder(bounds: Bounds, size: Size): Uint32Array {
  let order = new Uint32Array(bounds.length / (2 * size));
  for (let index = 0; index < order.length; index++) order[index] = index * 2 * size;
  for (let word = size - 1; word >= 0; word--) {
    const keys = new Float64Array(order.length);
    for (let place = 0; place < keys.length; place++) keys[place] = (bounds[(order[place] ?? 0) + word] ?? 0) * places + place;
    keys.sort();
    const sorted = new Uint32Array(order.length);
    for (let place = 0; place < keys.length; place++) sorted[place] = order[(keys[place] ?? 0) % places] ?? 0;
    order = sorted;
  }
  return order;
}

/** More than a policy of 8 MB has ranges. */
const places = 2 ** 21;

/** Compares the address stored at an index with another. */
export function compareAt(stored: Uint32Array, at: number, other: Words, size: Size): number {
  const difference = (stored[at] ?? 0) - other[0];
  if (difference !== 0 || size === 1) return difference;
  return (stored[at + 1] ?? 0) - other[1] || (stored[at + 2] ?? 0) - other[2] || (stored[at + 3] ?? 0) - other[3];
}

/** Compares two stored addresses. */
function compareStored(a: Uint32Array, at: number, b: Uint32Array, bt: number, size: Size): number {
  for (let i = 0; i < size; i++) if (a[at + i] !== b[bt + i]) return (a[at + i] ?? 0) - (b[bt + i] ?? 0);
  return 0;
}

/** True when at least one address lies between a stored last and a stored first address. */
function startsBeyond(lasts: Uint32Array, at: number, firsts: Uint32Array, bt: number, size: Size): boolean {
  let carry = 1;
  for (let i = size - 1; i >= 0; i--) {
    const next = (lasts[at + i] ?? 0) + carry;
    carry = next > 0xffffffff ? 1 : 0;
    if (firsts[bt + i] !== next >>> 0) return compareStored(firsts, bt, lasts, at, size) > 0;
  }
  return false;
}

/** The first address of the interval that is stored there. */
export function firstAt(stored: Uint32Array, at: number, size: Size): Words {
  return size === 1 ? [stored[at] ?? 0, 0, 0, 0] : [stored[at] ?? 0, stored[at + 1] ?? 0, stored[at + 2] ?? 0, stored[at + 3] ?? 0];
}

/** Its last address. The unused words of an IPv4 address are all ones, as those of `lastOf` are. */
export function lastAt(stored: Uint32Array, at: number, size: Size): Words {
  const ones = 0xffffffff;
  return size === 1 ? [stored[at + 1] ?? 0, ones, ones, ones] : firstAt(stored, at + 4, size);
}

/** Where the last interval is stored that begins at or below the address, or -1. */
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

/** The intervals that hold at least one address of the range. */
export function overlapping(intervals: Intervals, range: Range): Bounds {
  const size = sizeOf(range.family);
  const last = indexOf(intervals, size, lastOf(range));
  const first = firstOf(range);
  const to = last < 0 ? 0 : last + 2 * size;
  let from = to;
  while (from > 0 && compareAt(intervals, from - size, first, size) >= 0) from -= 2 * size;
  return intervals.subarray(from, to);
}
