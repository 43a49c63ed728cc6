import { beforeAll, describe, expect, test, vi } from "vitest";
import { readTemplate, type Value } from "../support/template.ts";
import { callsMade } from "./calls-made.ts";
import { arnOf, loadSimulation, type Simulate, samples, simulator } from "./simulation.ts";
import { deployed, place } from "./template/deployed.ts";
import { stackOf } from "./template/stack.ts";

// Calls that wait for AWS to catch up do not wait here.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const template = readTemplate();
const account = place["AWS::AccountId"];
const group = (name: string) => `logs log-group:warden-${name}-1A2B3C:log-stream:2026/11/21/[$LATEST]a1`;
const queue = (name: string) => `sqs warden-${name}-1A2B3C`;

/** What Lambda does with each role, on which resource. */
const lambdas: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ElastiCacheFunction: { ...logging("ElastiCacheLogs"), "sqs:SendMessage": [queue("FailedEvents")] },
  RedshiftFunction: { ...logging("RedshiftLogs"), "sqs:SendMessage": [queue("FailedEvents")] },
  SecurityGroupsFunction: {
    ...logging("SecurityGroupsLogs"),
    "sqs:ReceiveMessage": [queue("SecurityGroupEvents")],
    "sqs:DeleteMessage": [queue("SecurityGroupEvents")],
    "sqs:GetQueueAttributes": [queue("SecurityGroupEvents")],
  },
};

/** What no role may do, on resources of its own account. */
const never: Readonly<Record<string, readonly string[]>> = {
  "ec2:AuthorizeSecurityGroupIngress": ["ec2 security-group/sg-0a1b"],
  "elasticache:AuthorizeCacheSecurityGroupIngress": ["elasticache securitygroup:default"],
  "iam:PassRole": [],
  "lambda:UpdateFunctionCode": ["lambda function:warden-RedshiftFunction-1A2B3C"],
  "logs:CreateLogGroup": ["logs log-group:/aws/lambda/another"],
  "logs:PutLogEvents": [group("Another")],
  "redshift:AuthorizeEndpointAccess": [],
  "redshift:AuthorizeSnapshotAccess": ["redshift snapshot:analytics/daily"],
  "sqs:DeleteMessage": [queue("FailedEvents"), queue("UndeliveredEvents")],
  "sqs:ReceiveMessage": [queue("FailedEvents"), "sqs another"],
  "sqs:SendMessage": [queue("SecurityGroupEvents"), queue("UndeliveredEvents"), "sqs another"],
  "ssm:GetParameter": ["ssm parameter/secret"],
};

function logging(name: string): Readonly<Record<string, readonly string[]>> {
  return { "logs:CreateLogStream": [group(name)], "logs:PutLogEvents": [group(name)] };
}

describe.skipIf(simulator === undefined)("by a simulation of IAM", () => {
  let simulate: Simulate;
  let calls: Readonly<Record<string, readonly string[]>>;
  const functions = stackOf(template).functions.map(({ name, properties, statements }) => ({
    name,
    service: properties.Environment.Variables.WATCH as string,
    policy: { Version: "2012-10-17", Statement: deployed(template, [...statements]) },
  }));

  beforeAll(async () => {
    [simulate, calls] = await Promise.all([loadSimulation(), callsMade()]);
  });

  /** Whether a policy permits a call on a resource, `*` or as above, in a Region. */
  function permits(policy: object, action: string, resource = "*", region: string = place["AWS::Region"], owner: string = account) {
    const principal = `arn:aws:sts::${account}:assumed-role/warden/warden`;
    const context = { "aws:RequestedRegion": region };
    return simulate({ action, resource: arnOf(resource, region, owner), owner, principal, context, policy });
  }

  /** What a function's role is for, each call with each of its resources. */
  function needs({ name, service }: (typeof functions)[number]): readonly (readonly [action: string, resource: string])[] {
    const made = (calls[service] ?? []).flatMap((action) => (samples[action] ?? ["*"]).map((resource) => [action, resource] as const));
    const ofLambda = Object.entries(lambdas[name] ?? {}).flatMap(([action, of]) => of.map((resource) => [action, resource] as const));
    return [...made, ...ofLambda];
  }

  test.each(functions)("the role of $name permits what the function and Lambda call", async (one) => {
    const refused: unknown[] = [];
    for (const [action, resource] of needs(one)) if (!(await permits(one.policy, action, resource))) refused.push([action, resource]);

    expect(needs(one).length).toBeGreaterThan(4);
    expect(refused).toEqual([]);
  });

  test.each(functions)("the role of $name permits nothing in another Region, and nothing of another account by its ARN", async (one) => {
    const permitted: unknown[] = [];
    for (const [action, resource] of needs(one)) {
      if (await permits(one.policy, action, resource, "us-east-1")) permitted.push([action, resource, "us-east-1"]);
      const byArn = one.policy.Statement.some(({ Action, Resource }: Value) => [Action].flat().includes(action) && Resource !== "*");
      if (byArn && (await permits(one.policy, action, resource, place["AWS::Region"], "999999999999"))) permitted.push([action, resource]);
    }

    expect(permitted).toEqual([]);
  });

  test.each(functions)(
    "the role of $name permits no call of the other functions, no grant, and no other queue or log group",
    async (one) => {
      const mine = needs(one).map(([action, resource]) => `${action} ${resource}`);
      const foreign = functions.flatMap((other) => needs(other)).filter(([action]) => !calls[one.service]?.includes(action));
      const refusable = Object.entries(never).flatMap(([action, of]) => (of.length > 0 ? of : ["*"]).map((resource) => [action, resource]));
      const permitted: unknown[] = [];
      for (const [action = "", resource] of [...foreign, ...refusable])
        if (!mine.includes(`${action} ${resource}`) && (await permits(one.policy, action, resource))) permitted.push([action, resource]);

      expect(permitted).toEqual([]);
    },
  );
});
