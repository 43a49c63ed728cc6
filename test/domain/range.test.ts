import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatRange, network, parseRange, type Range, sameNetwork } from "#domain/range.ts";
import { runs } from "../support/long.ts";

function written(text: string): string | undefined {
  const range = parseRange(text);
  return range && formatRange(range);
}

const word = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffff0000, 0xffffffff));
const written4 = fc.record({ family: fc.constant(4 as const), words: fc.tuple(word, zero(), zero(), zero()), prefix: fc.nat(32) });
const written6 = fc.record({ family: fc.constant(6 as const), words: fc.tuple(word, word, word, word), prefix: fc.nat(128) });
const range: fc.Arbitrary<Range> = fc.oneof(written4, written6);

function zero(): fc.Arbitrary<number> {
  return fc.constant(0);
}

/** The address as one number, by arithmetic of its own. */
function addressOf({ family, words }: Range): bigint {
  return family === 4 ? BigInt(words[0]) : words.reduce((sum, each) => sum * 0x1_0000_0000n + BigInt(each), 0n);
}

describe("what is no range", () => {
  test.each([
    ...["", "/", "/8", "//", "10.0.0.0", "::", "2001:db8::1", "10.0.0.0/", "10.0.0.0//8", "10.0.0.0/8/8", "10.0.0.0 /8", "10.0.0.0/ 8"],
    ...[" 10.0.0.0/8", "10.0.0.0/8 ", "10.0.0.0/8\n", "\n10.0.0.0/8", "10.0.0.0/8\0", "\ufeff10.0.0.0/8", "10.0.0.0/8\u200b", "\t::/0"],
    ...["10.0.0.0/33", "10.0.0.0/128", "10.0.0.0/256", "::/129", "::/999", "::/1000", "10.0.0.0/4294967304", "10.0.0.0/-1", "::/-0"],
    ...["10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/008", "10.0.0.0/0x8", "10.0.0.0/8.0", "10.0.0.0/8e0", "10.0.0.0/1e1", "::/00", "::/064"],
    ...["10.0.0.0/255.0.0.0", "10.0.0.0/0.255.255.255", "10.0.0.0/0.0.0.0", "::/ffff::", "10.0.0.0/eight", "10.0.0.0/NaN"],
    ...["10.0.0,0/8", "10.0.0.0/:", "::/1:", "::/8.", "2001:db8:@::/48", "2001:db8:`::/48", "2001:db8:g::/48", "2001:db8:G::/48"],
    ...["010.0.0.0/8", "10.00.0.0/8", "10.0.0.01/32", "00.0.0.0/0", "0x0a.0.0.0/8", "0xa000000/8", "012.0.0.0/8", "167772160/8", "0/0"],
    ...[
      "10/8",
      "10.0/8",
      "10.0.0/8",
      "10.0.0.0.0/8",
      "10..0.0/8",
      ".10.0.0.0/8",
      "10.0.0./8",
      "10.0.0.0./8",
      "10,0,0,0/8",
      "*/0",
      "10.*/8",
    ],
    ...[
      "256.0.0.0/8",
      "10.0.0.256/32",
      "999.0.0.0/8",
      "1000.0.0.0/8",
      "-1.0.0.0/8",
      "+1.0.0.0/8",
      "1 .0.0.0/8",
      "1e1.0.0.0/8",
      "a.b.c.d/8",
    ],
    ...[
      "10.0.0.0-10.0.0.255",
      "10.0.0.0-10.0.0.255/24",
      "10.0.0.0:80/8",
      "10.0.0.0/8,11.0.0.0/8",
      "10.0.0.0\\8",
      "10.0.0.0∕8",
      "10.0.0.0%2F8",
    ],
    ...["１０.0.0.0/8", "10.0.0.0/８", "10。0.0.0/8", "10.0.0.0／8", "١٠.0.0.0/8", "২০০১::/16", "：：/0", "ⅸ::/16", "ﬀ::/16"],
    ...[
      "::10.0.0.0/104",
      "::ffff:10.0.0.0/104",
      "64:ff9b::10.0.0.0/104",
      "1:2:3:4:5:6:10.0.0.0/104",
      "10.0.0.0::/8",
      "::.0/8",
      "2001:db8::.1/64",
    ],
    ...[
      "fe80::1%eth0/64",
      "fe80::%1/64",
      "fe80::/64%eth0",
      "[2001:db8::]/32",
      "[::]/0",
      "2001:db8::/32]",
      "http://10.0.0.0/8",
      "localhost/8",
    ],
    ...[
      ":/0",
      ":::/0",
      "::::/0",
      "1::2::3/64",
      "::1::/64",
      "1:::2/64",
      "1:2/64",
      ":1/64",
      "1:/64",
      "1::2:/64",
      ":1::2/64",
      "::1:/64",
      "1:::/64",
    ],
    ...[
      "1:2:3:4:5:6:7/64",
      "1:2:3:4:5:6:7:8:9/64",
      "1:2:3:4:5:6:7:8:/64",
      ":1:2:3:4:5:6:7:8/64",
      "1:2:3:4:5:6:7:8::/64",
      "::1:2:3:4:5:6:7:8/64",
    ],
    ...[
      "1::2:3:4:5:6:7:8/64",
      "1:2:3:4::5:6:7:8/64",
      "12345::/64",
      "01234::/64",
      "00000::/64",
      "2001:db8::12345/128",
      "g::/64",
      "0x1::/64",
    ],
    ...[
      "2001:db8:-1::/48",
      "2001:+db8::/32",
      "2001: db8::/32",
      "2001;db8::/32",
      "2001.db8::/32",
      "self",
      "pl-63a5400a",
      "everyone",
      "any",
      "all",
    ],
    ...["1".repeat(100_000), ":".repeat(100_000), `${"0".repeat(100_000)}/0`, `10.0.0.0/${"0".repeat(100_000)}8`, "::/".repeat(30_000)],
  ])("%.60j is refused", (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  test("one character that no address has is enough, wherever it stands", () => {
    const foreign = fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((character) => !/^[0-9a-f:./]$/i.test(character));
    const nasty = fc.constantFrom(..." \n\t\0+-xX%[],٠０：／。\u200b\ufeff");
    fc.assert(
      fc.property(range, fc.oneof(nasty, foreign), fc.nat(), (any, character, at) => {
        const text = formatRange(any);
        const place = at % (text.length + 1);
        expect(parseRange(`${text.slice(0, place)}${character}${text.slice(place)}`)).toBeUndefined();
      }),
      { numRuns: runs },
    );
  });
});

describe("what is a range", () => {
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

  test("whatever is written is read back", () => {
    fc.assert(
      fc.property(range, (any) => {
        expect(parseRange(formatRange(any))).toEqual(any);
        expect(formatRange(any)).toMatch(any.family === 4 ? /^[0-9.]+\/\d+$/ : /^[0-9a-f:]+\/\d+$/);
      }),
      { numRuns: runs },
    );
  });

  test("upper case and leading zeros in groups change nothing in IPv6", () => {
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
  test("it keeps the bits of its prefix and no others", () => {
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
  ])("%s and %s are one: %s", (a, b, same) => {
    const [x, y] = [parseRange(a), parseRange(b)];
    expect(x && y && sameNetwork(x, y)).toBe(same);
  });
});
