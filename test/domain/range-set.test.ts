import { describe, expect, test } from "vitest";
import { formatRange } from "#domain/range.ts";
import { cidrsOf, covers, rangeSet, uncovered } from "#domain/range-set.ts";
import { read } from "../support/grants.ts";

describe("what is uncovered", () => {
  const first128 = Array.from({ length: 128 }, (_, i) => i + 1);
  test.each<[string, string[], string[]]>([
    ["203.0.112.0/23", ["203.0.113.0/24"], ["203.0.112.0/24"]],
    ["10.0.0.0/24", ["10.0.0.0/25", "10.0.0.128/25"], []],
    [
      "10.0.0.0/24",
      ["10.0.0.0/25", "10.0.0.129/32"],
      ["10.0.0.128/32", "10.0.0.130/31", "10.0.0.132/30", "10.0.0.136/29", "10.0.0.144/28", "10.0.0.160/27", "10.0.0.192/26"],
    ],
    ["10.0.0.0/8", ["10.0.0.0/7"], []],
    ["10.0.0.0/7", ["10.0.0.0/8"], ["11.0.0.0/8"]],
    ["0.0.0.0/0", ["0.0.0.0/0"], []],
    ["0.0.0.0/0", ["0.0.0.0/1", "128.0.0.0/1"], []],
    ["0.0.0.0/0", ["::/0"], ["0.0.0.0/0"]],
    ["::/0", ["0.0.0.0/0"], ["::/0"]],
    ["::/96", ["0.0.0.0/0"], ["::/96"]],
    ["::ffff:a00:0/104", ["10.0.0.0/8"], ["::ffff:a00:0/104"]],
    ["a00::/8", ["10.0.0.0/8"], ["a00::/8"]],
    ["10.0.0.0/8", ["a00::/8"], ["10.0.0.0/8"]],
    ["255.255.255.255/32", ["255.255.255.255/32"], []],
    ["255.255.255.254/31", ["255.255.255.255/32"], ["255.255.255.254/32"]],
    ["255.255.255.255/32", ["255.255.255.254/32", "0.0.0.0/32"], ["255.255.255.255/32"]],
    ["0.0.0.0/31", ["0.0.0.1/32", "255.255.255.255/32"], ["0.0.0.0/32"]],
    [
      "0.0.0.0/0",
      ["0.0.0.0/32"],
      first128.slice(0, 32).map((n) => `${[24, 16, 8, 0].map((s) => ((2 ** (n - 1)) >>> s) & 255).join(".")}/${33 - n}`),
    ],
    ["::/0", ["8000::/1", "::/1"], []],
    ["::/127", ["::/128"], ["::1/128"]],
    [
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127",
      ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"],
      ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/128"],
    ],
    ["2001:db8::/31", ["2001:db8::/32"], ["2001:db9::/32"]],
    ["2001:db8::/32", [], ["2001:db8::/32"]],
  ])("of %s by %j is %j", (asked, held, left) => {
    const apart = held.map((range) => rangeSet([read(range)]));
    for (const sets of [apart, [rangeSet(held.map(read))], [rangeSet(held.toReversed().map(read))]]) {
      const found = uncovered(sets, read(asked), 128);
      expect(found.ranges.map(formatRange)).toEqual(left);
      expect(found.count).toBe(left.length);
    }
  });

  test("of all addresses by a single one is one CIDR for each bit", () => {
    expect(uncovered([rangeSet([read("255.255.255.255/32")])], read("0.0.0.0/0"), 16).count).toBe(32);
    const last = read("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
    expect(uncovered([rangeSet([last])], read("::/0"), 999).ranges.map(({ prefix }) => prefix)).toEqual(first128);
  });

  test("adjacent ranges are merged, within and across words", () => {
    for (const [a, b, both] of [
      ["10.0.0.0/32", "10.0.0.1/32", "10.0.0.0/31"],
      ["0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/0"],
      ["2001:db8:0:0::/64", "2001:db8:0:1::/64", "2001:db8::/63"],
      ["2001:db8::ffff:fffe/128", "2001:db8::ffff:ffff/128", "2001:db8::ffff:fffe/127"],
      ["2001:db8::/33", "2001:db8:8000::/33", "2001:db8::/32"],
      ["2001:db8:0:0:0:0:ffff:ffff/128", "2001:db8:0:0:0:1::/128", "2001:db8::ffff:ffff/128"],
    ] as const) {
      expect(covers(rangeSet([read(b), read(a)]), read(both))).toBe(true);
      expect(rangeSet([read(b), read(a)])).toEqual(rangeSet([read(a), read(b), read(a)]));
      const family = both.includes(":") ? 6 : 4;
      expect(rangeSet([read(b), read(a)])[family]).toHaveLength(rangeSet([read(both)])[family].length);
    }
  });

  test("of a range by fifty thousand addresses is found within half a second", () => {
    const holes = Array.from({ length: 50_000 }, (_, i) => read(`10.${i >> 15}.${(i >> 7) & 255}.${(i & 127) * 2}/32`));
    const begin = performance.now();
    const left = uncovered([rangeSet(holes)], read("10.0.0.0/8"), 16);
    expect(performance.now() - begin).toBeLessThan(500);
    expect(left.ranges.map(formatRange).slice(0, 2)).toEqual(["10.0.0.1/32", "10.0.0.3/32"]);
    expect(left.ranges).toHaveLength(16);
    expect(left.count).toBe(uncovered([rangeSet(holes)], read("10.0.0.0/8"), Number.POSITIVE_INFINITY).ranges.length);
  });
});

test.each([
  [[], []],
  [["10.0.0.128/25", "10.0.0.0/25"], ["10.0.0.0/24"]],
  [
    ["10.0.0.1/32", "10.0.0.2/31", "2001:db8::/33", "10.0.0.4/30"],
    ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/30", "2001:db8::/33"],
  ],
  [
    ["::/0", "0.0.0.0/1", "128.0.0.0/1"],
    ["0.0.0.0/0", "::/0"],
  ],
  [["10.0.0.0/8", "10.1.0.0/16"], ["10.0.0.0/8"]],
])("%j is, in as few CIDRs as possible, %j", (texts, cidrs) => {
  expect(cidrsOf(rangeSet(texts.map(read))).map(formatRange)).toEqual(cidrs);
});
