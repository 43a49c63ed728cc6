import { expect } from "vitest";

/** A line of JSON that the function printed. */
export type Line = Readonly<Record<string, unknown>>;

/** True for a line that CloudWatch makes metrics of. */
export function isMetrics(line: Line): boolean {
  return "_aws" in line;
}

/** The whole of the line that CloudWatch makes these metrics of, in this order; it holds nothing else. */
export function metricsLine(service: string, values: Readonly<Record<string, unknown>>): Line {
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: Name === "TimeToRevoke" ? "Milliseconds" : "Count" }));
  return {
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [{ Namespace: "IngressWarden", Dimensions: [["service"]], Metrics }],
    },
    service,
    ...values,
  };
}
