import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matches } from "#domain/pattern.ts";
import { runs } from "../support/long.ts";

/** StringLike by its definition: slow, and too simple to be wrong. */
function model(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const rest = pattern.slice(1);
  if (pattern[0] === "*") return model(rest, text) || (text !== "" && model(pattern, text.slice(1)));
  return text !== "" && (pattern[0] === "?" || pattern[0] === text[0]) && model(rest, text.slice(1));
}

describe("a pattern", () => {
  test.each([
    ["*", ""],
    ["*", "anything"],
    ["**", "a"],
    ["", ""],
    ["?", "a"],
    ["etl-*", "etl-"],
    ["etl-*", "etl-nightly"],
    ["*-etl", "x-etl-etl"],
    ["a*b*c", "a-b-b-c"],
    ["a?c", "abc"],
    ["a?c", "a?c"],
    ["*a", "aaa"],
    ["*?", "a"],
    ["eu-*-1", "eu-central-1"],
    ["*", "a/b\nc"],
    ["a/*", "a/b/c"],
    [".*", ".hidden"],
  ])("%j matches %j", (pattern, text) => {
    expect(matches(pattern, text)).toBe(true);
  });

  test.each([
    ["", "a"],
    ["?", ""],
    ["?", "ab"],
    ["*?", ""],
    ["etl-*", "ETL-nightly"],
    ["etl-*", "my-etl-nightly"],
    ["etl", "etl-nightly"],
    ["a*b", "ab-c"],
    ["a*b*c", "acb"],
    ["abc", "ab"],
    ["ab*ba", "aba"],
  ])("%j does not match %j", (pattern, text) => {
    expect(matches(pattern, text)).toBe(false);
  });

  test.each([..."^$.+|()[]{}\\/-!#,~@&=:;'\"<>% \t\n", "\\d", "[a-z]", "{a,b}", "(a|b)", "a+", "^a$", "!a", "@(a)", "\\*"])(
    "%j matches itself",
    (pattern) => {
      expect(matches(pattern, pattern)).toBe(true);
      for (const text of ["", "a", "b", "z", "aa", "1", "xx", "*"]) expect(matches(pattern, text)).toBe(model(pattern, text));
    },
  );

  test("any pattern matches as the definition says", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 9 });
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        expect(matches(p, t)).toBe(model(p, t));
      }),
      { numRuns: 3 * runs },
    );
  });

  test("text still matches when wildcards replace a part of it", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), (text, a, b) => {
        const [from = 0, to = 0] = [a % (text.length + 1), b % (text.length + 1)].toSorted((x, y) => x - y);
        expect(matches(`${text.slice(0, from)}*${text.slice(to)}`, text)).toBe(true);
        expect(matches(`${text.slice(0, from)}${"?".repeat(to - from)}${text.slice(to)}`, text)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  test.each(["a*".repeat(30), "*a?".repeat(30), "**".repeat(15), "*a*a?".repeat(6)])(
    "%s is compared with text that almost matches within 50 ms",
    (stars) => {
      const begin = performance.now();
      matches(`${stars}b`, "a".repeat(255));
      matches(`${stars}b`, `${"a".repeat(254)}c`);
      expect(performance.now() - begin).toBeLessThan(50);
    },
  );
});
