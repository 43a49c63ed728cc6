import { isDeepStrictEqual as same } from "node:util";
import type { Value } from "../../support/template.ts";
import type { Check } from "./check.ts";
import { getAtt, ofType, type StackRule } from "./stack.ts";

/** Requirements of the way from an event to a function, and of the queues and the archive. */
export const eventChecks: Readonly<Record<string, Check>> = {
  "rules fire on the default bus": function* ({ rules }) {
    for (const { id, switches, mayInvoke } of rules) {
      for (const key of switches) yield `${id}: ${key} is set; a function's Condition is its switch`;
      if (!mayInvoke) yield `${id}: it may not invoke its function`;
    }
  },

  "patterns match the successful calls of one service": function* ({ rules }) {
    for (const { id, pattern } of rules) {
      const [service] = pattern.detail?.eventSource ?? [];
      const wanted = {
        source: [`aws.${String(service).split(".")[0]}`],
        "detail-type": ["AWS API Call via CloudTrail", "Amazon API Call via CloudTrail"],
        detail: { eventSource: [service], eventName: pattern.detail?.eventName, errorCode: [{ exists: false }] },
      };
      if (!same(pattern, wanted)) yield `${id}: its pattern is ${JSON.stringify(pattern)}, not ${JSON.stringify(wanted)}`;
    }
  },

  "patterns name the calls of the registry": function* ({ rules, functions }, { registry }) {
    const pair = ({ eventSource, eventName }: { eventSource: string; eventName: string }) => `${eventName} of ${eventSource}`;
    for (const { name, properties } of functions) {
      const named = rules
        .filter(({ functionName }) => functionName === name)
        .flatMap(pairsOf)
        .map(pair);
      const wanted = registry.filter(({ service }) => service === properties.Environment.Variables.WATCH).map(pair);
      for (const each of wanted) if (!named.includes(each)) yield `${name}: no rule matches ${each}`;
      for (const each of named) if (!wanted.includes(each)) yield `${name}: a rule matches ${each}, which it does not watch`;
      if (new Set(named).size < named.length) yield `${name}: its rules match a call twice`;
    }
    const watched = functions.map(({ properties }) => properties.Environment.Variables.WATCH);
    const services = [...new Set(registry.map(({ service }) => service))];
    if (!same(watched.sort(), services.sort())) yield `functions watch ${watched}, the registry has ${services}`;
  },

  "no rule matches a call that a function makes": function* ({ rules, functions }, { calls }) {
    const granted = functions.flatMap(({ statements }) => statements.flatMap(({ Action }) => Action));
    const made = [...granted, ...Object.values(calls).flat()].map((call: string) => call.split(":")[1]);
    for (const { id, pattern } of rules)
      for (const name of pattern.detail.eventName) if (made.includes(name)) yield `${id}: it matches ${name}, which a function calls`;
  },

  "rules retry": function* ({ rules }) {
    const wanted = { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 };
    for (const { id, retryPolicy } of rules) if (!same(retryPolicy, wanted)) yield `${id}: it retries ${JSON.stringify(retryPolicy)}`;
  },

  "undelivered events are kept": function* ({ rules }) {
    // `Type: SQS` would make SAM write a policy for each rule, of which the last one wins.
    const wanted = { Arn: getAtt("UndeliveredEvents") };
    for (const { id, deadLetterConfig } of rules)
      if (!same(deadLetterConfig, wanted)) yield `${id}: undelivered events go to ${JSON.stringify(deadLetterConfig)}`;
  },

  "EventBridge may write to the queue, for this stack's rules only": function* ({ template, rules }) {
    const [[, policy] = [], ...others] = ofType(template, "AWS::SQS::QueuePolicy");
    if (policy === undefined) return yield "there is no queue policy: undelivered events are lost";
    if (others.length > 0) yield "there are several queue policies: of those of one queue the last one wins";
    const { Queues, PolicyDocument } = policy.Properties;
    const [{ Condition: condition, ...statement }, ...more] = PolicyDocument.Statement;
    const wanted = {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: getAtt("UndeliveredEvents"),
    };
    if (!same(Queues, [{ Ref: "UndeliveredEvents" }]) || more.length > 0 || !same(statement, wanted))
      yield "it is not one statement that permits EventBridge to write to UndeliveredEvents";
    const arns = condition?.ArnEquals?.["aws:SourceArn"] ?? [];
    const ofRule = ({ id, condition }: StackRule) => ({ "Fn::If": [condition, getAtt(id), { Ref: "AWS::NoValue" }] });
    if (!same(Object.keys(condition ?? {}), ["ArnEquals"]) || !sameSet(arns, rules.map(ofRule)))
      yield `it is for ${JSON.stringify(condition)}, not for each rule by its ARN`;
    const switches = [...new Set(rules.map((rule) => rule.condition))].map((Condition) => ({ Condition }));
    if (!sameSet(template.Conditions[policy.Condition ?? ""]?.["Fn::Or"] ?? [], switches))
      yield "it has no condition for when every watch is off and it would name no rule";
  },

  "the queues keep 14 days under a key that AWS's services can use": function* ({ template }) {
    const queues = ofType(template, "AWS::SQS::Queue");
    if (!same(queues.map(([name]) => name).sort(), ["FailedEvents", "UndeliveredEvents"]))
      yield `the queues are ${queues.map(([name]) => name)}`;
    for (const [name, { Properties: queue = {} }] of queues) {
      const { MessageRetentionPeriod: seconds, SqsManagedSseEnabled: managed, ...rest } = queue;
      if (seconds !== 14 * 24 * 60 * 60) yield `${name}: it keeps messages for ${seconds} s`;
      // EventBridge and Lambda would each need a grant on a key of one's own, and can never use alias/aws/sqs.
      if (managed !== true || "KmsMasterKeyId" in rest) yield `${name}: it is not encrypted by SQS's own key`;
      if (Object.keys(rest).length > 0) yield `${name}: it has ${Object.keys(rest)}`;
    }
  },

  "the archive keeps the events that the rules match": function* ({ template, rules }) {
    const [[, archive] = [], ...others] = ofType(template, "AWS::Events::Archive");
    if (archive === undefined || others.length > 0) return yield "there is not one archive";
    const { EventPattern, SourceArn, RetentionDays } = archive.Properties;
    const patterns = rules.map(({ pattern }) => pattern);
    if (!same(Object.keys(EventPattern), ["$or"]) || !sameSet(EventPattern.$or, patterns))
      yield "its pattern is not the union of the rules'";
    if (JSON.stringify(EventPattern).length > 4096) yield "its pattern has more than 4,096 characters";
    if (!SourceArn["Fn::Sub"]?.endsWith(":event-bus/default")) yield "it is not of the default bus";
    if (!same(RetentionDays, { Ref: "ArchiveRetentionDays" })) yield "it does not keep events for ArchiveRetentionDays";
  },
};

function pairsOf({ pattern }: StackRule): { eventSource: string; eventName: string }[] {
  const [eventSource] = pattern.detail.eventSource;
  return pattern.detail.eventName.map((eventName: string) => ({ eventSource, eventName }));
}

function sameSet(a: readonly Value[], b: readonly Value[]): boolean {
  const texts = (values: readonly Value[]) => values.map((value) => JSON.stringify(value)).sort();
  return same(texts(a), texts(b));
}
