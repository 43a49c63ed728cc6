import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isPrintable, printable, shown } from "#domain/text.ts";
import { runs } from "../support/long.ts";

const forbidden: readonly (readonly [string, number, number])[] = [
  ["C0", 0x00, 0x1f],
  ["DEL and C1", 0x7f, 0x9f],
  ["the Arabic letter mark", 0x061c, 0x061c],
  ["marks of direction", 0x200e, 0x200f],
  ["line and paragraph separators", 0x2028, 0x2029],
  ["embeddings and overrides of direction", 0x202a, 0x202e],
  ["isolates of direction", 0x2066, 0x2069],
  ["lone surrogates", 0xd800, 0xdfff],
];

const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.oneof(...forbidden.map(([, from, to]) => fc.integer({ min: from, max: to })), fc.integer({ min: 0x41, max: 0x5a })))
    .map((units) => String.fromCharCode(...units)),
);

function holdsForbidden(text: string): boolean {
  return [...text].some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return forbidden.some(([, from, to]) => code >= from && code <= to);
  });
}

describe("text from an event", () => {
  test.each(forbidden)("%s are escaped", (_, from, to) => {
    for (let code = from; code <= to; code++) {
      expect(printable(`a${String.fromCharCode(code)}b`)).toBe(`a\\u{${code.toString(16)}}b`);
      expect(isPrintable(`a${String.fromCharCode(code)}b`)).toBe(false);
    }
  });

  test.each(["", "plain", "Grüße, 東京, مرحبا", "😀 👩‍👩‍👧", "a\u00a0b", "~\u00a1", "\"<&>'`$(rm)", "\\u{1b}"])(
    "%j is unchanged",
    (text) => {
      expect(printable(text)).toBe(text);
      expect(isPrintable(text)).toBe(true);
    },
  );

  test("control characters and marks of direction are always escaped", () => {
    fc.assert(
      fc.property(anything, fc.nat(50), (text, limit) => {
        expect(holdsForbidden(printable(text))).toBe(false);
        expect(holdsForbidden(printable(text, limit))).toBe(false);
      }),
      { numRuns: runs },
    );
  });

  test("text is printable when escaping does not change it", () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(isPrintable(text)).toBe(!holdsForbidden(text));
        expect(isPrintable(text)).toBe(printable(text) === text);
      }),
      { numRuns: runs },
    );
  });

  test("long text is cut, and its length is stated", () => {
    expect(printable("a".repeat(1024))).toBe("a".repeat(1024));
    expect(printable("a".repeat(1025))).toBe(`${"a".repeat(1024)}… (1025 characters)`);
    expect(printable("a".repeat(100_000), 8)).toBe("aaaaaaaa… (100000 characters)");
  });

  test("a surrogate pair is escaped when the cut divides it", () => {
    expect(printable("ab😀", 3)).toBe("ab\\u{d83d}… (4 characters)");
  });
});

describe("a value that is shown", () => {
  test.each([
    [undefined, "missing"],
    [null, "null"],
    ["a\u202eb", '"a\\u{202e}b"'],
    [{ cidr: ["10.0.0.0/8"] }, '{"cidr":["10.0.0.0/8"]}'],
    ["x".repeat(90), `"${"x".repeat(79)}… (92 characters)`],
  ])("%j is shown as %s", (value, text) => {
    expect(shown(value)).toBe(text);
  });

  test("is cut to the given length", () => {
    expect(shown("abcdef", 3)).toBe('"ab… (8 characters)');
  });

  test("is replaced by a note when it is nested too deeply, and any other error is thrown", () => {
    expect(shown(JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`))).toBe("(nested too deeply to be shown)");
    expect(() => shown(1n)).toThrow(TypeError);
  });
});
