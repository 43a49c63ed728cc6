import { type EventName, memories, wholeCpuMb } from "./cases.ts";
import { find, type Results } from "./results.ts";

/** Of arm64 in us-east-1, first tier, in US dollars, as https://aws.amazon.com/lambda/pricing/ says. */
const gbSecond = 0.0000133334;
const millionRequests = 0.2;

/** What one memory size gives: milliseconds, and US dollars for a million events that each meet a cold function. */
interface Priced {
  readonly memoryMb: number;
  /** Measured: at full speed whatever the memory, so over all runs of the event. */
  readonly initMs: number;
  /** Measured, under the quota of the memory size. */
  readonly handlerMs: number;
  readonly totalMs: number;
  /** Computed: init and handler if Lambda's init got no more CPU than the handler. */
  readonly unboostedMs: number;
  /** Computed from `totalMs`, every event rounded up to a whole millisecond. */
  readonly millionUsd: number;
}

/** Time and price of an event at each memory size that was measured. */
export function prices(results: Results, event: EventName): readonly Priced[] {
  const starts = memories.flatMap((memoryMb) => find(results, "product", event, memoryMb) ?? []);
  const initMs = middle(starts.map(({ init }) => init.median));
  const initCpuMs = middle(starts.map(({ initCpu }) => initCpu.median));
  return starts.map(({ memoryMb, handler }) => {
    const totalMs = initMs + handler.median;
    return {
      memoryMb,
      initMs,
      handlerMs: handler.median,
      totalMs,
      unboostedMs: Math.max(initMs, (initCpuMs * wholeCpuMb) / memoryMb) + handler.median,
      millionUsd: millionRequests + Math.ceil(totalMs) * 1000 * (memoryMb / 1024) * gbSecond,
    };
  });
}

/** What the recommended memory may take: so many times what a whole CPU takes, and so many milliseconds without init's boost. */
export const tolerated = { timesWhole: 1.15, unboostedMs: 500 } as const;

/** The least memory that stays within what is tolerated; undefined when not every size was measured, or none does. */
export function recommended(table: readonly Priced[]): number | undefined {
  const whole = table.at(-1);
  if (table.length < memories.length || !whole) return undefined;
  return table.find((each) => each.totalMs <= tolerated.timesWhole * whole.totalMs && each.unboostedMs <= tolerated.unboostedMs)?.memoryMb;
}

function middle(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
}
