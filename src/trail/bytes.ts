/** Bytes that have a meaning in JSON. */
export const quote = 34;
export const backslash = 92;
export const comma = 44;
export const colon = 58;
export const newline = 10;
export const openObject = 123;
export const closeObject = 125;
export const openArray = 91;
export const closeArray = 93;

/** A look-up is faster than several comparisons. */
export function table(entries: Readonly<Record<number, number>>): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => entries[byte] ?? 0);
}

const spaces: Uint8Array = table({ 32: 1, 9: 1, 13: 1, [newline]: 1 });

const maxKnown = 64;
/** Texts that were read last, by a hash of their bytes: to make a string takes as long as to read several hundred bytes. */
const known: string[] = Array(1024).fill("");

/** Returns bytes as a Latin-1 text. */
export function textAt(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > maxKnown) return bytes.toString("latin1", start, end);
  let hash = length;
  for (let i = start; i < end; i++) hash = (31 * hash + (bytes[i] as number)) & 1023;
  const text = known[hash] as string;
  let same = 0;
  while (same < length && text.charCodeAt(same) === bytes[start + same]) same++;
  if (same === length && text.length === length) return text;
  known[hash] = bytes.toString("latin1", start, end);
  return known[hash] as string;
}

/** Returns the key of the array that starts at a position, if it is one of those given. */
export function keyBefore(bytes: Buffer, at: number, keys: readonly string[]): string | undefined {
  const isSpace = (i: number) => spaces[bytes[i] as number] === 1;
  let i = at - 1;
  while (isSpace(i)) i--;
  if (bytes[i--] !== colon) return undefined;
  while (isSpace(i)) i--;
  return keys.find((key) => i > key.length && bytes.toString("latin1", i - key.length - 1, i + 1) === `"${key}"`);
}

/** Returns the last byte before a position that is not a space; 0 when there is none. */
export function before(bytes: Buffer, at: number): number {
  let i = at - 1;
  while (i >= 0 && spaces[bytes[i] as number] === 1) i--;
  return bytes[i] ?? 0;
}

/** Returns the position of the first byte from a position on that is not a space. */
export function after(bytes: Buffer, at: number): number {
  let i = at;
  while (i < bytes.length && spaces[bytes[i] as number] === 1) i++;
  return i;
}
