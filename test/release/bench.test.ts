import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chart } from "../../bench/chart.ts";
import { recommended } from "../../bench/price.ts";
import { withTables } from "../../bench/publish.ts";
import type { Results } from "../../bench/results.ts";
import { targets } from "../../bench/targets.ts";
import { runNode } from "../support/run.ts";

const results: Results = JSON.parse(readFileSync("bench/results.json", "utf8"));

test("a smoke run measures the built function, and says what it did not measure", { timeout: 120_000 }, async () => {
  const { stdout, stderr, code } = await runNode(["bench/run.ts", "--smoke"]);

  expect([code, stderr]).toEqual([0, expect.stringContaining("NOT MEASURED: boto3 and Cloud Custodian: BENCH_PYTHON names no Python.")]);
  expect(stdout).toMatch(/\| ingress-warden \| elasticache violation \| \d/);
  expect(stdout).toContain("| permitted ranges |");
  expect(stdout).toMatch(/elasticache violation: CPU \| at most 0\.6 × naive \| not measured/);
});

test("a target is met, or missed by so much, or was not measured", () => {
  const of = (eventsPerSecond: number) =>
    targets({ ...results, coldStarts: [], eventsPerSecond: { median: eventsPerSecond, min: 1, max: 1 } });

  expect(of(30_000).at(-1)?.verdict).toBe("met");
  expect(of(24_000).at(-1)?.verdict).toBe("missed by 20 %");
  expect(of(1)[0]).toMatchObject({ measured: "not measured", verdict: "–" });
});

test("recommends the least memory that is quick enough, even if init were as slow as the handler", () => {
  const sizes = [
    [128, 210, 1_600],
    [256, 140, 780],
    [512, 130, 390],
    [1024, 124, 200],
    [1769, 123, 123],
  ] as const;
  const table = sizes.map(([memoryMb, totalMs, unboostedMs]) => ({
    memoryMb,
    totalMs,
    unboostedMs,
    initMs: 0,
    handlerMs: 0,
    millionUsd: 0,
  }));

  expect(recommended(table)).toBe(512);
  expect(recommended(table.slice(1))).toBeUndefined();
});

test("the tables of docs/PERFORMANCE.md and the chart are those of bench/results.json", () => {
  const document = readFileSync("docs/PERFORMANCE.md", "utf8");

  expect(withTables(document, results)).toBe(document);
  expect(chart(results)).toBe(readFileSync("bench/chart.svg", "utf8"));
});
