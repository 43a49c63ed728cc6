import type { Template, Value } from "../../support/template.ts";
import type { Mistake } from "./mistakes.ts";

const properties = (t: Template, name: string): Value => t.Resources[name]?.Properties;
const set = (name: string, values: object) => (t: Template) => Object.assign(properties(t, name), values);
const unset = (name: string, key: string) => (t: Template) => delete properties(t, name)[key];
const read = (values: object) => set("SecurityGroupEventsMapping", values);
const allow = (t: Template, queue: string): Value => properties(t, `${queue}Policy`).PolicyDocument.Statement[0];
const groups = (t: Template): Value => properties(t, "SecurityGroupsFunction");
const reading = (t: Template): Value => properties(t, "SecurityGroupsFunctionRole").Policies[0].PolicyDocument.Statement.at(-1);

const batches = "the function for security groups reads its queue in batches, a few at a time";
const only = "a function with a queue gets its events from there only, and has no settings for asynchronous invocations";
const again = "a failed event is tried again when AWS's lists can have caught up, and then kept";
const policy = "EventBridge may write to the queues, for this stack's rules only, and all use TLS";
const queues = "the queues keep 14 days under a key that AWS's services can use";
const calls = "roles permit the calls of their functions and no others";

/** Mistakes in the queues, in who may write to them, and in the function that reads one. */
export const queueMistakes: readonly Mistake[] = [
  { name: "a batch that fails as a whole", check: batches, make: unset("SecurityGroupEventsMapping", "FunctionResponseTypes") },
  { name: "no maximum concurrency", check: batches, make: unset("SecurityGroupEventsMapping", "ScalingConfig") },
  { name: "a maximum concurrency that a flood uses up", check: batches, make: read({ ScalingConfig: { MaximumConcurrency: 1000 } }) },
  { name: "large batches without a window", check: batches, make: read({ MaximumBatchingWindowInSeconds: 0 }) },
  { name: "events one by one", check: batches, make: read({ BatchSize: 1 }) },
  { name: "a mapping that is always on", check: batches, make: read({ Enabled: true }) },
  { name: "a mapping that is always off", check: batches, make: read({ Enabled: false }) },
  {
    name: "a switch of the mapping that is off",
    check: batches,
    make: (t) => Object.assign(t.Parameters.ReadSecurityGroupEvents, { Default: "false" }),
  },
  {
    name: "a filter that drops events",
    check: batches,
    make: read({ FilterCriteria: { Filters: [{ Pattern: '{"body":{"source":["aws.ec2"]}}' }] } }),
  },
  {
    name: "a mapping to another queue",
    check: batches,
    make: read({ EventSourceArn: { "Fn::GetAtt": ["FailedSecurityGroupEvents", "Arn"] } }),
  },
  { name: "a mapping to another function", check: batches, make: read({ FunctionName: { Ref: "RedshiftFunction" } }) },
  {
    name: "a mapping without the condition of its function",
    check: batches,
    make: (t) => delete t.Resources["SecurityGroupEventsMapping"].Condition,
  },
  { name: "a deleted mapping", check: batches, make: (t) => delete t.Resources["SecurityGroupEventsMapping"] },
  {
    name: "a rule that invokes the function beside the queue",
    check: only,
    make: (t) =>
      Object.assign(properties(t, "SecurityGroupsFunctionCacheRule").Targets[0], {
        Arn: { "Fn::GetAtt": ["SecurityGroupsFunction", "Arn"] },
      }),
  },
  {
    name: "a rule that delivers to the dead-letter queue",
    check: "rules fire on the default bus",
    make: (t) =>
      Object.assign(properties(t, "SecurityGroupsFunctionCacheRule").Targets[0], {
        Arn: { "Fn::GetAtt": ["FailedSecurityGroupEvents", "Arn"] },
      }),
  },
  {
    name: "a failure queue that the function with a queue never uses",
    check: only,
    make: (t) => Object.assign(groups(t), { EventInvokeConfig: properties(t, "RedshiftFunction").EventInvokeConfig }),
  },
  { name: "a role that may not delete what it handled", check: only, make: (t) => reading(t).Action.splice(1, 1) },
  { name: "a role for every queue", check: calls, make: (t) => Object.assign(reading(t), { Resource: "*" }) },
  { name: "a role that may also send", check: calls, make: (t) => reading(t).Action.push("sqs:SendMessage") },
  { name: "a visibility timeout below the function's", check: again, make: set("SecurityGroupEvents", { VisibilityTimeout: 59 }) },
  {
    name: "a visibility timeout that has no room for the window",
    check: again,
    make: set("SecurityGroupEvents", { VisibilityTimeout: 60 }),
  },
  { name: "the default visibility timeout", check: again, make: unset("SecurityGroupEvents", "VisibilityTimeout") },
  { name: "a retry that comes too late to help", check: again, make: set("SecurityGroupEvents", { VisibilityTimeout: 360 }) },
  {
    name: "a dead letter at the third try",
    check: again,
    make: (t) => Object.assign(properties(t, "SecurityGroupEvents").RedrivePolicy, { maxReceiveCount: 3 }),
  },
  { name: "no redrive policy", check: queues, make: unset("SecurityGroupEvents", "RedrivePolicy") },
  {
    name: "dead letters among those of other functions",
    check: queues,
    make: (t) =>
      Object.assign(properties(t, "SecurityGroupEvents").RedrivePolicy, { deadLetterTargetArn: { "Fn::GetAtt": ["FailedEvents", "Arn"] } }),
  },
  {
    name: "a dead-letter queue that keeps less than its source",
    check: queues,
    make: set("FailedSecurityGroupEvents", { MessageRetentionPeriod: 345_600 }),
  },
  {
    name: "KMS without events.amazonaws.com",
    check: queues,
    make: (t) => {
      delete properties(t, "UndeliveredEvents").SqsManagedSseEnabled;
      properties(t, "UndeliveredEvents").KmsMasterKeyId = { Ref: "Key" };
    },
  },
  { name: "alias/aws/sqs", check: queues, make: set("UndeliveredEvents", { KmsMasterKeyId: "alias/aws/sqs" }) },
  { name: "alias/aws/sqs where rules deliver", check: queues, make: set("SecurityGroupEvents", { KmsMasterKeyId: "alias/aws/sqs" }) },
  { name: "a queue without a retention period", check: queues, make: unset("UndeliveredEvents", "MessageRetentionPeriod") },
  { name: "a deleted queue policy", check: policy, make: (t) => delete t.Resources["UndeliveredEventsPolicy"] },
  { name: "a queue to which no rule may deliver", check: policy, make: (t) => delete t.Resources["SecurityGroupEventsPolicy"] },
  {
    name: "one queue policy for two queues",
    check: policy,
    make: (t) => properties(t, "SecurityGroupEventsPolicy").Queues.push({ Ref: "UndeliveredEvents" }),
  },
  {
    name: "a queue policy that forgets a rule",
    check: policy,
    make: (t) => allow(t, "UndeliveredEvents").Condition.ArnEquals["aws:SourceArn"].pop(),
  },
  {
    name: "a rule that may not deliver",
    check: policy,
    make: (t) => allow(t, "SecurityGroupEvents").Condition.ArnEquals["aws:SourceArn"].pop(),
  },
  { name: "a queue policy for every account's rules", check: policy, make: (t) => delete allow(t, "SecurityGroupEvents").Condition },
  { name: "a queue policy for any sender", check: policy, make: (t) => Object.assign(allow(t, "SecurityGroupEvents"), { Principal: "*" }) },
  {
    name: "a queue without TLS",
    check: policy,
    make: (t) => properties(t, "SecurityGroupEventsPolicy").PolicyDocument.Statement.pop(),
  },
  {
    name: "a queue policy with the condition of one watch",
    check: policy,
    make: (t) => Object.assign(t.Resources["UndeliveredEventsPolicy"], { Condition: "RedshiftWatched" }),
  },
  {
    name: "a queue policy with the condition of another watch",
    check: policy,
    make: (t) => Object.assign(t.Resources["SecurityGroupEventsPolicy"], { Condition: "RedshiftWatched" }),
  },
  {
    name: "an event source mapping that no output names",
    check: "the outputs name what an operator needs",
    make: (t) => delete t.Outputs.SecurityGroupEventsMapping,
  },
];
