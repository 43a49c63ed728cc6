import { isDeepStrictEqual as same } from "node:util";
import { type Value, withMetric } from "../../support/template.ts";
import type { Check } from "./check.ts";
import { getAtt, ofType, type Stack, sameSet } from "./stack.ts";

/** The topic that gets every alarm. */
export const topic: Value = { "Fn::If": ["OwnTopic", { Ref: "AlarmTopic" }, { Ref: "AlarmTopicArn" }] };

/** Alarms that exist with `Alarms=all` only: AWS still retries, and an essential alarm fires if that does not help. */
const causes = {
  ofFunction: ["AWS/Lambda Errors", "AWS/Lambda Throttles"],
  ofInvoked: ["AWS/Lambda AsyncEventsDropped"],
  ofReading: ["IngressWarden Failed"],
  ofRule: ["AWS/Events FailedInvocations"],
} as const;
const notKept = "AWS/Lambda DestinationDeliveryFailures";
const lost = "AWS/Events InvocationsFailedToBeSentToDlq";
const oldest = "AWS/SQS ApproximateAgeOfOldestMessage";
const visible = "AWS/SQS ApproximateNumberOfMessagesVisible";
const day = 86_400;

const atOnce = {
  ComparisonOperator: "GreaterThanThreshold",
  Threshold: 0,
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 1,
  TreatMissingData: "notBreaching",
  AlarmActions: [topic],
  OKActions: undefined,
};
// An idle queue has no metrics. For the age, that also means an empty queue.
const ofQueue = { ...atOnce, Statistic: "Maximum", TreatMissingData: "ignore", OKActions: [topic] };
const waiting = { ...ofQueue, Threshold: 900, TreatMissingData: "notBreaching" };
const reminder = { ...ofQueue, Period: 3600, EvaluationPeriods: 24, OKActions: undefined };

/** Checks that an alarm fires for everything that loses or delays an event. */
export const alarmChecks: Readonly<Record<string, Check>> = {
  "every function has its alarms": function* (stack) {
    for (const { name, condition, queue, properties } of stack.functions) {
      const all = queue ? causes.ofFunction : [...causes.ofFunction, ...causes.ofInvoked];
      yield* faults(stack, "FunctionName", { Ref: name }, queue ? [] : [notKept], all, condition);
      // Lambda drops nothing of a queue, and a failed event of a batch is no error of the invocation.
      yield* faults(stack, "service", properties.Environment.Variables.WATCH, [], queue ? causes.ofReading : [], condition);
    }
  },

  "every rule has its alarms": function* (stack) {
    for (const { id, condition } of stack.rules) yield* faults(stack, "RuleName", { Ref: id }, [lost], causes.ofRule, condition);
  },

  "every queue has its alarms, at once and after a day": function* (stack) {
    const read = stack.functions.map(({ queue }) => queue);
    for (const [name] of ofType(stack.template, "AWS::SQS::Queue"))
      yield* faults(stack, "QueueName", getAtt(name, "QueueName"), read.includes(name) ? [oldest] : [visible, `${visible} for ${day} s`]);
  },

  "alarms fire at the first count, after 15 minutes or after a day, and notify the topic": function* ({ template }) {
    for (const [name, { Properties }] of ofType(template, "AWS::CloudWatch::Alarm")) {
      const alarm = withMetric(Properties);
      const { Metrics } = Properties;
      // Whether a queue that holds events is idle after six hours is not clear from AWS's text: then, its last metric counts.
      const math = formOf(alarm) === reminder ? filled(alarm) : undefined;
      if (!same(Metrics, math)) yield `${name}: its metrics are ${JSON.stringify(Metrics)}, not ${JSON.stringify(math)}`;
      for (const [key, value] of Object.entries(formOf(alarm)))
        if (!same(alarm[key], value)) yield `${name}: ${key} is ${JSON.stringify(alarm[key])}`;
      if (!alarm.AlarmDescription) yield `${name}: it does not state what has happened`;
    }
  },

  "Alarms chooses between the essential ones, by default, and all": function* ({ template }) {
    const { AllowedValues, Default } = template.Parameters.Alarms ?? {};
    if (!same(AllowedValues, ["essential", "all"]) || Default !== "essential")
      yield `Alarms is one of ${AllowedValues}, and ${Default} by default`;
    if (!same(template.Conditions.AllAlarms, { "Fn::Equals": [{ Ref: "Alarms" }, "all"] })) yield "AllAlarms does not depend on it";
  },
};

function formOf(alarm: Value): typeof atOnce | typeof ofQueue {
  const metric = metricOf(alarm);
  if (metric === oldest) return waiting;
  if (metric === visible) return ofQueue;
  return metric.startsWith(visible) ? reminder : atOnce;
}

/** The metric math of a reminder. */
function filled({ Namespace, MetricName, Dimensions, Statistic, Period }: Value): Value {
  const MetricStat = { Metric: { Namespace, MetricName, Dimensions }, Stat: Statistic, Period };
  return [
    { Id: "held", Expression: "FILL(visible, REPEAT)" },
    { Id: "visible", ReturnData: false, MetricStat },
  ];
}

/** The metric of an alarm, with how long it must be breached if that is more than a minute. */
function metricOf({ Namespace, MetricName, Period, EvaluationPeriods }: Value): string {
  const seconds = Period * EvaluationPeriods;
  return `${Namespace} ${MetricName}${seconds > 60 ? ` for ${seconds} s` : ""}`;
}

function* faults(
  { template }: Stack,
  dimension: string,
  value: Value,
  essential: readonly string[],
  all: readonly string[] = [],
  condition?: string,
): Iterable<string> {
  const found = ofType(template, "AWS::CloudWatch::Alarm")
    .map(([, { Condition, Properties }]) => ({ Condition, alarm: withMetric(Properties) }))
    .filter(({ alarm }) => same(alarm.Dimensions, [{ Name: dimension, Value: value }]))
    .map(({ Condition, alarm }) => `${metricOf(alarm)}${when(Condition)}`);
  const wanted = [...essential, ...all.map((metric) => `${metric}, only with all`)];
  if (!sameSet(found, wanted))
    yield `${JSON.stringify(value)}: its alarms are for ${found.join("; ") || "nothing"}, not for ${wanted.join("; ")}`;

  function when(name: string | undefined): string {
    if (name === condition) return "";
    const both = { "Fn::And": [{ Condition: condition }, { Condition: "AllAlarms" }] };
    return same(template.Conditions[name ?? ""], both) ? ", only with all" : `, only if ${name}`;
  }
}
