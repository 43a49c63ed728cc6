import { type EventName, eventNames, wholeCpuMb } from "./cases.ts";
import { find, type Results, type Sample } from "./results.ts";
import { sizeLimits } from "./size.ts";

type Target = readonly [name: string, wanted: string, measured: string, verdict: string];
type Ratio = readonly [kind: string, name: string, limit: number, to: "naive" | "floor", figure: keyof Sample, memoryMb: number];

/** The most that a figure of the product may be, as a multiple of another variant's. */
const ratios: readonly Ratio[] = [
  ["violation", "handler at 128 MB", 0.12, "naive", "handler", 128],
  ["violation", "init + handler at 128 MB", 0.2, "naive", "total", 128],
  ["violation", "CPU", 0.6, "naive", "totalCpu", wholeCpuMb],
  ["violation", "CPU", 1.75, "floor", "totalCpu", wholeCpuMb],
  ["permitted", "CPU", 0.7, "naive", "totalCpu", wholeCpuMb],
];

/** Every target, what was measured, and whether it is met. */
export function targets(results: Results): readonly Target[] {
  const { raw, zipped, loaded, heavy } = results.size;
  const rss = results.coldStarts.flatMap(({ variant, rssMb }) => (variant === "product" ? rssMb.median : []));
  const decision = (ranges: number) => results.decisions.find((each) => each.ranges === ranges);
  return [
    ...eventNames.flatMap((event) => ratios.flatMap((ratio) => (event.endsWith(ratio[0]) ? ratioTarget(results, event, ratio) : []))),
    target("resident memory, the largest of all cases", rss.length > 0 ? Math.max(...rss) : undefined, "at most", 72, "MB"),
    target("deployed, all services", raw / 1000, "at most", sizeLimits.raw / 1000, "KB"),
    target("deployed, zipped", zipped / 1000, "at most", sizeLimits.zipped / 1000, "KB"),
    target("loaded for an ElastiCache violation", loaded.elasticache / 1000, "at most", sizeLimits.loaded.elasticache / 1000, "KB"),
    target("loaded for a Redshift violation", loaded.redshift / 1000, "at most", sizeLimits.loaded.redshift / 1000, "KB"),
    ["undici and http2 loaded by a revoke", "neither", heavy.join(", ") || "neither", heavy.length === 0 ? "met" : "missed"],
    target("a permitted decision, with 100,000 ranges", decision(100_000)?.permittedUs.median, "at most", 0.5, "µs"),
    target("building 100,000 ranges from their texts", decision(100_000)?.buildMs.median, "at most", 150, "ms"),
    target("building 1,000 ranges from their texts", decision(1_000)?.buildMs.median, "at most", 5, "ms"),
    ...readingTargets(results),
    ...sweepTargets(results),
    target("permitted events through the warm handler", results.eventsPerSecond.median, "at least", 30_000, "per second"),
  ];
}

/** Compares replay with what reads the same files in the same run. */
function readingTargets({ reading }: Results): readonly Target[] {
  const speed = (program: string, input: string) =>
    reading?.readers.find(({ name, input: of }) => name.startsWith(program) && of === input)?.mbPerSecond.median;
  const ratio = (other: string, input: string) => {
    const [ours, theirs] = [speed("ingress-warden", input), speed(other, input)];
    return ours && theirs && ours / theirs;
  };
  const rss = (reading?.readers ?? []).flatMap(({ name, rssMb }) => (name.startsWith("ingress-warden") ? rssMb.median : []));
  return [
    target("reading a trail's .json.gz files", ratio("gunzip -c,", ".json.gz files"), "at least", 0.8, "× gunzip -c"),
    target("reading plain JSON", ratio("Python", "plain JSON"), "at least", 2, "× Python's json"),
    target("resident memory of replay", rss.length > 0 ? Math.max(...rss) : undefined, "at most", 300, "MB"),
  ];
}

/** Compares the larger sweep with the smaller one, which has half of the grants. */
function sweepTargets({ sweeps: [half, whole] = [] }: Results): readonly Target[] {
  const ratio = (figure: "seconds" | "rssMb") => half && whole && whole[figure].median / half[figure].median;
  return [
    target("a sweep of 100,000 grants: time", ratio("seconds"), "at most", 2.2, "× 50,000 grants"),
    target("a sweep of 100,000 grants: resident memory", ratio("rssMb"), "at most", 1.2, "× 50,000 grants"),
  ];
}

/** Compares medians of the same run. */
function ratioTarget(results: Results, event: EventName, [, name, limit, to, figure, memoryMb]: Ratio): readonly Target[] {
  const [ours, theirs] = [find(results, "product", event, memoryMb), find(results, to, event, memoryMb)];
  const measured = ours && theirs && ours[figure].median / theirs[figure].median;
  return [target(`${event}: ${name}`, measured, "at most", limit, to === "naive" ? "× naive" : "× no SDK")];
}

function target(name: string, measured: number | undefined, bound: "at most" | "at least", limit: number, unit: string): Target {
  const wanted = `${bound} ${figure(limit)} ${unit}`;
  if (measured === undefined) return [name, wanted, "not measured", "–"];
  const [isMet, round] = bound === "at most" ? [measured <= limit, Math.ceil] : [measured >= limit, Math.floor];
  // Rounded away from the target: a narrow miss must not read as "1 times the target".
  const verdict = isMet ? "met" : `missed: ${round((measured / limit) * 100) / 100} times the target`;
  return [name, wanted, `${figure(measured)} ${unit}`, verdict];
}

/** A number with three significant digits, as the tables show it. */
export function figure(value: number): string {
  return Number(value.toPrecision(value < 1000 ? 3 : 6)).toLocaleString("en-US", { maximumFractionDigits: value < 1000 ? 3 : 0 });
}
