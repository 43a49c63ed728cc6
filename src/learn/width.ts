import { parseRange, type Range } from "#domain/range.ts";
import { cidrsOf, covers, rangeSet } from "#domain/range-set.ts";

/** The shortest prefix length of a public range that is learned. Few organizations have more than a /16 of IPv4 or a /32 of IPv6. */
export const shortestPrefix = { 4: 16, 6: 32 } as const;

/**
 * Networks that are not on the internet, of any width.
 * @see https://www.rfc-editor.org/rfc/rfc1918
 * @see https://www.rfc-editor.org/rfc/rfc6598
 * @see https://www.rfc-editor.org/rfc/rfc4193
 */
const notPublic = rangeSet(rangesOf(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]));

/** True for a range with more public addresses than an organization is likely to have. */
export function isTooWide(range: Range): boolean {
  return range.prefix < shortestPrefix[range.family] && !covers(notPublic, range);
}

/** Returns the CIDRs that are too wide in the union of ranges: two halves of the internet are the internet. */
export function tooWideTogether(ranges: readonly Range[]): readonly Range[] {
  const open = ranges.filter((range) => !covers(notPublic, range));
  return open.length < 2 ? open.filter(isTooWide) : cidrsOf(rangeSet(open)).filter(isTooWide);
}

/** Parses ranges and leaves out those that cannot be read. */
export function rangesOf(texts: readonly string[]): Range[] {
  return texts.flatMap((text) => parseRange(text) ?? []);
}
