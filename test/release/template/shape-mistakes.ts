import type { Template, Value } from "../../support/template.ts";
import type { Mistake } from "./mistakes.ts";

const resource = (t: Template, name: string): Value => t.Resources[name];
const set = (name: string, properties: object) => (t: Template) => Object.assign(resource(t, name).Properties, properties);
const add = (name: string, made: object) => (t: Template & { readonly Resources: Record<string, Value> }) =>
  Object.assign(t.Resources, { [name]: made });
const rule = (properties: object) => (t: Template) =>
  Object.assign(resource(t, "RedshiftFunction").Properties.Events.Rule.Properties, properties);
const only = (name: string) => (t: Template) => Object.assign(resource(t, name), { Condition: "AlarmsMailed" });

const read = "nothing stands in it that no check reads";
const whole = "functions are invoked by their rules only, with the whole event";
const always = "what keeps events and rings is there whatever is switched off";
const rings = "alarms go off at the first count and reach the topic";
const anyone = { Effect: "Deny", Principal: "*", Action: "*", Resource: "*" };

/** What is too much in template.yaml, or stands in the wrong place. */
export const shapeMistakes: readonly Mistake[] = [
  { name: "an alarm that does nothing", check: read, make: set("FailedEventsAlarm", { ActionsEnabled: false }) },
  { name: "an alarm that counts another unit", check: read, make: set("FailedEventsAlarm", { Unit: "Bytes" }) },
  { name: "an alarm that looks once a day", check: rings, make: set("RedshiftErrorsAlarm", { Period: 86_400 }) },
  { name: "a URL that anybody may call", check: read, make: set("RedshiftFunction", { FunctionUrlConfig: { AuthType: "NONE" } }) },
  {
    name: "a function in a network",
    check: read,
    make: set("RedshiftFunction", { VpcConfig: { SubnetIds: ["subnet-0a"], SecurityGroupIds: [] } }),
  },
  {
    name: "a role that is bounded",
    check: read,
    make: set("RedshiftFunction", { PermissionsBoundary: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
  },
  { name: "logs of a class without metrics", check: read, make: set("RedshiftLogs", { LogGroupClass: "INFREQUENT_ACCESS" }) },
  {
    name: "somebody else who may invoke",
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
    name: "a policy beside the role",
    check: read,
    make: add("Extra", {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: { Roles: [{ Ref: "RedshiftFunctionRole" }], PolicyDocument: { Statement: [{ ...anyone, Effect: "Allow" }] } },
    }),
  },
  {
    name: "a topic that nobody may publish to",
    check: read,
    make: add("Silence", {
      Type: "AWS::SNS::TopicPolicy",
      Properties: { Topics: [{ Ref: "Alarms" }], PolicyDocument: { Statement: [anyone] } },
    }),
  },
  {
    name: "a queue of failures that refuses them",
    check: read,
    make: add("Refusal", {
      Type: "AWS::SQS::QueuePolicy",
      Properties: { Queues: [{ Ref: "FailedEvents" }], PolicyDocument: { Statement: [anyone] } },
    }),
  },
  {
    name: "a consumer that empties the queue of failures",
    check: read,
    make: add("Consumer", {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: { EventSourceArn: { "Fn::GetAtt": ["FailedEvents", "Arn"] }, FunctionName: { Ref: "RedshiftFunction" } },
    }),
  },
  { name: "a rule that hands over a part", check: whole, make: rule({ InputPath: "$.detail" }) },
  { name: "a rule that hands over something else", check: whole, make: rule({ Input: "{}" }) },
  {
    name: "successes among the failures",
    check: "what fails goes nowhere else",
    make: (t) =>
      Object.assign(t.Globals?.Function.EventInvokeConfig.DestinationConfig, {
        OnSuccess: { Type: "SQS", Destination: { "Fn::GetAtt": ["FailedEvents", "Arn"] } },
      }),
  },
  { name: "an archive for some", check: always, make: only("Archive") },
  { name: "a queue of failures for some", check: always, make: only("FailedEvents") },
  { name: "a topic for some", check: always, make: only("Alarms") },
  {
    name: "the two queues mixed up in the outputs",
    check: "an output is what its name says",
    make: ({ Outputs: { FailedEvents, UndeliveredEvents } }) => {
      [FailedEvents.Value, UndeliveredEvents.Value] = [UndeliveredEvents.Value, FailedEvents.Value];
    },
  },
  {
    name: "two rules mixed up in the outputs",
    check: "an output is what its name says",
    make: ({ Outputs: { SecurityGroupsRule: a, SecurityGroupsCacheRule: b } }) => {
      [a.Value, b.Value] = [b.Value, a.Value];
    },
  },
  {
    name: "too little memory",
    check: "functions run the one build",
    make: (t) => Object.assign(t.Globals?.Function, { MemorySize: 128 }),
  },
];
