import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountId } from "#domain/account.ts";
import { runs } from "../support/long.ts";

describe("an account id", () => {
  test.each([
    ["123456789012", "123456789012"],
    ["000000000000", "000000000000"],
    ["1234-5678-9012", "123456789012"],
    ["123456789012-", "123456789012"],
  ])("%j is read as %s", (text, id) => {
    expect(accountId(text)).toBe(id);
  });

  test.each([
    "",
    "-",
    "self",
    "12345678901",
    "1234567890123",
    " 123456789012",
    "123456789012\n",
    "1234 5678 9012",
    "12345678901a",
    "+23456789012",
    "1.23456789e11",
    "0x1234567890",
    "1234–5678–9012",
    "１２３４５６７８９０１２",
    "١٢٣٤٥٦٧٨٩٠١٢",
    "1".repeat(100_000),
    "-".repeat(100_000),
  ])("%.20j is refused", (text) => {
    expect(accountId(text)).toBeUndefined();
  });

  test("hyphens are ignored at any position", () => {
    const digits = fc.stringMatching(/^[0-9]{12}$/);
    const hyphenated = fc.tuple(digits, fc.array(fc.nat(12), { maxLength: 5 }));
    fc.assert(
      fc.property(hyphenated, ([id, places]) => {
        const text = places.reduce((written, place) => `${written.slice(0, place)}-${written.slice(place)}`, id);
        expect(accountId(text)).toBe(id);
      }),
      { numRuns: runs },
    );
  });
});
