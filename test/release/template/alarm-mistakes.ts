import type { Template, Value } from "../../support/template.ts";
import type { Mistake } from "./mistakes.ts";

const alarm = (t: Template, name: string): Value => t.Resources[`${name}Alarm`]?.Properties;
const set = (name: string, properties: object) => (t: Template) => Object.assign(alarm(t, name), properties);
const ofFunction = "every function has its alarms";
const ofRule = "every rule has its alarms";
const ofQueue = "every queue has its alarms";
const form = "alarms fire at the first count, or after 15 minutes, and notify the topic";

/** Mistakes in the alarms. */
export const alarmMistakes: readonly Mistake[] = [
  { name: "a function without an alarm", check: ofFunction, make: (t) => delete t.Resources["RedshiftNotKeptAlarm"] },
  { name: "no alarm for failed events of the queue", check: ofFunction, make: (t) => delete t.Resources["SecurityGroupsFailedAlarm"] },
  {
    name: "an alarm for failed events of another service",
    check: ofFunction,
    make: (t) => Object.assign(alarm(t, "SecurityGroupsFailed").Dimensions[0], { Value: "redshift" }),
  },
  {
    name: "an alarm for failed events on a dimension that the metrics do not have",
    check: ofFunction,
    make: (t) => Object.assign(alarm(t, "SecurityGroupsFailed").Dimensions[0], { Name: "FunctionName" }),
  },
  {
    name: "an alarm for events that Lambda cannot drop from a queue",
    check: ofFunction,
    make: set("SecurityGroupsFailed", {
      Namespace: "AWS/Lambda",
      MetricName: "AsyncEventsDropped",
      Dimensions: [{ Name: "FunctionName", Value: { Ref: "SecurityGroupsFunction" } }],
    }),
  },
  { name: "a rule without an alarm", check: ofRule, make: (t) => delete t.Resources["SecurityGroupsCacheLostAlarm"] },
  {
    name: "an alarm on a name that no rule has",
    check: ofRule,
    make: (t) => Object.assign(alarm(t, "RedshiftLost").Dimensions[0], { Value: "RedshiftFunctionRule" }),
  },
  { name: "a queue without an alarm", check: ofQueue, make: (t) => delete t.Resources["FailedEventsAlarm"] },
  { name: "a dead-letter queue without an alarm", check: ofQueue, make: (t) => delete t.Resources["FailedSecurityGroupEventsAlarm"] },
  {
    name: "an alarm for every event that waits",
    check: ofQueue,
    make: set("SecurityGroupEvents", { MetricName: "ApproximateNumberOfMessagesVisible", Threshold: 0 }),
  },
  { name: "an alarm when an event has waited for a day", check: form, make: set("SecurityGroupEvents", { Threshold: 86_400 }) },
  { name: "an alarm for more than one event", check: form, make: set("FailedSecurityGroupEvents", { Threshold: 1 }) },
  { name: "an alarm without an action", check: form, make: (t) => delete alarm(t, "RedshiftErrors").AlarmActions },
  { name: "an alarm that waits for five periods", check: form, make: set("RedshiftErrors", { EvaluationPeriods: 5 }) },
];
