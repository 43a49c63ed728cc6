import { isDeepStrictEqual as same } from "node:util";
import type { Value } from "../../support/template.ts";
import type { Check } from "./check.ts";
import { getAtt, ofType, type Stack } from "./stack.ts";

const wanted = {
  Period: 60,
  EvaluationPeriods: 1,
  ComparisonOperator: "GreaterThanThreshold",
  Threshold: 0,
  TreatMissingData: "notBreaching",
  AlarmActions: [{ Ref: "Alarms" }],
};

const watched = {
  FunctionName: ["AWS/Lambda Errors", "AWS/Lambda Throttles", "AWS/Lambda AsyncEventsDropped", "AWS/Lambda DestinationDeliveryFailures"],
  RuleName: ["AWS/Events FailedInvocations", "AWS/Events InvocationsFailedToBeSentToDlq"],
  QueueName: ["AWS/SQS ApproximateNumberOfMessagesVisible"],
};

/** Checks that an alarm fires for everything that loses or delays an event. */
export const alarmChecks: Readonly<Record<string, Check>> = {
  "every function has its alarms": function* (stack) {
    for (const { name, condition } of stack.functions) yield* missing(stack, "FunctionName", { Ref: name }, condition);
  },

  "every rule has its alarms": function* (stack) {
    for (const { id, condition } of stack.rules) yield* missing(stack, "RuleName", { Ref: id }, condition);
  },

  "every queue has its alarms": function* (stack) {
    for (const [name] of ofType(stack.template, "AWS::SQS::Queue")) yield* missing(stack, "QueueName", getAtt(name, "QueueName"));
  },

  "alarms fire at the first count and notify the topic": function* ({ template }) {
    for (const [name, { Properties: alarm }] of ofType(template, "AWS::CloudWatch::Alarm")) {
      for (const [key, value] of Object.entries(wanted))
        if (!same(alarm[key], value)) yield `${name}: ${key} is ${JSON.stringify(alarm[key])}`;
      const statistic = alarm.Namespace === "AWS/SQS" ? "Maximum" : "Sum";
      if (alarm.Statistic !== statistic) yield `${name}: it counts the ${alarm.Statistic}, not the ${statistic}`;
      if (!alarm.AlarmDescription) yield `${name}: it does not state what has happened`;
    }
  },
};

function* missing({ template }: Stack, dimension: keyof typeof watched, value: Value, condition?: string): Iterable<string> {
  const found = ofType(template, "AWS::CloudWatch::Alarm")
    .filter(([, alarm]) => alarm.Condition === condition && same(alarm.Properties.Dimensions, [{ Name: dimension, Value: value }]))
    .map(([, { Properties: alarm }]) => `${alarm.Namespace} ${alarm.MetricName}`);
  for (const metric of watched[dimension]) if (!found.includes(metric)) yield `${JSON.stringify(value)}: no alarm for ${metric}`;
}
