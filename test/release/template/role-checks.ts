import { isDeepStrictEqual as same } from "node:util";
import type { Value } from "../../support/template.ts";
import { type Check, each } from "./check.ts";
import { reads, sendsToFailedEvents, writesLogs } from "./function-checks.ts";
import type { StackFunction } from "./stack.ts";

/** Calls that IAM can permit on `*` only, or that must also read resources of AWS or of another account. */
export const withoutResource: readonly string[] = [
  "ec2:DescribeManagedPrefixLists",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeRegions",
  "ec2:DescribeVpcEndpoints",
  "ec2:DescribeSecurityGroupRules",
  "ec2:DescribeSecurityGroups",
  "ec2:GetManagedPrefixListEntries",
  "redshift-serverless:GetResourcePolicy",
  "redshift-serverless:ListEndpointAccess",
  "redshift-serverless:ListSnapshots",
  "redshift-serverless:ListWorkgroups",
  "redshift:DescribeClusterSecurityGroups",
  "redshift:DescribeClusterSnapshots",
  "redshift:DescribeClusters",
  "redshift:DescribeDataShares",
  "redshift:DescribeEndpointAccess",
  "redshift:DescribeEndpointAuthorization",
  "redshift:RevokeEndpointAccess",
];

/** The resources of the other calls, as the service and the end of an ARN. */
export const resources: Readonly<Record<string, readonly string[]>> = {
  "ec2:RevokeSecurityGroupIngress": ["ec2 security-group/*"],
  "elasticache:DescribeCacheClusters": ["elasticache cluster:*"],
  "elasticache:DescribeCacheSecurityGroups": ["elasticache securitygroup:*"],
  "elasticache:DescribeServerlessCaches": ["elasticache serverlesscache:*"],
  "elasticache:RevokeCacheSecurityGroupIngress": ["elasticache securitygroup:*"],
  "redshift:DeauthorizeDataShare": ["redshift datashare:*/*"],
  "redshift:RevokeClusterSecurityGroupIngress": ["redshift securitygroup:*", "redshift securitygroupingress:*"],
  "redshift:RevokeSnapshotAccess": ["redshift snapshot:*/*", "redshift cluster:*"],
};

/** On every statement for all resources: a call in another Region can only come from a forged event. */
const inOwnRegion = { StringEquals: { "aws:RequestedRegion": { Ref: "AWS::Region" } } };

const trustsLambda = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const boundary = { "Fn::If": ["Bounded", { Ref: "PermissionsBoundary" }, { Ref: "AWS::NoValue" }] };

/** Requirements of every function's role; each fault begins with the function's name. */
export const roleChecks: Readonly<Record<string, Check>> = {
  "each function names a role of its own, which is Lambda's alone and has no managed policy": each(function* (
    { name, condition, role, properties },
    { template, functions },
  ) {
    if (role?.Type !== "AWS::IAM::Role") return yield "it names no role of the stack, so SAM makes one with managed policies";
    if (role.Condition !== condition) yield `its role is there only if ${role.Condition}`;
    if (functions.some((other) => other.name !== name && same(other.properties.Role, properties.Role))) yield "it shares its role";
    const { AssumeRolePolicyDocument: trust, PermissionsBoundary, Policies, ...rest } = role.Properties;
    if (!same(trust, trustsLambda)) yield "others than Lambda may assume its role";
    if (Object.keys(rest).length > 0) yield `its role has ${Object.keys(rest)}`;
    if (Policies?.length !== 1) yield `its role has ${Policies?.length} policies, not one`;
    const { Default } = template.Parameters.PermissionsBoundary ?? {};
    const given = { "Fn::Not": [{ "Fn::Equals": [{ Ref: "PermissionsBoundary" }, ""] }] };
    if (!same(PermissionsBoundary, boundary) || !same(template.Conditions.Bounded, given) || Default !== "")
      yield "its role does not have the boundary that the parameter names, if it names one";
  }),

  "roles permit the calls of their functions and no others": each(function* (one, _stack, { calls }) {
    const { properties } = one;
    const granted: string[] = ofOwnCalls(one).flatMap(({ Action }) => Action);
    const made = calls[properties.Environment.Variables.WATCH] ?? [];
    for (const action of made) if (!granted.includes(action)) yield `it calls ${action}, which its role does not permit`;
    for (const action of granted) if (!made.includes(action)) yield `its role permits ${action}, which it never calls`;
    if (new Set(granted).size < granted.length) yield "its role permits a call twice";
  }),

  "roles permit calls on as few resources as IAM supports": each(function* (one) {
    for (const statement of ofOwnCalls(one)) {
      const { Effect, Action, Resource, Condition, ...rest } = statement;
      if (Effect !== "Allow" || !Action || !Resource || Object.keys(rest).length > 0)
        yield `a statement is more than Allow, Action, Resource and Condition: ${JSON.stringify(statement)}`;
      if (!same(Condition, Resource === "*" ? inOwnRegion : undefined))
        yield `a statement on ${JSON.stringify(Resource)} has the condition ${JSON.stringify(Condition)}`;
      for (const action of [statement.Action].flat()) {
        const permitted = [statement.Resource].flat().map((resource) => resource["Fn::Sub"] ?? resource);
        const wanted = withoutResource.includes(action) ? ["*"] : resources[action]?.map(ownArn);
        if (!same(permitted, wanted)) yield `its role permits ${action} on ${JSON.stringify(permitted)}, not on ${JSON.stringify(wanted)}`;
      }
    }
  }),
};

/** The statements for what the function itself calls. Those for its logs, and for the queue that it reads or writes, are Lambda's. */
function ofOwnCalls({ statements, queue, properties }: StackFunction): Value[] {
  const lambdas = [queue ? reads(queue) : sendsToFailedEvents, writesLogs(properties.LoggingConfig.LogGroup ?? {})];
  return statements.filter((statement) => !lambdas.some((one) => same(statement, one)));
}

function ownArn(kind: string): string {
  const [service, resource] = kind.split(" ");
  return `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
}
