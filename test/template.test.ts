import { describe, expect, test } from "vitest";
import { type Resource, readTemplate, type Value } from "./helpers/template.ts";

const template = readTemplate();
const shared = template.Globals.Function;
const resources = Object.entries(template.Resources);
const functions = ofType("AWS::Serverless::Function");
const alarms = ofType("AWS::CloudWatch::Alarm");
const rules: (readonly [id: string, rule: Value, condition: string | undefined])[] = functions.flatMap(
  ([name, { Condition, Properties }]) =>
    Object.entries<Value>(Properties.Events).map(([event, rule]) => [`${name}${event}`, rule, Condition] as const),
);
const patterns: Value[] = rules.map(([, rule]) => rule.Properties.Pattern);
const ownArn = /^arn:\$\{AWS::Partition\}:[a-z0-9-]+:\$\{AWS::Region\}:\$\{AWS::AccountId\}:/;
/** Calls that IAM can permit on `*` only. */
const withoutResource = [
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroupRules",
  "ec2:DescribeSecurityGroups",
  "ec2:GetManagedPrefixListEntries",
  "redshift-serverless:ListWorkgroups",
  "redshift:DescribeClusterSecurityGroups",
  "redshift:DescribeClusterSnapshots",
  "redshift:DescribeClusters",
  "redshift:DescribeDataShares",
  "redshift:DescribeEndpointAuthorization",
  "redshift:RevokeEndpointAccess",
];

function ofType(type: string): [name: string, resource: Resource][] {
  return resources.filter(([, resource]) => resource.Type === type);
}

function only(type: string): Resource {
  const found = ofType(type);
  expect(found).toHaveLength(1);
  return found[0]?.[1] as Resource;
}

function resource(name: string): Resource {
  const found = template.Resources[name];
  if (found === undefined) throw new Error(`template.yaml has no ${name}`);
  return found;
}

function getAtt(name: string, attribute = "Arn"): Value {
  return { "Fn::GetAtt": [name, attribute] };
}

function metricsOn(dimension: string, value: Value, condition: string | undefined): string[] {
  const wanted = JSON.stringify([{ Name: dimension, Value: value }]);
  return alarms
    .filter(([, each]) => each.Condition === condition)
    .filter(([, { Properties: each }]) => JSON.stringify(each.Dimensions) === wanted)
    .map(([, { Properties: each }]) => `${each.Namespace} ${each.MetricName}`)
    .sort();
}

test("there is a function to speak of, and each has a switch of its own that is on by default", () => {
  expect(functions.length).toBeGreaterThan(1);
  const switches = functions.map(([, { Condition }]) => template.Conditions[Condition ?? ""]["Fn::Equals"]);
  expect(new Set(switches.map(([parameter]) => parameter.Ref)).size).toBe(functions.length);
  for (const [{ Ref: parameter }, value] of switches) {
    expect(value).toBe("true");
    expect(template.Parameters[parameter]).toMatchObject({ AllowedValues: ["true", "false"], Default: "true" });
  }
});

describe.each(functions)("%s", (name, { Condition, Properties: own }) => {
  const environment = { ...shared.Environment.Variables, ...own.Environment?.Variables };

  test("runs the one build, on Node 24 and arm64, with memory, 60 seconds and Mode said in full", () => {
    expect({ ...shared, ...own }).toMatchObject({
      CodeUri: "dist/",
      Handler: "lambda.handler",
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      MemorySize: expect.any(Number),
      Timeout: 60,
    });
    expect(environment).toEqual({
      MODE: { Ref: "Mode" },
      POWERTOOLS_SERVICE_NAME: "ingress-warden",
      WATCH: expect.stringMatching(/^[a-z0-9-]+$/),
    });
  });

  test("has no reserved concurrency", () => {
    expect({ ...shared, ...own }).not.toHaveProperty("ReservedConcurrentExecutions");
  });

  test("logs JSON at INFO to a log group of its own, kept as long as the parameter says", () => {
    const logging = { ...shared.LoggingConfig, ...own.LoggingConfig };
    expect(logging).toMatchObject({ LogFormat: "JSON", ApplicationLogLevel: "INFO" });
    const group = resource(logging.LogGroup.Ref);
    expect(group).toMatchObject({
      Type: "AWS::Logs::LogGroup",
      Condition,
      Properties: { RetentionInDays: { Ref: "LogRetentionDays" } },
    });
    const groups = functions.map(([, each]) => each.Properties.LoggingConfig.LogGroup.Ref);
    expect(new Set(groups).size).toBe(functions.length);
  });

  test("retries twice within six hours, then hands the event to the queue of failed events", () => {
    expect(own).not.toHaveProperty("EventInvokeConfig");
    expect(shared.EventInvokeConfig).toEqual({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21600,
      DestinationConfig: { OnFailure: { Type: "SQS", Destination: getAtt("FailedEvents") } },
    });
  });

  test("keeps the role that SAM makes, so that it may write to the queue of failed events", () => {
    expect({ ...shared, ...own }).not.toHaveProperty("Role");
  });

  test("may do exactly what its statements name: no wildcard action, in its own partition, Region and account", () => {
    for (const policy of own.Policies) {
      for (const statement of policy.Statement) {
        expect(statement.Effect).toBe("Allow");
        const actions: string[] = [statement.Action].flat();
        for (const action of actions) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
        const wide = [statement.Resource].flat().includes("*");
        if (wide) expect(withoutResource).toEqual(expect.arrayContaining(actions));
        else for (const { "Fn::Sub": arn } of [statement.Resource].flat()) expect(arn).toMatch(ownArn);
      }
    }
  });

  test("sets off an alarm for errors, throttles, and events dropped or not kept", () => {
    expect(metricsOn("FunctionName", { Ref: name }, Condition)).toEqual([
      "AWS/Lambda AsyncEventsDropped",
      "AWS/Lambda DestinationDeliveryFailures",
      "AWS/Lambda Errors",
      "AWS/Lambda Throttles",
    ]);
  });
});

describe.each(rules)("%s", (id, { Type, Properties: rule }, condition) => {
  test("is on the default bus, for successful calls of one service that CloudTrail recorded", () => {
    expect(Type).toBe("EventBridgeRule");
    for (const absent of ["EventBusName", "Enabled", "State"]) expect(rule).not.toHaveProperty(absent);
    expect(rule.Pattern).toEqual({
      source: [expect.stringMatching(/^aws\./)],
      "detail-type": ["AWS API Call via CloudTrail", "Amazon API Call via CloudTrail"],
      detail: {
        eventSource: [rule.Pattern.source[0].replace(/^aws\.(.+)$/, "$1.amazonaws.com")],
        eventName: expect.arrayContaining([expect.any(String)]),
        errorCode: [{ exists: false }],
      },
    });
  });

  test("retries for a day, then hands the event to the queue of undelivered events", () => {
    expect(rule.RetryPolicy).toEqual({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86400 });
    expect(rule.DeadLetterConfig).toEqual({ Arn: getAtt("UndeliveredEvents") });
  });

  test("sets off an alarm for what it cannot deliver, and for what is lost", () => {
    expect(metricsOn("RuleName", { Ref: id }, condition)).toEqual([
      "AWS/Events FailedInvocations",
      "AWS/Events InvocationsFailedToBeSentToDlq",
    ]);
  });
});

test("no ARN takes the partition for granted", () => {
  expect(JSON.stringify(template)).not.toMatch(/arn:(?!\$\{AWS::Partition\})/);
});

describe("the queues", () => {
  test("there are two, each keeps messages for 14 days under keys that EventBridge and Lambda can use", () => {
    const queues = ofType("AWS::SQS::Queue");
    expect(queues.map(([name]) => name).sort()).toEqual(["FailedEvents", "UndeliveredEvents"]);
    for (const [, queue] of queues) {
      expect(queue.Properties).toEqual({ MessageRetentionPeriod: 14 * 24 * 60 * 60, SqsManagedSseEnabled: true });
    }
  });

  test("only this stack's rules may write to the queue of undelivered events, each named by its exact ARN", () => {
    const policy = only("AWS::SQS::QueuePolicy");
    expect(policy.Properties.Queues).toEqual([{ Ref: "UndeliveredEvents" }]);
    expect(policy.Properties.PolicyDocument.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: getAtt("UndeliveredEvents"),
        Condition: {
          ArnEquals: {
            "aws:SourceArn": rules.map(([id, , condition]) => ({ "Fn::If": [condition, getAtt(id), { Ref: "AWS::NoValue" }] })),
          },
        },
      },
    ]);
  });

  test("their policy is left out when every watch is off, as it would name no rule", () => {
    const condition = template.Conditions[only("AWS::SQS::QueuePolicy").Condition ?? ""];
    expect(condition["Fn::Or"]).toEqual(functions.map(([, { Condition }]) => ({ Condition })));
  });

  test.each(["FailedEvents", "UndeliveredEvents"])("a message in %s sets off an alarm", (queue) => {
    expect(metricsOn("QueueName", getAtt(queue, "QueueName"), undefined)).toEqual(["AWS/SQS ApproximateNumberOfMessagesVisible"]);
  });
});

describe("the archive", () => {
  const archive = only("AWS::Events::Archive").Properties;

  test("matches exactly the union of the rules' patterns", () => {
    expect(archive.EventPattern).toEqual({ $or: patterns });
  });

  test("has a pattern that EventBridge still takes: at most 4,096 characters", () => {
    expect(JSON.stringify(archive.EventPattern).length).toBeLessThanOrEqual(4096);
  });

  test("stores the default bus's events for as long as the parameter says", () => {
    expect(archive.SourceArn["Fn::Sub"]).toMatch(/:event-bus\/default$/);
    expect(archive.RetentionDays).toEqual({ Ref: "ArchiveRetentionDays" });
  });
});

describe("alarms", () => {
  test.each(alarms)("%s goes off at the first count, is quiet without data and reaches the topic", (_, resource) => {
    const alarm = resource.Properties;
    expect(alarm).toMatchObject({
      AlarmDescription: expect.any(String),
      Statistic: alarm.Namespace === "AWS/SQS" ? "Maximum" : "Sum",
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 0,
      TreatMissingData: "notBreaching",
      AlarmActions: [{ Ref: "Alarms" }],
    });
  });

  test("are mailed when an address is given, and to nobody without one", () => {
    const { Condition, Properties } = only("AWS::SNS::Subscription");
    expect(Properties).toEqual({ TopicArn: { Ref: "Alarms" }, Protocol: "email", Endpoint: { Ref: "AlarmEmail" } });
    const empty = { "Fn::Equals": [{ Ref: "AlarmEmail" }, ""] };
    expect(template.Conditions[Condition ?? ""]).toEqual({ "Fn::Not": [empty] });
    expect(template.Parameters.AlarmEmail.Default).toBe("");
  });
});

test("Mode is policy or audit, and policy unless told otherwise", () => {
  expect(template.Parameters.Mode).toMatchObject({ AllowedValues: ["policy", "audit"], Default: "policy" });
});

test("the outputs name each function with its rule and log, both queues, the archive and the topic", () => {
  const values = Object.values<Value>(template.Outputs).map(({ Value: value, Condition }) => ({ value, Condition }));
  for (const [name, { Condition, Properties: own }] of functions) {
    const fed = rules.map(([id]) => id).filter((id) => id.startsWith(name));
    for (const value of [{ Ref: name }, ...fed.map((id) => getAtt(id)), own.LoggingConfig.LogGroup]) {
      expect(values).toContainEqual({ value, Condition });
    }
  }
  for (const value of [{ Ref: "FailedEvents" }, { Ref: "UndeliveredEvents" }, getAtt("Archive"), { Ref: "Alarms" }]) {
    expect(values).toContainEqual({ value, Condition: undefined });
  }
});
