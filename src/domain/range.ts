/** An address as four 32-bit words, the most significant first. An IPv4 address is in the first word; the others are 0. */
export type Words = readonly [number, number, number, number];

/** An address with a prefix length, as written: host bits may be set; `network` clears them. */
export interface Range {
  readonly family: 4 | 6;
  readonly words: Words;
  readonly prefix: number;
}

/**
 * Reads CIDR notation. Returns undefined for any other text. Strict: IPv4 in dotted decimal without leading zeros, or IPv6 in
 * hexadecimal groups without a zone or a dotted tail. The prefix length is required; white space is not accepted.
 * @see https://www.rfc-editor.org/rfc/rfc6943#section-3.1.1
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.2
 */
export function parseRange(text: string): Range | undefined {
  const slash = text.indexOf("/");
  if (slash < 2 || slash > 39 || text.length > slash + 4) return undefined;
  const prefix = decimal(text, slash + 1, text.length);
  const family = isDotted(text) ? 4 : 6;
  if (prefix < 0 || prefix > (family === 4 ? 32 : 128)) return undefined;
  const words = family === 4 ? parseIPv4(text, slash) : parseIPv6(text, slash);
  return words && { family, words, prefix };
}

/** True when a dot follows the first one to three characters, as it does in dotted decimal and never in IPv6. */
function isDotted(text: string): boolean {
  return text.charCodeAt(1) === 46 || text.charCodeAt(2) === 46 || text.charCodeAt(3) === 46;
}

/** Returns the number in text[start, end): one to three digits without a leading zero. Returns -1 for anything else. */
function decimal(text: string, start: number, end: number): number {
  const digits = end - start;
  if (digits < 1 || digits > 3 || (digits > 1 && text.charCodeAt(start) === 48)) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function parseIPv4(text: string, end: number): Words | undefined {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      if (octet === 0) return undefined; // A leading zero.
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return undefined;
    } else if (digit === -2 && octet >= 0 && dots < 3) {
      address = address * 256 + octet;
      octet = -1;
      dots++;
    } else return undefined;
  }
  return octet < 0 || dots !== 3 ? undefined : [address * 256 + octet, 0, 0, 0];
}

function parseIPv6(text: string, end: number): Words | undefined {
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  let count = 0;
  let gap = -1;
  let at = 0;
  while (at < end) {
    if (text.charCodeAt(at) === 58) {
      // A group cannot begin with a colon, except as part of the only "::".
      const doubled = at === 0 ? text.charCodeAt(1) === 58 : text.charCodeAt(at - 1) === 58;
      if (!doubled || gap >= 0) return undefined;
      gap = count;
      at += at === 0 ? 2 : 1;
      continue;
    }
    let value = 0;
    const start = at;
    for (; at < end && text.charCodeAt(at) !== 58; at++) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0 || at - start === 4) return undefined;
      value = value * 16 + digit;
    }
    if (count === 8) return undefined;
    groups[count++] = value;
    if (at < end && ++at === end) return undefined;
  }
  if (gap < 0 ? count !== 8 : count > 7) return undefined;
  const zeros = 8 - count;
  if (gap >= 0) for (let i = 7; i >= gap; i--) groups[i] = i - zeros >= gap ? (groups[i - zeros] ?? 0) : 0;
  const word = (i: number) => (groups[2 * i] ?? 0) * 0x10000 + (groups[2 * i + 1] ?? 0);
  return [word(0), word(1), word(2), word(3)];
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Returns the range with its host bits cleared, as EC2 does: it stores `10.8.10.0/16` as `10.8.0.0/16`. */
export function network(range: Range): Range {
  return { ...range, words: firstOf(range) };
}

/** True when both ranges are the same network, with or without host bits. */
export function sameNetwork(a: Range, b: Range): boolean {
  const [x, y] = [firstOf(a), firstOf(b)];
  return a.family === b.family && a.prefix === b.prefix && x.every((word, i) => word === y[i]);
}

/** Returns the lowest address of a range. */
export function firstOf(range: Range): Words {
  return [firstWord(range, 0), firstWord(range, 1), firstWord(range, 2), firstWord(range, 3)];
}

/** Returns the highest address of a range. For IPv4 the unused words are all ones, so that both families compare in the same way. */
export function lastOf(range: Range): Words {
  return [lastWord(range, 0), lastWord(range, 1), lastWord(range, 2), lastWord(range, 3)];
}

/** Returns word 0 to 3 of the lowest address. */
export function firstWord({ words, prefix }: Range, i: number): number {
  return ((words[i] ?? 0) & mask(prefix - 32 * i)) >>> 0;
}

/** Returns word 0 to 3 of the highest address. */
export function lastWord({ words, prefix }: Range, i: number): number {
  return ((words[i] ?? 0) | ~mask(prefix - 32 * i)) >>> 0;
}

/** Returns the network mask of one word. `prefix` counts from the first bit of that word and may be negative. */
function mask(prefix: number): number {
  if (prefix <= 0) return 0;
  return prefix >= 32 ? -1 : -1 << (32 - prefix);
}

/** Splits a network of more than one address into its lower and its upper half. */
export function halves(range: Range): readonly [Range, Range] {
  const prefix = range.prefix + 1;
  const upper = range.words.map((word, i) => (i === range.prefix >> 5 ? (word | (1 << (31 - (range.prefix & 31)))) >>> 0 : word));
  return [
    { ...range, prefix },
    { ...range, prefix, words: upper as unknown as Words },
  ];
}

/**
 * Formats a range in CIDR notation; IPv6 in lower case, with the longest run of zero groups as `::`.
 * @see https://www.rfc-editor.org/rfc/rfc4632
 * @see https://www.rfc-editor.org/rfc/rfc5952
 */
export function formatRange({ family, words, prefix }: Range): string {
  return `${family === 4 ? formatIPv4(words[0]) : formatIPv6(words)}/${prefix}`;
}

function formatIPv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

function formatIPv6(words: Words): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  let gap = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > gap.length) gap = { start, length };
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (gap.length === 1) return hex(groups);
  return `${hex(groups.slice(0, gap.start))}::${hex(groups.slice(gap.start + gap.length))}`;
}
