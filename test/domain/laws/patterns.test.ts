import fc from "fast-check";
import { expect, test } from "vitest";
import { matches } from "#domain/pattern.ts";
import { runs } from "../../support/long.ts";

const numRuns = { numRuns: runs };

test("a star in place of a character, or next to it, keeps every match", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, fc.nat(), fc.boolean(), (from, asked, at, instead) => {
      fc.pre(matches(from, asked));
      const place = at % (from.length + 1);
      expect(matches(`${from.slice(0, place)}*${from.slice(place + (instead ? 1 : 0))}`, asked)).toBe(true);
    }),
    numRuns,
  );
});

test("two patterns in a row match the texts that they match, in a row", () => {
  const part = fc.string({ unit: fc.constantFrom("a", "*", "?"), maxLength: 5 });
  fc.assert(
    fc.property(part, part, part, part, (one, two, first, second) => {
      fc.pre(matches(one, first) && matches(two, second));
      expect(matches(one + two, first + second)).toBe(true);
    }),
    numRuns,
  );
});
