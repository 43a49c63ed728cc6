import type { Value } from "../../support/template.ts";
import { type Check, each } from "./check.ts";
import { changes, ofType, type Stack } from "./stack.ts";

/** The types of resources, and the properties of each, that the other checks read or that only describe. */
const common: Readonly<Record<string, readonly string[]>> = {
  "AWS::CloudWatch::Alarm": [
    ...["AlarmActions", "AlarmDescription", "ComparisonOperator", "Dimensions", "EvaluationPeriods", "MetricName"],
    ...["Metrics", "Namespace", "OKActions", "Period", "Statistic", "Threshold", "TreatMissingData"],
  ],
  "AWS::CloudWatch::Dashboard": ["DashboardBody", "DashboardName"],
  "AWS::Events::Archive": ["Description", "EventPattern", "RetentionDays", "SourceArn"],
  "AWS::Events::Rule": ["EventPattern", "Targets"],
  "AWS::IAM::Role": ["AssumeRolePolicyDocument", "PermissionsBoundary", "Policies"],
  "AWS::Lambda::EventSourceMapping": [
    ...["BatchSize", "Enabled", "EventSourceArn", "FunctionName", "FunctionResponseTypes", "MaximumBatchingWindowInSeconds"],
    "ScalingConfig",
  ],
  "AWS::Logs::LogGroup": ["RetentionInDays"],
  "AWS::SNS::Subscription": ["Endpoint", "Protocol", "TopicArn"],
  "AWS::SNS::Topic": [],
  "AWS::SNS::TopicPolicy": ["PolicyDocument", "Topics"],
  "AWS::SQS::Queue": ["MessageRetentionPeriod", "RedrivePolicy", "SqsManagedSseEnabled", "VisibilityTimeout"],
  "AWS::SQS::QueuePolicy": ["PolicyDocument", "Queues"],
};

const written: typeof common = {
  ...common,
  "AWS::Serverless::Function": ["Description", "Environment", "EventInvokeConfig", "Events", "LoggingConfig", "Role"],
};

const translated: typeof common = {
  ...common,
  "AWS::Lambda::EventInvokeConfig": ["DestinationConfig", "FunctionName", "MaximumEventAgeInSeconds", "MaximumRetryAttempts", "Qualifier"],
  "AWS::Lambda::Function": [
    ...["Architectures", "Code", "Description", "Environment", "Handler", "LoggingConfig", "MemorySize", "Role", "Runtime"],
    ...["Tags", "Timeout"],
  ],
  "AWS::Lambda::Permission": ["Action", "FunctionName", "Principal", "SourceArn"],
};

const shared = {
  Function: ["Architectures", "CodeUri", "Environment", "Handler", "LoggingConfig", "MemorySize", "Runtime", "Timeout"],
};

/** What is evidence of what happened. */
const kept = ["AWS::Events::Archive", "AWS::Logs::LogGroup", "AWS::SQS::Queue"];

/** Checks that the stack has nothing else, which could grant access or turn something off. */
export const shapeChecks: Readonly<Record<string, Check>> = {
  "it has nothing that no check reads": function* ({ template }) {
    const known = template.Globals ? written : translated;
    for (const [name, resource] of Object.entries(template.Resources)) {
      // `sam package` writes the Metadata, which do nothing.
      const policies = kept.includes(resource.Type) ? ["DeletionPolicy", "UpdateReplacePolicy"] : [];
      yield* others(name, resource, ["Type", "Condition", "Properties", "Metadata", ...policies]);
      yield* others(name, resource.Properties ?? {}, known[resource.Type] ?? [], resource.Type);
      if (!known[resource.Type]) yield `${name}: there is no ${resource.Type} in it`;
    }
    yield* others("Globals", template.Globals ?? {}, Object.keys(shared));
    yield* others("Globals", template.Globals?.Function ?? {}, shared.Function);
  },

  "functions get their events from their rules only, and whole": function* ({ template, rules, functions }) {
    for (const [name, { Properties: own }] of ofType(template, "AWS::Serverless::Function"))
      for (const rule of Object.values<Value>(own.Events ?? {}))
        yield* others(name, rule.Properties, ["Pattern", "RetryPolicy", "DeadLetterConfig"], "rule");
    for (const [name, { Properties: rule }] of ofType(template, "AWS::Events::Rule"))
      for (const target of rule.Targets)
        if (name !== changes) yield* others(name, target, ["Arn", "Id", "RetryPolicy", "DeadLetterConfig"], "target");
    const permissions = ofType(template, "AWS::Lambda::Permission");
    const invoking = rules.filter(({ queue }) => queue === undefined);
    if (!template.Globals && permissions.length !== invoking.length) yield `${permissions.length} permissions for ${invoking.length} rules`;
    const roles = ofType(template, "AWS::IAM::Role");
    if (roles.length !== functions.length) yield `${roles.length} roles for ${functions.length} functions`;
  },

  "failed events go nowhere else": each(function* ({ name, invokeConfig }) {
    yield* others(name, invokeConfig.DestinationConfig ?? {}, ["OnFailure"]);
  }),

  "logs, queues and archive exist whatever is switched off": function* ({ template }) {
    for (const type of kept)
      for (const [name, { Condition }] of ofType(template, type)) if (Condition) yield `${name}: it is there only if ${Condition}`;
  },

  "logs, queues and archive outlive the stack, but not a creation that fails": function* ({ template }) {
    for (const type of kept)
      for (const [name, { DeletionPolicy, UpdateReplacePolicy }] of ofType(template, type)) {
        // With `Retain`, each attempt to create the stack that fails would leave another empty one.
        if (DeletionPolicy !== "RetainExceptOnCreate") yield `${name}: its DeletionPolicy is ${DeletionPolicy}: write RetainExceptOnCreate`;
        if (UpdateReplacePolicy !== "Retain") yield `${name}: its UpdateReplacePolicy is ${UpdateReplacePolicy}: write Retain`;
      }
  },

  "an output has the value that its name states": function* ({ template }: Stack) {
    for (const [name, { Value: value }] of Object.entries<Value>(template.Outputs)) {
      if (name === "AlarmsReachNobody") continue;
      const named = value.Ref ?? value["Fn::GetAtt"]?.[0] ?? value["Fn::If"]?.[1].Ref;
      const wanted = name === "Dashboard" ? "CloudWatchDashboard" : /^(.+)Rule$/.test(name) ? ruleOf(name) : name;
      if (named !== wanted) yield `${name} is ${named}, not ${wanted}`;
    }
  },
};

/** SAM names a rule after its function and its event: `RedshiftFunctionRule`, `SecurityGroupsFunctionCacheRule`. */
function ruleOf(output: string): string {
  const [, watched, event] = /^(ElastiCache|Redshift|SecurityGroups)(.*)$/.exec(output) ?? [];
  return `${watched}Function${event}`;
}

function* others(name: string, bag: object, known: readonly string[], of = ""): Iterable<string> {
  for (const key of Object.keys(bag)) if (!known.includes(key)) yield `${name}: no check reads ${key}${of && ` of a ${of}`}`;
}
