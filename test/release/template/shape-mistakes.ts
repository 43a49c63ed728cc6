import type { Template, Value } from "../../support/template.ts";
import type { Mistake } from "./mistakes.ts";

const resource = (t: Template, name: string): Value => t.Resources[name];
const set = (name: string, properties: object) => (t: Template) => Object.assign(resource(t, name).Properties, properties);
const add = (name: string, made: object) => (t: Template & { readonly Resources: Record<string, Value> }) =>
  Object.assign(t.Resources, { [name]: made });
const rule = (properties: object) => (t: Template) =>
  Object.assign(resource(t, "RedshiftFunction").Properties.Events.Rule.Properties, properties);
const only = (name: string) => (t: Template) => Object.assign(resource(t, name), { Condition: "AlarmsMailed" });

const read = "it has nothing that no check reads";
const whole = "functions get their events from their rules only, and whole";
const always = "logs, queues and archive exist whatever is switched off";
const outlives = "logs, queues and archive outlive the stack, but not a creation that fails";
const fires = "alarms fire at the first count, after 15 minutes or after a day, and notify the topic";
const anyone = { Effect: "Deny", Principal: "*", Action: "*", Resource: "*" };

/** Additions to template.yaml, and values in the wrong place. */
export const shapeMistakes: readonly Mistake[] = [
  { name: "an alarm that does nothing", check: read, make: set("FailedEventsAlarm", { ActionsEnabled: false }) },
  { name: "an alarm that counts another unit", check: read, make: set("FailedEventsAlarm", { Unit: "Bytes" }) },
  { name: "an alarm that looks once a day", check: fires, make: set("RedshiftErrorsAlarm", { Period: 86_400 }) },
  {
    name: "a function URL without authentication",
    check: read,
    make: set("RedshiftFunction", { FunctionUrlConfig: { AuthType: "NONE" } }),
  },
  {
    name: "a function in a network",
    check: read,
    make: set("RedshiftFunction", { VpcConfig: { SubnetIds: ["subnet-0a"], SecurityGroupIds: [] } }),
  },
  {
    name: "a function with a permissions boundary, which its own role ignores",
    check: read,
    make: set("RedshiftFunction", { PermissionsBoundary: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
  },
  { name: "logs of a class without metrics", check: read, make: set("RedshiftLogs", { LogGroupClass: "INFREQUENT_ACCESS" }) },
  {
    name: "a permission for everyone to invoke",
    check: read,
    make: add("Open", {
      Type: "AWS::Lambda::Permission",
      Properties: {
        Action: "lambda:InvokeFunction",
        FunctionName: { Ref: "RedshiftFunction" },
        Principal: "*",
        SourceAccount: "123456789012",
      },
    }),
  },
  {
    name: "a managed policy for the role",
    check: read,
    make: add("Extra", {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: { Roles: [{ Ref: "RedshiftFunctionRole" }], PolicyDocument: { Statement: [{ ...anyone, Effect: "Allow" }] } },
    }),
  },
  {
    name: "a second topic policy, which denies every publisher",
    check: "alarms and that rule may publish to the stack's topic, and no others",
    make: add("Silence", {
      Type: "AWS::SNS::TopicPolicy",
      Properties: { Topics: [{ Ref: "AlarmTopic" }], PolicyDocument: { Statement: [anyone] } },
    }),
  },
  {
    name: "a policy of the failure queue that denies every sender",
    check: "EventBridge may write to the queues, for this stack's rules only, and all use TLS",
    make: add("Refusal", {
      Type: "AWS::SQS::QueuePolicy",
      Properties: { Queues: [{ Ref: "FailedEvents" }], PolicyDocument: { Statement: [anyone] } },
    }),
  },
  {
    name: "a consumer of the failure queue",
    check: "the function for security groups reads its queue in batches, a few at a time",
    make: add("Consumer", {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: { EventSourceArn: { "Fn::GetAtt": ["FailedEvents", "Arn"] }, FunctionName: { Ref: "RedshiftFunction" } },
    }),
  },
  { name: "a rule that delivers a part of the event", check: whole, make: rule({ InputPath: "$.detail" }) },
  { name: "a rule that delivers another event", check: whole, make: rule({ Input: "{}" }) },
  {
    name: "successes in the failure queue",
    check: "failed events go nowhere else",
    make: (t) =>
      Object.assign(resource(t, "RedshiftFunction").Properties.EventInvokeConfig.DestinationConfig, {
        OnSuccess: { Type: "SQS", Destination: { "Fn::GetAtt": ["FailedEvents", "Arn"] } },
      }),
  },
  { name: "an archive with a condition", check: always, make: only("Archive") },
  { name: "a failure queue with a condition", check: always, make: only("FailedEvents") },
  {
    name: "logs that a switch deletes",
    check: always,
    make: (t) => Object.assign(resource(t, "RedshiftLogs"), { Condition: "RedshiftWatched" }),
  },
  { name: "logs that are deleted with the stack", check: outlives, make: (t) => delete resource(t, "RedshiftLogs").DeletionPolicy },
  {
    name: "a queue that an attempt to create the stack leaves behind",
    check: outlives,
    make: (t) => Object.assign(resource(t, "FailedEvents"), { DeletionPolicy: "Retain" }),
  },
  {
    name: "a queue that its replacement deletes with its events",
    check: outlives,
    make: (t) => delete resource(t, "UndeliveredEvents").UpdateReplacePolicy,
  },
  {
    name: "an archive that is deleted with the stack",
    check: outlives,
    make: (t) => Object.assign(resource(t, "Archive"), { DeletionPolicy: "Delete" }),
  },
  {
    name: "a function that outlives the stack",
    check: read,
    make: (t) => Object.assign(resource(t, "RedshiftFunction"), { DeletionPolicy: "Retain" }),
  },
  {
    name: "the two queues mixed up in the outputs",
    check: "an output has the value that its name states",
    make: ({ Outputs: { FailedEvents, UndeliveredEvents } }) => {
      [FailedEvents.Value, UndeliveredEvents.Value] = [UndeliveredEvents.Value, FailedEvents.Value];
    },
  },
  {
    name: "two rules mixed up in the outputs",
    check: "an output has the value that its name states",
    make: ({ Outputs: { SecurityGroupsRule: a, SecurityGroupsCacheRule: b } }) => {
      [a.Value, b.Value] = [b.Value, a.Value];
    },
  },
  {
    name: "too little memory",
    check: "functions run the same build",
    make: (t) => Object.assign(t.Globals?.Function, { MemorySize: 128 }),
  },
];
