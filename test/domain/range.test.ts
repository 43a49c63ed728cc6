import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatRange, network, parseRange, type Range, sameNetwork } from "#domain/range.ts";
import { runs } from "../support/long.ts";
import { anyRange as range, written6 } from "./arbitraries.ts";

function written(text: string): string | undefined {
  const range = parseRange(text);
  return range && formatRange(range);
}

/** The address as one number, by arithmetic of its own. */
function addressOf({ family, words }: Range): bigint {
  return family === 4 ? BigInt(words[0]) : words.reduce((sum, each) => sum * 0x1_0000_0000n + BigInt(each), 0n);
}

describe("a range", () => {
  test.each([
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["10.8.10.0/16", "10.8.10.0/16"],
    ["255.255.255.255/32", "255.255.255.255/32"],
    ["128.0.0.0/1", "128.0.0.0/1"],
    ["1.222.33.4/32", "1.222.33.4/32"],
    ["::/0", "::/0"],
    ["::1/128", "::1/128"],
    ["1::/16", "1::/16"],
    ["0:0:0:0:0:0:0:0/0", "::/0"],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"],
    ["1:2:3:4:5:6:7::/112", "1:2:3:4:5:6:7:0/112"],
    ["::2:3:4:5:6:7:8/128", "0:2:3:4:5:6:7:8/128"],
    ["1:2:3::5:6:7:8/128", "1:2:3:0:5:6:7:8/128"],
    ["::ffff:a00:0/104", "::ffff:a00:0/104"],
  ])("%s is written %s", (text, canonical) => {
    expect(written(text)).toBe(canonical);
  });

  test.each([
    ["§1, leading zeros and cases", "2001:DB8:0000:0:001::0001/128", "2001:db8::1:0:0:1/128"],
    ["§4.1", "2001:0db8::0001/128", "2001:db8::1/128"],
    ["§4.2.1, shortened as much as possible", "2001:db8:0:0:0:0:2:1/128", "2001:db8::2:1/128"],
    ["§4.2.1, no group left beside ::", "2001:db8::0:1/128", "2001:db8::1/128"],
    ["§4.2.2, one group of zeros stays", "2001:db8::1:1:1:1:1/128", "2001:db8:0:1:1:1:1:1/128"],
    ["§4.2.3, the longest run", "2001:0:0:1:0:0:0:1/128", "2001:0:0:1::1/128"],
    ["§4.2.3, the first of equal runs", "2001:db8:0:0:1:0:0:1/128", "2001:db8::1:0:0:1/128"],
    ["§4.3, lower case", "2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAA/128", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaa/128"],
    ["a run at the end", "2001:db8:0:0:1::/80", "2001:db8:0:0:1::/80"],
    ["a run at the start", "0:0:0:1:0:0:1:1/128", "::1:0:0:1:1/128"],
  ])("RFC 5952 %s: %s is written %s", (_, text, canonical) => {
    expect(written(text)).toBe(canonical);
  });

  test("a formatted range can be parsed", () => {
    fc.assert(
      fc.property(range, (any) => {
        expect(parseRange(formatRange(any))).toEqual(any);
        expect(formatRange(any)).toMatch(any.family === 4 ? /^[0-9.]+\/\d+$/ : /^[0-9a-f:]+\/\d+$/);
      }),
      { numRuns: runs },
    );
  });

  test("upper case and leading zeros in groups are accepted in IPv6", () => {
    fc.assert(
      fc.property(written6, (any) => {
        const groups = any.words.flatMap((each) => [each >>> 16, each & 0xffff]).map((group) => group.toString(16).padStart(4, "0"));
        expect(parseRange(`${groups.join(":")}/${any.prefix}`)).toEqual(any);
        expect(parseRange(formatRange(any).toUpperCase())).toEqual(any);
      }),
      { numRuns: runs },
    );
  });
});

describe("a network", () => {
  test("keeps the bits of its prefix and clears the others", () => {
    fc.assert(
      fc.property(range, (any) => {
        const size = 2n ** BigInt((any.family === 4 ? 32 : 128) - any.prefix);
        const cleared = network(any);
        expect(addressOf(cleared)).toBe((addressOf(any) / size) * size);
        expect({ ...cleared, words: any.words }).toEqual(any);
        expect(sameNetwork(any, cleared)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  test.each([
    ["10.8.10.0/16", "10.8.0.0/16", true],
    ["10.8.0.0/16", "10.9.0.0/16", false],
    ["10.8.0.0/16", "10.8.0.0/15", false],
    ["0.0.0.0/0", "::/0", false],
    ["2001:DB8:0::ffff/32", "2001:db8::/32", true],
    ["2001:db8::/33", "2001:db8:8000::/33", false],
  ])("%s and %s are the same network: %s", (a, b, same) => {
    const [x, y] = [parseRange(a), parseRange(b)];
    expect(x && y && sameNetwork(x, y)).toBe(same);
  });
});
