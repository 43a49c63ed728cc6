import { type EventName, events, memories, type Variant, variants, wholeCpuMb } from "./cases.ts";
import { prices, recommended, tolerated } from "./price.ts";
import { find, type Results } from "./results.ts";
import type { Spread } from "./statistics.ts";
import { figure, targets } from "./targets.ts";

/** Everything that a run says, as Markdown. */
export function report(results: Results): string {
  const { versions, machine, rounds, load, leftOut } = results;
  return [
    `${versions}; ${machine}; ${rounds} ${rounds === 1 ? "round" : "rounds"}, load average ${cell(load)}, of
which the bench itself is about 1. Medians [least–most].`,
    ...leftOut.map((sentence) => `**NOT MEASURED** in this run: ${sentence}`),
    "### Targets",
    table(
      ["what", "target", "measured", ""],
      targets(results).map(({ name, wanted, measured, verdict }) => [name, wanted, measured, verdict]),
    ),
    "### From a cold process to the end of one invocation",
    coldStarts(results),
    "### Memory",
    memory(results),
    "### The decision",
    decisions(results),
  ].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cell(spread: Spread | undefined): string {
  return spread ? `${figure(spread.median)} [${figure(spread.min)}–${figure(spread.max)}]` : "";
}

function coldStarts(results: Results): string {
  const rows = (Object.keys(variants) as Variant[]).flatMap((variant) =>
    (Object.keys(events) as EventName[]).flatMap((event) => {
      const [whole, slower, slowest] = [wholeCpuMb, 512, 128].map((memoryMb) => find(results, variant, event, memoryMb));
      if (!whole) return [];
      const figures = [whole.init, whole.handler, slower?.handler, slowest?.handler, whole.totalCpu, whole.rssMb];
      const named = variant === "noop" || variant === "c7n" ? "any event" : event;
      return [[variants[variant], named, ...figures.map(cell)]];
    }),
  );
  const share = (memoryMb: number) => `handler at ${figure((100 * memoryMb) / wholeCpuMb)} % (${memoryMb} MB), ms`;
  const head = ["", "event", "init, ms", "handler, ms", share(512), share(128), "CPU of both, ms", "resident, MB"];
  return `${table(head, rows)}\n\nAn empty cell was not measured.`;
}

function memory(results: Results): string {
  const violation = prices(results, "elasticache violation");
  const permitted = prices(results, "elasticache permitted");
  if (violation.length < memories.length) return "Not measured in this run.";
  const row = (event: string) => (each: (typeof violation)[number]) => [
    String(each.memoryMb),
    event,
    ...[each.initMs, each.handlerMs, each.totalMs, each.unboostedMs, each.millionUsd].map(figure),
  ];
  const head = ["MB", "event", "init, ms", "handler, ms", "both, ms", "both without init's boost, ms", "a million cold events, US$"];
  return `${table(head, [...violation.map(row("violation")), ...permitted.map(row("permitted"))])}

Measured, on the machine above: init at full speed (the middle of all sizes), and the handler under a quota of memory/${wholeCpuMb} of a
CPU, the share that [Lambda gives](https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html); at ${wholeCpuMb} MB without one. Computed:
the sum; the sum if Lambda's init got no more CPU than the handler; and the price of the sum, by the prices of arm64 in us-east-1 on
[AWS's page](https://aws.amazon.com/lambda/pricing/). Not measured: Lambda itself, arm64, and the way to AWS.

Recommended: **${recommended(violation) ?? "no"} MB**, the least with which a cold violation takes at most ${tolerated.timesWhole} times as long as with a whole
CPU, and at most ${tolerated.unboostedMs} ms even if init had no boost, which only third parties report.`;
}

function decisions({ decisions: samples, eventsPerSecond }: Results): string {
  const head = ["permitted ranges", "a permitted decision, µs", "a violation, µs", "building the ranges, ms", "the whole policy file, ms"];
  const rows = samples.map(({ ranges, permittedUs, violationUs, buildMs, policyMs }) => [
    figure(ranges),
    ...[permittedUs, violationUs, buildMs, policyMs].map(cell),
  ]);
  return `${table(head, rows)}

A decision is \`decide\` as a whole, parsing of the asked CIDR included, and for a violation what is not covered, too. Building makes the
set from the texts; the whole policy file is read, checked and built as a cold start does it. Both are done once by a fresh process.
The whole warm handler takes ${cell(eventsPerSecond)} permitted events a second, its log going to nowhere.`;
}
