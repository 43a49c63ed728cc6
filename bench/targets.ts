import { type EventName, memories, wholeCpuMb } from "./cases.ts";
import { type ColdStart, find, type Results } from "./results.ts";
import type { Spread } from "./statistics.ts";

/** One promise about speed or size, and what became of it. */
interface Target {
  readonly name: string;
  readonly wanted: string;
  /** "not measured" when this run did not. */
  readonly measured: string;
  readonly verdict: string;
}

/** Holds the results to every target. Ratios are of medians of the one run. */
export function targets(results: Results): readonly Target[] {
  const violations: readonly EventName[] = ["elasticache violation", "redshift violation"];
  const permitted: readonly EventName[] = ["elasticache permitted", "redshift permitted"];
  const ratio = (other: "naive" | "floor", event: EventName, memoryMb: number, figure: (start: ColdStart) => Spread) => {
    const [ours, theirs] = [find(results, "product", event, memoryMb), find(results, other, event, memoryMb)];
    return ours && theirs && figure(ours).median / figure(theirs).median;
  };
  const own = results.coldStarts.filter(({ variant }) => variant === "product");
  const decision = (ranges: number) => results.decisions.find((each) => each.ranges === ranges);
  const { raw, zipped, loaded, heavy } = results.size;
  const slow = memories[0];

  return [
    ...violations.flatMap((event) => [
      atMost(
        0.12,
        `${event}: handler at ${slow} MB`,
        ratio("naive", event, slow, ({ handler }) => handler),
        "× naive",
      ),
      atMost(
        0.2,
        `${event}: init + handler at ${slow} MB`,
        ratio("naive", event, slow, ({ total }) => total),
        "× naive",
      ),
      atMost(
        0.6,
        `${event}: CPU`,
        ratio("naive", event, wholeCpuMb, ({ totalCpu }) => totalCpu),
        "× naive",
      ),
      atMost(
        1.75,
        `${event}: CPU`,
        ratio("floor", event, wholeCpuMb, ({ totalCpu }) => totalCpu),
        "× no SDK",
      ),
    ]),
    ...permitted.map((event) =>
      atMost(
        0.7,
        `${event}: CPU`,
        ratio("naive", event, wholeCpuMb, ({ totalCpu }) => totalCpu),
        "× naive",
      ),
    ),
    atMost(72, "resident memory, the case with most", own.length > 0 ? Math.max(...own.map(({ rssMb }) => rssMb.median)) : undefined, "MB"),
    atMost(450, "deployed, all services", raw / 1000, "KB"),
    atMost(130, "deployed, zipped", zipped / 1000, "KB"),
    atMost(320, "loaded for an ElastiCache violation", loaded.elasticache / 1000, "KB"),
    atMost(320, "loaded for a Redshift violation", loaded.redshift / 1000, "KB"),
    {
      name: "undici and http2 loaded by a revoke",
      wanted: "neither",
      measured: heavy.join(", ") || "neither",
      verdict: heavy.length === 0 ? "met" : "missed",
    },
    atMost(0.5, "a permitted decision, of 100,000 ranges", decision(100_000)?.permittedUs.median, "µs"),
    atMost(150, "building 100,000 ranges from their texts", decision(100_000)?.buildMs.median, "ms"),
    atMost(5, "building 1,000 ranges from their texts", decision(1_000)?.buildMs.median, "ms"),
    atLeast(30_000, "permitted events through the warm handler", results.eventsPerSecond.median, "a second"),
  ];
}

function atMost(limit: number, name: string, measured: number | undefined, unit: string): Target {
  return target(name, `at most ${figure(limit)} ${unit}`, measured, unit, (measured ?? 0) / limit - 1);
}

function atLeast(limit: number, name: string, measured: number | undefined, unit: string): Target {
  return target(name, `at least ${figure(limit)} ${unit}`, measured, unit, 1 - (measured ?? 0) / limit);
}

function target(name: string, wanted: string, measured: number | undefined, unit: string, missedBy: number): Target {
  if (measured === undefined) return { name, wanted, measured: "not measured", verdict: "–" };
  const verdict = missedBy <= 0 ? "met" : `missed by ${Math.ceil(missedBy * 100)} %`;
  return { name, wanted, measured: `${figure(measured)} ${unit}`, verdict };
}

/** Three significant digits, as tables show them. */
export function figure(value: number): string {
  return Number(value.toPrecision(value < 1000 ? 3 : 6)).toLocaleString("en-US", { maximumFractionDigits: value < 1000 ? 3 : 0 });
}
