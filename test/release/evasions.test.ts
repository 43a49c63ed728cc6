import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** The rows of the table: way, closed by, test, and what the two others do. */
const rows = readFileSync("docs/EVASIONS.md", "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  )
  .map(([way = "", closedBy = "", shownBy = "", ...others]) => ({ way, closedBy, shownBy, others }));

const covered = rows.filter(({ closedBy }) => closedBy !== "not covered");

test("docs/EVASIONS.md has at least twenty ways, each once, and every row is whole", () => {
  expect(rows.length).toBeGreaterThanOrEqual(20);
  expect(new Set(rows.map(({ way }) => way)).size).toBe(rows.length);
  for (const { others } of rows) expect(others.filter((cell) => cell !== "")).toHaveLength(2);
  expect(covered.length).toBeGreaterThanOrEqual(20);
});

describe.each(rows)("$way", ({ closedBy, shownBy }) => {
  test("is covered and names its test, which is there, or is not covered and names none", () => {
    expect(closedBy).toMatch(/^((event|sweep)(, .+)?|not covered)$/);
    const [, file = "", name = ""] = /^`(test\/[\w./-]+\.test\.ts)`: (.+)$/.exec(shownBy) ?? [];
    if (closedBy === "not covered") return expect(shownBy).toBe("—");
    expect([shownBy, existsSync(file)]).toEqual([shownBy, true]);
    expect(readFileSync(file, "utf8")).toContain(`"${name}"`);
  });
});
