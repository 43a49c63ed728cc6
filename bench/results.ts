import type { Case, EventName, Variant } from "./cases.ts";
import type { Reader, ReadingSample } from "./reading.ts";
import type { SweepSample } from "./sweep.ts";

/**
 * What one process used: milliseconds of wall clock and of CPU (user and system), and MB of resident memory at its peak.
 * Init includes the start of Node.js or Python; total is init and handler.
 */
export type Sample = Record<"init" | "initCpu" | "handler" | "handlerCpu" | "total" | "totalCpu" | "rssMb", number>;

/**
 * For one number of permitted ranges: milliseconds to build the range set from texts, and to read, check and build the
 * policy file; microseconds of one decision on a permitted range, and on another one.
 */
export type DecisionSample = Record<"buildMs" | "policyMs" | "permittedUs" | "violationUs", number>;

export type Spread = Record<"median" | "min" | "max", number>;
export type ColdStart = Case & Record<keyof Sample, Spread>;

/** Everything that one run measured. */
export interface Results {
  readonly versions: string;
  readonly machine: string;
  readonly rounds: number;
  /** The machine's load average over a minute, at the end of each round. */
  readonly load: Spread;
  /** What this run did not measure and why, in sentences. */
  readonly leftOut: readonly string[];
  readonly coldStarts: readonly ColdStart[];
  readonly decisions: readonly ({ readonly ranges: number } & Record<keyof DecisionSample, Spread>)[];
  /** Permitted events that one warm process handles per second. */
  readonly eventsPerSecond: Spread;
  /** How fast trails are read, beside other programs, and the size of the trail's JSON in MB; undefined if not measured. */
  readonly reading?: {
    readonly mb: number;
    readonly readers: readonly (Pick<Reader, "name" | "input"> & Record<keyof ReadingSample, Spread>)[];
  };
  /** How long sweeps of places with so many grants took; undefined if not measured. */
  readonly sweeps?: readonly ({ readonly grants: number } & Record<keyof SweepSample, Spread>)[];
  /** Bytes that are deployed and that a function loads for a violation, and the large modules of Node.js that it loads. */
  readonly size: Record<"raw" | "zipped", number> & {
    readonly loaded: Record<"elasticache" | "redshift", number>;
    readonly heavy: readonly string[];
  };
}

/** The spread of some figures, rounded to three decimals. */
export function spread(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b);
  const rounded = (figure = Number.NaN) => Number(figure.toFixed(3));
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return { median: rounded((low + high) / 2), min: rounded(sorted[0]), max: rounded(sorted.at(-1)) };
}

/** The spread of each figure over samples with the same figures. */
export function summary<Figure extends string>(samples: readonly Readonly<Record<Figure, number>>[]): Record<Figure, Spread> {
  const names = Object.keys(samples[0] ?? {}) as Figure[];
  return Object.fromEntries(names.map((name) => [name, spread(samples.map((sample) => sample[name]))])) as Record<Figure, Spread>;
}

/** The result of one case, or undefined if it was not measured. */
export function find({ coldStarts }: Results, variant: Variant, event: EventName, memoryMb: number): ColdStart | undefined {
  return coldStarts.find((each) => each.variant === variant && each.event === event && each.memoryMb === memoryMb);
}
