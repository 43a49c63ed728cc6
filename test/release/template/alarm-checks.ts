import { isDeepStrictEqual as same } from "node:util";
import type { Value } from "../../support/template.ts";
import type { Check } from "./check.ts";
import { getAtt, ofType, type Stack, sameSet } from "./stack.ts";

const wanted = {
  Period: 60,
  EvaluationPeriods: 1,
  ComparisonOperator: "GreaterThanThreshold",
  TreatMissingData: "notBreaching",
  AlarmActions: [{ Ref: "Alarms" }],
};

/** The metrics of a function that its rules invoke. */
const invoked = ["AWS/Lambda Errors", "AWS/Lambda Throttles", "AWS/Lambda AsyncEventsDropped", "AWS/Lambda DestinationDeliveryFailures"];
/** Those of a function that reads a queue: Lambda drops nothing there, and a failed event is no error of the invocation. */
const reading = ["AWS/Lambda Errors", "AWS/Lambda Throttles"];
const ofRule = ["AWS/Events FailedInvocations", "AWS/Events InvocationsFailedToBeSentToDlq"];
/** In seconds. Any other metric is one that must be zero. */
const oldest = { metric: "AWS/SQS ApproximateAgeOfOldestMessage", limit: 900 };

/** Checks that an alarm fires for everything that loses or delays an event. */
export const alarmChecks: Readonly<Record<string, Check>> = {
  "every function has its alarms": function* (stack) {
    for (const { name, condition, queue, properties } of stack.functions) {
      yield* faults(stack, "FunctionName", { Ref: name }, queue ? reading : invoked, condition);
      yield* faults(stack, "service", properties.Environment.Variables.WATCH, queue ? ["IngressWarden Failed"] : [], condition);
    }
  },

  "every rule has its alarms": function* (stack) {
    for (const { id, condition } of stack.rules) yield* faults(stack, "RuleName", { Ref: id }, ofRule, condition);
  },

  "every queue has its alarms": function* (stack) {
    const read = stack.functions.map(({ queue }) => queue);
    for (const [name] of ofType(stack.template, "AWS::SQS::Queue")) {
      const metric = read.includes(name) ? oldest.metric : "AWS/SQS ApproximateNumberOfMessagesVisible";
      yield* faults(stack, "QueueName", getAtt(name, "QueueName"), [metric]);
    }
  },

  "alarms fire at the first count, or after 15 minutes, and notify the topic": function* ({ template }) {
    for (const [name, { Properties: alarm }] of ofType(template, "AWS::CloudWatch::Alarm")) {
      for (const [key, value] of Object.entries(wanted))
        if (!same(alarm[key], value)) yield `${name}: ${key} is ${JSON.stringify(alarm[key])}`;
      const limit = `${alarm.Namespace} ${alarm.MetricName}` === oldest.metric ? oldest.limit : 0;
      if (alarm.Threshold !== limit) yield `${name}: it fires above ${alarm.Threshold}, not above ${limit}`;
      const statistic = alarm.Namespace === "AWS/SQS" ? "Maximum" : "Sum";
      if (alarm.Statistic !== statistic) yield `${name}: it counts the ${alarm.Statistic}, not the ${statistic}`;
      if (!alarm.AlarmDescription) yield `${name}: it does not state what has happened`;
    }
  },
};

function* faults({ template }: Stack, dimension: string, value: Value, wanted: readonly string[], condition?: string): Iterable<string> {
  const found = ofType(template, "AWS::CloudWatch::Alarm")
    .filter(([, alarm]) => alarm.Condition === condition && same(alarm.Properties.Dimensions, [{ Name: dimension, Value: value }]))
    .map(([, { Properties: alarm }]) => `${alarm.Namespace} ${alarm.MetricName}`);
  if (!sameSet(found, wanted))
    yield `${JSON.stringify(value)}: its alarms are for ${found.join(", ") || "nothing"}, not for ${wanted.join(", ")}`;
}
