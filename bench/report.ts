import { readFileSync, writeFileSync } from "node:fs";
import { type EventName, eventNames, isIdle, memories, variantNames, variants, wholeCpuMb } from "./cases.ts";
import { chart } from "./chart.ts";
import { find, type Results, type Spread } from "./results.ts";
import { figure, targets } from "./targets.ts";

/** US dollars for arm64 in us-east-1, first tier, from https://aws.amazon.com/lambda/pricing/. */
const [gbSecondUsd, millionRequestsUsd] = [0.0000133334, 0.2];

/** What the recommended memory size may take: a multiple of the time with a whole CPU, and milliseconds without a CPU boost for init. */
const tolerated = { timesWhole: 1.15, unboostedMs: 500 };

/** Writes the results, the tables and the chart. */
export function publish(results: Results): void {
  writeFileSync("docs/PERFORMANCE.md", withReport(readFileSync("docs/PERFORMANCE.md", "utf8"), results));
  writeFileSync("bench/chart.svg", chart(results));
  writeFileSync("bench/results.json", `${JSON.stringify(results, undefined, 2)}\n`);
}

/** A document with the report between its markers. Throws when it has no markers. */
export function withReport(document: string, results: Results): string {
  const parts = /^(.*<!-- bench:begin -->\n).*(\n<!-- bench:end -->.*)$/s.exec(document);
  if (!parts) throw new Error("docs/PERFORMANCE.md: no <!-- bench:begin --> before <!-- bench:end -->");
  return `${parts[1]}\n${report(results)}\n${parts[2]}`;
}

/** The results as Markdown. */
export function report(results: Results): string {
  const { versions, machine, rounds, load, leftOut } = results;
  return [
    `${versions}; ${machine};\n${rounds} ${rounds === 1 ? "round" : "rounds"}; load average ${cell(load)}.`,
    ...leftOut.map((sentence) => `**NOT MEASURED** in this run: ${sentence}`),
    "### Targets",
    table(["what", "target", "measured", "result"], targets(results)),
    "### Cold start and one invocation",
    coldStarts(results),
    "### Memory",
    memory(results),
    "### Decisions",
    decisions(results),
    "### Reading a trail",
    reading(results),
    "### Sweep",
    sweeps(results),
  ].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cell(spread: Spread | undefined): string {
  return spread ? `${figure(spread.median)} [${figure(spread.min)}–${figure(spread.max)}]` : "";
}

function coldStarts(results: Results): string {
  const share = (memoryMb: number) => `handler with ${figure((100 * memoryMb) / wholeCpuMb)} % of a CPU (${memoryMb} MB), ms`;
  const head = ["variant", "event", "init, ms", "handler, ms", share(512), share(128), "CPU of both, ms", "resident memory, MB"];
  const rows = variantNames.flatMap((variant) =>
    eventNames.flatMap((event) => {
      const [whole, slower, slowest] = [wholeCpuMb, 512, 128].map((memoryMb) => find(results, variant, event, memoryMb));
      if (!whole) return [];
      const figures = [whole.init, whole.handler, slower?.handler, slowest?.handler, whole.totalCpu, whole.rssMb];
      return [[variants[variant], isIdle(variant) ? "any event" : event, ...figures.map(cell)]];
    }),
  );
  return table(head, rows);
}

function memory(results: Results): string {
  const [violation, permitted] = [prices(results, "elasticache violation"), prices(results, "elasticache permitted")];
  if (violation.length < memories.length) return "Not measured in this run.";
  const head = [
    "MB",
    "event",
    "init, ms",
    "handler, ms",
    "both, ms",
    "both without a CPU boost for init, ms",
    "a million cold events, US$",
  ];
  const rowOf = (event: string) => (each: (typeof violation)[number]) => [
    String(each.memoryMb),
    event,
    ...[each.initMs, each.handlerMs, each.totalMs, each.unboostedMs, each.millionUsd].map(figure),
  ];
  return `${table(head, [...violation.map(rowOf("violation")), ...permitted.map(rowOf("permitted"))])}

Recommended: **${recommended(violation) ?? "no"} MB**, the smallest size at which a cold violation takes at most ${tolerated.timesWhole} times as long as with a whole
CPU, and at most ${tolerated.unboostedMs} ms even without a CPU boost for init.`;
}

/** Time of an event at each memory size that was measured, and the price of a million cold ones. */
function prices(results: Results, event: EventName) {
  const starts = memories.flatMap((memoryMb) => find(results, "product", event, memoryMb) ?? []);
  const middle = (figures: readonly Spread[]) =>
    figures.map(({ median }) => median).sort((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
  // No quota holds init, so all memory sizes measure the same.
  const [initMs, initCpuMs] = [middle(starts.map(({ init }) => init)), middle(starts.map(({ initCpu }) => initCpu))];
  return starts.map(({ memoryMb, handler: { median: handlerMs } }) => {
    const totalMs = initMs + handlerMs;
    const unboostedMs = Math.max(initMs, (initCpuMs * wholeCpuMb) / memoryMb) + handlerMs;
    // Lambda bills whole milliseconds; a million of them are a thousand seconds.
    const millionUsd = millionRequestsUsd + Math.ceil(totalMs) * 1000 * (memoryMb / 1024) * gbSecondUsd;
    return { memoryMb, initMs, handlerMs, totalMs, unboostedMs, millionUsd };
  });
}

/** The smallest memory size that stays within `tolerated`; undefined if none does or a size was not measured. */
export function recommended(table: readonly { memoryMb: number; totalMs: number; unboostedMs: number }[]): number | undefined {
  const whole = table.at(-1);
  if (table.length < memories.length || !whole) return undefined;
  return table.find((each) => each.totalMs <= tolerated.timesWhole * whole.totalMs && each.unboostedMs <= tolerated.unboostedMs)?.memoryMb;
}

function reading({ reading: measured }: Results): string {
  if (!measured) return "Not measured in this run.";
  const head = ["program", "input", "MB of JSON per second", "CPU, s", "resident memory, MB"];
  const rows = measured.readers.map((each) => [each.name, each.input, ...[each.mbPerSecond, each.cpuSeconds, each.rssMb].map(cell)]);
  return `A trail of ${figure(measured.mb)} MB of JSON without a watched call; memory is the largest of one process.\n\n${table(head, rows)}`;
}

function sweeps({ sweeps: measured = [] }: Results): string {
  if (measured.length === 0) return "Not measured in this run.";
  const rows = measured.map(({ grants, seconds, cpuSeconds, rssMb }) => [figure(grants), ...[seconds, cpuSeconds, rssMb].map(cell)]);
  return `Over 20 places of the emulator on the same machine, which throttles a tenth of the requests.\n\n${table(["grants", "seconds", "CPU, s", "resident memory, MB"], rows)}`;
}

function decisions({ decisions: samples, eventsPerSecond }: Results): string {
  const head = ["permitted ranges", "a permitted decision, µs", "a violation, µs", "building the ranges, ms", "the whole policy file, ms"];
  const rows = samples.map((each) => [figure(each.ranges), ...[each.permittedUs, each.violationUs, each.buildMs, each.policyMs].map(cell)]);
  return `${table(head, rows)}\n\nThe warm handler processes ${cell(eventsPerSecond)} permitted events per second, with its log discarded.`;
}
