import { isDeepStrictEqual as same } from "node:util";
import { consistency } from "#aws/consistency.ts";
import type { Template, Value } from "../../support/template.ts";
import { type Check, each } from "./check.ts";
import { reads, sendsToFailedEvents } from "./function-checks.ts";
import { getAtt, ofType, type Stack, type StackRule, sameSet } from "./stack.ts";

/** What Lambda does with the queue of the function that reads one. */
const mapping = {
  FunctionName: { Ref: "SecurityGroupsFunction" },
  EventSourceArn: getAtt("SecurityGroupEvents"),
  Enabled: { Ref: "ReadSecurityGroupEvents" },
  // Without it, one event that fails returns the whole batch to the queue.
  FunctionResponseTypes: ["ReportBatchItemFailures"],
  BatchSize: 100,
  MaximumBatchingWindowInSeconds: 1,
  ScalingConfig: { MaximumConcurrency: 2 },
};

/** Where each queue's messages go that were received too often. */
const deadLetters: Readonly<Record<string, string | undefined>> = {
  FailedEvents: undefined,
  FailedSecurityGroupEvents: undefined,
  SecurityGroupEvents: "FailedSecurityGroupEvents",
  UndeliveredEvents: undefined,
};

/** Requirements of the queues, and of the function that reads one. */
export const queueChecks: Readonly<Record<string, Check>> = {
  "the function for security groups reads its queue in batches, a few at a time": function* ({ template, functions }) {
    const [[, found] = [], ...others] = ofType(template, "AWS::Lambda::EventSourceMapping");
    if (found === undefined || others.length > 0) return yield `there are ${others.length + (found ? 1 : 0)} mappings, not one`;
    for (const key of new Set([...Object.keys(mapping), ...Object.keys(found.Properties)]))
      if (!same(found.Properties[key], mapping[key as keyof typeof mapping])) yield `${key} is ${JSON.stringify(found.Properties[key])}`;
    if (found.Condition !== functions.find(({ name }) => name === mapping.FunctionName.Ref)?.condition)
      yield "it does not have the condition of its function";
    const { AllowedValues, Default } = template.Parameters.ReadSecurityGroupEvents ?? {};
    if (Default !== "true" || !same(AllowedValues, ["true", "false"])) yield "its switch is not on unless turned off";
  },

  "a function with a queue gets its events from there only, and has no settings for asynchronous invocations": each(function* (
    { name, properties, queue, invokeConfig, statements },
    { rules },
  ) {
    const watchesGroups = properties.Environment.Variables.WATCH === "ec2";
    if (watchesGroups !== (queue !== undefined)) yield `it reads ${queue ?? "no queue"}`;
    for (const rule of rules.filter(({ functionName }) => functionName === name))
      if (rule.queue !== queue) yield `${rule.id} delivers to ${rule.queue ?? "the function"}, not to ${queue ?? "the function"}`;
    if (queue === undefined) return;
    if (!statements.some((statement) => same(statement, reads(queue)))) yield `Lambda may not read ${queue} with its role`;
    if (statements.some((statement) => same(statement, sendsToFailedEvents)) || Object.keys(invokeConfig).length > 0)
      yield "it has an EventInvokeConfig, which does nothing for events of a queue";
  }),

  "a failed event is tried again when AWS's lists can have caught up, and then kept": function* ({ template, functions }) {
    for (const { name, queue, properties } of functions) {
      if (!queue) continue;
      const { VisibilityTimeout = 30, RedrivePolicy = {} } = template.Resources[queue]?.Properties ?? {};
      const tries = RedrivePolicy.maxReceiveCount ?? 0;
      const pause = VisibilityTimeout * 1000;
      if (VisibilityTimeout < properties.Timeout + mapping.MaximumBatchingWindowInSeconds) yield `${name}: a batch returns while it runs`;
      if (pause <= consistency.retried) yield `${name}: it tries again after ${pause} ms, when a rule can still be unlisted`;
      if (pause * 2 >= consistency.settled) yield `${name}: its third try comes when AWS's lists have long caught up`;
      if (tries !== 10 || pause * (tries - 1) <= consistency.settled) yield `${name}: it tries ${tries} times: write 10`;
    }
  },

  "EventBridge may write to the queues, for this stack's rules only, and all use TLS": function* (stack) {
    const { template, rules } = stack;
    const groups = "SecurityGroupEvents";
    const named = ({ id, condition }: StackRule) => ({ "Fn::If": [condition, getAtt(id), { Ref: "AWS::NoValue" }] });
    yield* policyFaults(stack, "UndeliveredEvents", rules.map(named), (condition) => {
      const switches = [...new Set(rules.map((rule) => rule.condition))].map((Condition) => ({ Condition }));
      return sameSet(template.Conditions[condition]?.["Fn::Or"] ?? [], switches);
    });
    const ofGroups = rules.filter(({ queue }) => queue === groups);
    const arns = ofGroups.map(({ id }) => getAtt(id));
    yield* policyFaults(stack, groups, arns, (condition) => ofGroups.every((rule) => rule.condition === condition));
    if (ofType(template, "AWS::SQS::QueuePolicy").length > 2) yield "there is a third policy: of those of one queue the last one wins";
  },

  "the queues keep 14 days under a key that AWS's services can use": function* ({ template }) {
    const queues = ofType(template, "AWS::SQS::Queue");
    if (
      !sameSet(
        queues.map(([name]) => name),
        Object.keys(deadLetters),
      )
    )
      yield `the queues are ${queues.map(([name]) => name)}`;
    for (const [name, { Properties: queue = {} }] of queues) yield* keepingFaults(name, queue, template);
  },
};

function* keepingFaults(name: string, queue: Value, { Resources }: Template): Iterable<string> {
  const { MessageRetentionPeriod: seconds, SqsManagedSseEnabled: managed, VisibilityTimeout, RedrivePolicy, ...rest } = queue;
  if (seconds !== 14 * 24 * 60 * 60) yield `${name}: it keeps messages for ${seconds} s`;
  // EventBridge and Lambda would each need a grant on a key of one's own, and can never use alias/aws/sqs.
  if (managed !== true || "KmsMasterKeyId" in rest) yield `${name}: it is not encrypted by SQS's own key`;
  if (Object.keys(rest).length > 0) yield `${name}: it has ${Object.keys(rest)}`;
  const target = deadLetters[name];
  if (!same(RedrivePolicy?.deadLetterTargetArn, target && getAtt(target))) yield `${name}: its dead letters do not go to ${target}`;
  // SQS counts from when a message was first sent, so it would delete at once what is older.
  if (target && Resources[target]?.Properties.MessageRetentionPeriod < seconds) yield `${target}: it keeps messages for less than ${name}`;
  if (!target && VisibilityTimeout !== undefined) yield `${name}: no function reads it, but it has a visibility timeout`;
}

function* policyFaults(
  { template }: Stack,
  queue: string,
  arns: readonly Value[],
  isCondition: (condition: string) => boolean,
): Iterable<string> {
  const policies = ofType(template, "AWS::SQS::QueuePolicy").map(([, policy]) => policy);
  const [policy, ...others] = policies.filter(({ Properties }) => same(Properties.Queues, [{ Ref: queue }]));
  if (policy === undefined) return yield `${queue}: it has no policy of its own, so its events are lost`;
  if (others.length > 0) yield `${queue}: it has several policies, of which the last one wins`;
  const [{ Condition: condition, ...allow }, ...more] = policy.Properties.PolicyDocument.Statement;
  const from = { Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage", Resource: getAtt(queue) };
  if (!same(allow, { Effect: "Allow", ...from })) yield `${queue}: its policy does not begin by permitting EventBridge to write`;
  if (!same(Object.keys(condition ?? {}), ["ArnEquals"]) || !sameSet(condition.ArnEquals["aws:SourceArn"] ?? [], arns))
    yield `${queue}: its policy is for ${JSON.stringify(condition)}, not for each rule by its ARN`;
  const withoutTls = { Bool: { "aws:SecureTransport": "false" } };
  const deny = { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: getAtt(queue), Condition: withoutTls };
  if (!same(more, [deny])) yield `${queue}: its policy does more, or less, than to deny requests without TLS`;
  if (!isCondition(policy.Condition ?? "")) yield `${queue}: its policy does not exist exactly when a rule does`;
}
