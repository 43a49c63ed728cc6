import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chart } from "../../bench/chart.ts";
import { recommended, withReport } from "../../bench/report.ts";
import type { Results } from "../../bench/results.ts";
import { targets } from "../../bench/targets.ts";
import { runNode } from "../support/run.ts";

const results: Results = JSON.parse(readFileSync("bench/results.json", "utf8"));

test("a smoke run measures the built function, and states what it did not measure", { timeout: 120_000 }, async () => {
  const { stdout, stderr, code } = await runNode(["bench/run.ts", "--smoke"]);

  expect([code, stderr]).toEqual([0, expect.stringContaining("NOT MEASURED: boto3 and Cloud Custodian: BENCH_PYTHON names no Python.")]);
  expect(stdout).toMatch(/\| ingress-warden \| elasticache violation \| \d/);
  expect(stdout).toContain("| permitted ranges |");
  expect(stdout).toMatch(/\| ingress-warden replay \| \.json\.gz files \| \d/);
  expect(stdout).toMatch(/reading plain JSON \| at least 2 × Python's json \| [\d.]+ × /);
  expect(stdout).toMatch(/elasticache violation: CPU \| at most 0\.6 × naive \| not measured/);
});

test("a target is met, missed by a factor, or not measured", () => {
  const of = (eventsPerSecond: number) =>
    targets({ ...results, coldStarts: [], eventsPerSecond: { median: eventsPerSecond, min: 1, max: 1 } });
  const building = (median: number) =>
    targets({ ...results, decisions: [{ ...results.decisions[0], ranges: 1_000, buildMs: { median } }] } as unknown as Results).find(
      ([name]) => name.startsWith("building 1,000 "),
    );

  expect(of(30_000).at(-1)?.at(-1)).toBe("met");
  expect(of(24_000).at(-1)?.at(-1)).toBe("missed: 0.8 times the target");
  expect(of(29_999).at(-1)?.at(-1)).toBe("missed: 0.99 times the target");
  expect(building(5)?.at(-1)).toBe("met");
  expect(building(10.5)?.at(-1)).toBe("missed: 2.1 times the target");
  expect(building(5.001)?.at(-1)).toBe("missed: 1.01 times the target");
  expect(of(1)[0]?.slice(2)).toEqual(["not measured", "–"]);
});

test("reading is compared with the other programs of the same run, and not with a run without them", () => {
  const reader = (name: string, input: string, median: number) => ({ name, input, mbPerSecond: { median }, rssMb: { median: 100 } });
  const replay = reader("ingress-warden replay", ".json.gz files", 300);
  const of = (...readers: readonly unknown[]) =>
    targets({ ...results, reading: { mb: 1, readers } } as unknown as Results).filter(([name]) => /reading|replay/.test(name));

  expect(of(replay, reader("gunzip -c, which only unpacks", ".json.gz files", 400)).map((row) => row[3])).toEqual([
    "missed: 0.93 times the target",
    "–",
    "met",
  ]);
  expect(of().map((row) => row[2])).toEqual(["not measured", "not measured", "not measured"]);
});

test("recommends the smallest memory size that is fast enough, even if init were as slow as the handler", () => {
  const sizes = [
    [128, 210, 1_600],
    [256, 140, 780],
    [512, 130, 390],
    [1024, 124, 200],
    [1769, 123, 123],
  ] as const;
  const table = sizes.map(([memoryMb, totalMs, unboostedMs]) => ({ memoryMb, totalMs, unboostedMs }));

  expect(recommended(table)).toBe(512);
  expect(recommended(table.slice(1))).toBeUndefined();
});

test("the tables of docs/PERFORMANCE.md and the chart are those of bench/results.json", () => {
  const document = readFileSync("docs/PERFORMANCE.md", "utf8");

  expect(withReport(document, results)).toBe(document);
  expect(chart(results)).toBe(readFileSync("bench/chart.svg", "utf8"));
});
