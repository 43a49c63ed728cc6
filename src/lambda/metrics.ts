import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Outcome } from "#outcome/outcome.ts";

/** The CloudWatch namespace of the metrics. Each metric has one dimension, `service`, with a name as in WATCH. */
export const namespace = "IngressWarden";

/**
 * The metric of the milliseconds from eventTime to the end of a revoke. Permitted grants are not measured: they would hide slow
 * revokes.
 */
export const timeToRevoke = "TimeToRevoke";

/** The metric that counts each result. Grants that are out of scope are not counted. */
export const counters: Readonly<Record<Exclude<Outcome["result"], "outOfScope">, string>> = {
  permitted: "Permitted",
  reported: "Reported",
  revoked: "Revoked",
  alreadyGone: "AlreadyGone",
  failed: "Failed",
};

/**
 * Prints the metrics of one invocation to standard output, if there are any.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function measure(service: string, outcomes: readonly Outcome[], judgedInFull: boolean): void {
  const metrics = metricsOf(service, outcomes, judgedInFull);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/** Does the same as `measure` without printing, for priming. */
export function primeMeasure(service: string, outcomes: readonly Outcome[], judgedInFull: boolean): void {
  const metrics = metricsOf(service, outcomes, judgedInFull);
  metrics.serializeMetrics();
  metrics.clearMetrics();
}

const metricsByService = new Map<string, Metrics>();

function metricsOf(service: string, outcomes: readonly Outcome[], judgedInFull: boolean): Metrics {
  // In Powertools, only the service name sets the dimension `service`.
  const metrics = metricsByService.get(service) ?? new Metrics({ namespace, serviceName: service });
  metricsByService.set(service, metrics);
  const count = (result: keyof typeof counters) => metrics.addMetric(counters[result], MetricUnit.Count, 1);
  for (const { result, elapsedMs } of outcomes) {
    if (result !== "outOfScope") count(result);
    // Clocks differ, and CloudWatch computes no percentiles for a metric with negative values.
    if (result === "revoked" && elapsedMs !== undefined) metrics.addMetric(timeToRevoke, MetricUnit.Milliseconds, Math.max(0, elapsedMs));
  }
  if (!judgedInFull) count("failed");
  return metrics;
}
