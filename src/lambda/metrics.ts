import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Outcome } from "#outcome/outcome.ts";

/** Where CloudWatch keeps the metrics. Each has one dimension, `service`, as WATCH spells it. */
export const namespace = "IngressWarden";

/** Milliseconds from eventTime to the end of a revoke. Permitted grants are left out, or they would hide slow revokes. */
export const timeToRevoke = "TimeToRevoke";

/** The metric that counts each result. Rules that reach no store are not counted. */
export const counters: Readonly<Record<Exclude<Outcome["result"], "outOfScope">, string>> = {
  permitted: "Permitted",
  reported: "Reported",
  revoked: "Revoked",
  alreadyGone: "AlreadyGone",
  failed: "Failed",
};

/** Prints the metrics of one invocation in CloudWatch's embedded metric format, if there is anything to count. */
export function measure(service: string, outcomes: readonly Outcome[], judgedInFull: boolean): void {
  const metrics = counted(service, outcomes, judgedInFull);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/** Does everything that `measure` does, except printing: for priming. */
export function primeMeasure(service: string, outcomes: readonly Outcome[], judgedInFull: boolean): void {
  const metrics = counted(service, outcomes, judgedInFull);
  metrics.serializeMetrics();
  metrics.clearMetrics();
}

const known = new Map<string, Metrics>();

function counted(service: string, outcomes: readonly Outcome[], judgedInFull: boolean): Metrics {
  // Powertools takes the dimension `service` from the name only.
  const metrics = known.get(service) ?? new Metrics({ namespace, serviceName: service });
  known.set(service, metrics);
  const count = (result: keyof typeof counters) => metrics.addMetric(counters[result], MetricUnit.Count, 1);
  for (const { result, elapsedMs } of outcomes) {
    if (result !== "outOfScope") count(result);
    // Clocks differ, and CloudWatch computes no percentiles of a metric that has negative values.
    if (result === "revoked" && elapsedMs !== undefined) metrics.addMetric(timeToRevoke, MetricUnit.Milliseconds, Math.max(0, elapsedMs));
  }
  if (!judgedInFull) count("failed");
  return metrics;
}
