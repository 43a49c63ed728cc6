import type { Case, EventName, Variant } from "./cases.ts";
import type { DecisionSample } from "./decision.ts";
import type { Sample } from "./measure.ts";
import { type Spread, spread } from "./statistics.ts";

/** All that one run measured. What is not in it was not measured. */
export interface Results {
  readonly versions: string;
  readonly machine: string;
  readonly rounds: number;
  /** The machine's load average over a minute, at the end of each round: the bench itself is about 1 of it. */
  readonly load: Spread;
  /** What this run left out, and why, in sentences. */
  readonly leftOut: readonly string[];
  readonly coldStarts: readonly ColdStart[];
  readonly decisions: readonly ({ readonly ranges: number } & Summary<DecisionSample & { readonly buildMs: number }>)[];
  /** Permitted events that one warm process handles in a second. */
  readonly eventsPerSecond: Spread;
  readonly size: Size;
}

/** One case, over all its runs, in milliseconds and MB. */
export interface ColdStart extends Case, Summary<Sample> {
  readonly runs: number;
  /** Init and handler of the same process together. */
  readonly total: Spread;
  readonly totalCpu: Spread;
}

type Summary<Figures> = { readonly [Name in keyof Figures]: Spread };

/** What is deployed, in bytes, and what of it one function loads for a violation. */
export interface Size {
  readonly raw: number;
  readonly zipped: number;
  readonly loaded: { readonly elasticache: number; readonly redshift: number };
  /** Those of undici and http2 that a revoke made Node load. */
  readonly heavy: readonly string[];
}

/** The spread of each figure over samples that all have the same figures. */
export function summary<Figures extends object>(samples: readonly Figures[]): Summary<Figures> {
  const names = Object.keys(samples[0] ?? {}) as (keyof Figures)[];
  return Object.fromEntries(names.map((name) => [name, spread(samples.map((sample) => Number(sample[name])))])) as Summary<Figures>;
}

/** One case of the results, if it was measured. */
export function find({ coldStarts }: Results, variant: Variant, event: EventName, memoryMb: number): ColdStart | undefined {
  return coldStarts.find((each) => each.variant === variant && each.event === event && each.memoryMb === memoryMb);
}
