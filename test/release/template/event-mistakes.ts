import type { Template, Value } from "../../support/template.ts";
import type { Mistake } from "./mistakes.ts";

const redshift = (template: Template): Value => template.Resources["RedshiftFunction"]?.Properties;
const rule = (template: Template): Value => redshift(template).Events.Rule.Properties;
const bus = "rules fire on the default bus";
const pattern = "patterns match the successful calls of one service";
const registered = "patterns name the calls of the registry";
const undelivered = "undelivered events are kept";
const archive = "the archive keeps the events that the rules match";

/** Mistakes in the rules, the archive and the parameters. */
export const eventMistakes: readonly Mistake[] = [
  { name: "Enabled: !If", check: bus, make: (t) => Object.assign(rule(t), { Enabled: { "Fn::If": ["RedshiftWatched", true, false] } }) },
  { name: "another bus", check: bus, make: (t) => Object.assign(rule(t), { EventBusName: "security" }) },
  { name: "a pattern without errorCode", check: pattern, make: (t) => delete rule(t).Pattern.detail.errorCode },
  { name: "a pattern without the source that only AWS can use", check: pattern, make: (t) => delete rule(t).Pattern.source },
  {
    name: "one rule for two services",
    check: pattern,
    make: (t) => rule(t).Pattern.detail.eventSource.push("elasticache.amazonaws.com"),
  },
  { name: "a call that no rule matches", check: registered, make: (t) => rule(t).Pattern.detail.eventName.pop() },
  { name: "a misspelled call", check: registered, make: (t) => rule(t).Pattern.detail.eventName.push("AuthorizeDatashare") },
  {
    name: "a loop: a rule that matches the function's own call",
    check: "no rule matches a call that a function makes",
    make: (t) => rule(t).Pattern.detail.eventName.push("RevokeEndpointAccess"),
  },
  { name: "a rule without its retries", check: "rules retry", make: (t) => delete rule(t).RetryPolicy },
  {
    name: "Type: SQS twice on one queue",
    check: undelivered,
    make: (t) => {
      const sqs = { Type: "SQS", QueueLogicalId: "UndeliveredEvents" };
      rule(t).DeadLetterConfig = sqs;
      (t.Resources["ElastiCacheFunction"] as Value).Properties.Events.Rule.Properties.DeadLetterConfig = sqs;
    },
  },
  { name: "a rule without a dead-letter queue", check: undelivered, make: (t) => delete rule(t).DeadLetterConfig },
  {
    name: "an archive pattern that differs from the rules'",
    check: archive,
    make: (t) => t.Resources["Archive"].Properties.EventPattern.$or[1].detail.eventName.pop(),
  },
  {
    name: "an archive of another bus",
    check: archive,
    make: (t) => Object.assign(t.Resources["Archive"].Properties.SourceArn, { "Fn::Sub": "event-bus/security" }),
  },
  {
    name: "a topic under alias/aws/sns",
    check: "CloudWatch can write to the stack's topic",
    make: (t) => Object.assign(t.Resources["AlarmTopic"], { Properties: { KmsMasterKeyId: "alias/aws/sns" } }),
  },
  {
    name: "a switch that is off",
    check: "each function has a switch",
    make: (t) => Object.assign(t.Parameters.WatchRedshift, { Default: "false" }),
  },
  {
    name: "two functions on one switch",
    check: "each function has a switch",
    make: (t) => Object.assign(t.Resources["RedshiftFunction"], { Condition: "ElastiCacheWatched" }),
  },
  {
    name: "an ARN of one partition",
    check: "no ARN has a fixed partition",
    make: (t) =>
      Object.assign(t.Resources["Archive"].Properties.SourceArn, { "Fn::Sub": "arn:aws:events:eu-west-1:210987654321:event-bus/default" }),
  },
  {
    name: "a rule that no output names",
    check: "the outputs name what an operator needs",
    make: (t) => delete t.Outputs.SecurityGroupsCacheRule,
  },
  {
    name: "a Mode that enforces",
    check: "Mode can only be safer than the policy",
    make: (t) => t.Parameters.Mode.AllowedValues.push("enforce"),
  },
];
