import { type Template, type Value, withMetric } from "../../support/template.ts";
import type { Mistake } from "./mistakes.ts";

const alarm = (t: Template, name: string): Value => t.Resources[`${name}Alarm`]?.Properties;
const held = (t: Template, queue: string): Value => alarm(t, `${queue}Day`).Metrics[1].MetricStat;
const set = (name: string, properties: object) => (t: Template) => Object.assign(alarm(t, name), properties);
const ofFunction = "every function has its alarms";
const ofRule = "every rule has its alarms";
const ofQueue = "every queue has its alarms, at once and after a day";
const form = "alarms fire at the first count, after 15 minutes or after a day, and notify the topic";
const chosen = "Alarms chooses between the essential ones, by default, and all";
const reached = "alarms reach a topic, and a warning says when nobody reads it";

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
  {
    name: "an alarm that notifies a topic that may not exist",
    check: form,
    make: set("RedshiftErrors", { AlarmActions: [{ Ref: "AlarmTopic" }] }),
  },
  { name: "a queue without a reminder", check: ofQueue, make: (t) => delete t.Resources["FailedSecurityGroupEventsDayAlarm"] },
  {
    name: "a reminder after two weeks, when the events are gone",
    check: ofQueue,
    make: set("FailedEventsDay", { EvaluationPeriods: 14 * 24 }),
  },
  {
    name: "a reminder by an age that starts again in a dead-letter queue",
    check: ofQueue,
    make: (t) => Object.assign(held(t, "FailedSecurityGroupEvents").Metric, { MetricName: "ApproximateAgeOfOldestMessage" }),
  },
  {
    name: "a reminder that looks once a day",
    check: form,
    make: (t) => {
      Object.assign(held(t, "UndeliveredEvents"), { Period: 86_400 });
      alarm(t, "UndeliveredEventsDay").EvaluationPeriods = 1;
    },
  },
  {
    name: "a reminder that the operator's own reading resets",
    check: form,
    make: (t) => Object.assign(held(t, "FailedEvents"), { Stat: "Minimum" }),
  },
  {
    name: "a reminder that an idle queue forgets",
    check: form,
    make: (t) => Object.assign(alarm(t, "FailedEventsDay").Metrics[0], { Expression: "FILL(visible, 0)" }),
  },
  {
    name: "a reminder without metric math",
    check: form,
    make: (t) => Object.assign(t.Resources["FailedEventsDayAlarm"] as Value, { Properties: withMetric(alarm(t, "FailedEventsDay")) }),
  },
  {
    name: "a full queue that counts as empty once it is idle",
    check: form,
    make: set("FailedEvents", { TreatMissingData: "notBreaching" }),
  },
  { name: "a queue whose alarm never says that it is over", check: form, make: (t) => delete alarm(t, "UndeliveredEvents").OKActions },
  {
    name: "an alarm that also reports each end of an error",
    check: form,
    make: (t) => Object.assign(alarm(t, "RedshiftErrors"), { OKActions: alarm(t, "RedshiftErrors").AlarmActions }),
  },
  {
    name: "a lost event without an essential alarm",
    check: ofRule,
    make: (t) => Object.assign(t.Resources["RedshiftLostAlarm"] as Value, { Condition: "RedshiftAllAlarms" }),
  },
  {
    name: "an alarm of one service with the condition of another",
    check: ofFunction,
    make: (t) => Object.assign(t.Resources["RedshiftErrorsAlarm"] as Value, { Condition: "ElastiCacheAllAlarms" }),
  },
  {
    name: "a choice that changes nothing",
    check: chosen,
    make: (t) => Object.assign(t.Conditions, { AllAlarms: { "Fn::Equals": ["all", "all"] } }),
  },
  { name: "no alarms as a choice", check: chosen, make: (t) => t.Parameters.Alarms.AllowedValues.push("none") },
  { name: "a topic beside the one that is given", check: reached, make: (t) => delete (t.Resources["AlarmTopic"] as Value).Condition },
  {
    name: "mail from a topic that gets no alarms",
    check: reached,
    make: (t) => Object.assign(t.Resources["AlarmMail"]?.Properties, { TopicArn: { Ref: "AlarmTopic" } }),
  },
  { name: "no warning when alarms reach nobody", check: reached, make: (t) => delete t.Outputs.AlarmsReachNobody },
  {
    name: "a warning also when alarms are mailed",
    check: reached,
    make: (t) => Object.assign(t.Conditions, { NobodyAlarmed: { Condition: "OwnTopic" } }),
  },
  {
    name: "a dashboard that nobody asked for",
    check: "the dashboard is there only if it is asked for",
    make: (t) => Object.assign(t.Parameters.Dashboard, { Default: "true" }),
  },
  { name: "an alarm that waits for five periods", check: form, make: set("RedshiftErrors", { EvaluationPeriods: 5 }) },
];
