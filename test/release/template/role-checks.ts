import { isDeepStrictEqual as same } from "node:util";
import type { Value } from "../../support/template.ts";
import { type Check, each } from "./check.ts";
import { reads, sendsToFailedEvents } from "./function-checks.ts";
import type { StackFunction } from "./stack.ts";

/** Calls that IAM can permit on `*` only, or that must also read resources of AWS or of another account. */
const withoutResource = [
  "ec2:DescribeManagedPrefixLists",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeVpcEndpoints",
  "ec2:DescribeSecurityGroupRules",
  "ec2:DescribeSecurityGroups",
  "ec2:GetManagedPrefixListEntries",
  "redshift-serverless:GetResourcePolicy",
  "redshift-serverless:ListEndpointAccess",
  "redshift-serverless:ListWorkgroups",
  "redshift:DescribeClusterSecurityGroups",
  "redshift:DescribeClusterSnapshots",
  "redshift:DescribeClusters",
  "redshift:DescribeDataShares",
  "redshift:DescribeEndpointAccess",
  "redshift:DescribeEndpointAuthorization",
  "redshift:RevokeEndpointAccess",
];

/** The resources of the other calls, as the ends of ARNs in the own partition, Region and account. */
const resources: Readonly<Record<string, readonly string[]>> = {
  "ec2:RevokeSecurityGroupIngress": ["ec2 security-group/*"],
  "elasticache:DescribeCacheClusters": ["elasticache cluster:*"],
  "elasticache:DescribeCacheSecurityGroups": ["elasticache securitygroup:*"],
  "elasticache:DescribeServerlessCaches": ["elasticache serverlesscache:*"],
  "elasticache:RevokeCacheSecurityGroupIngress": ["elasticache securitygroup:*"],
  "redshift:DeauthorizeDataShare": ["redshift datashare:*/*"],
  "redshift:RevokeClusterSecurityGroupIngress": ["redshift securitygroup:*", "redshift securitygroupingress:*"],
  "redshift:RevokeSnapshotAccess": ["redshift snapshot:*/*"],
};

/** Requirements of every function's role; each fault begins with the function's name. */
export const roleChecks: Readonly<Record<string, Check>> = {
  "roles permit the calls of their functions and no others": each(function* (one, _stack, { calls }) {
    const { properties, managed } = one;
    if (!same(managed, ["AWSLambdaBasicExecutionRole"])) yield `its role has ${JSON.stringify(managed)}`;
    const granted: string[] = ofOwnCalls(one).flatMap(({ Action }) => Action);
    const made = calls[properties.Environment.Variables.WATCH] ?? [];
    for (const action of made) if (!granted.includes(action)) yield `it calls ${action}, which its role does not permit`;
    for (const action of granted) if (!made.includes(action)) yield `its role permits ${action}, which it never calls`;
    if (new Set(granted).size < granted.length) yield "its role permits a call twice";
  }),

  "roles permit calls on as few resources as IAM supports": each(function* (one) {
    for (const statement of ofOwnCalls(one)) {
      if (!same(Object.keys(statement).sort(), ["Action", "Effect", "Resource"]) || statement.Effect !== "Allow")
        yield `a statement is more than Allow, Action and Resource: ${JSON.stringify(statement)}`;
      for (const action of [statement.Action].flat()) {
        const permitted = [statement.Resource].flat().map((resource) => resource["Fn::Sub"] ?? resource);
        const wanted = withoutResource.includes(action) ? ["*"] : resources[action]?.map(ownArn);
        if (!same(permitted, wanted)) yield `its role permits ${action} on ${JSON.stringify(permitted)}, not on ${JSON.stringify(wanted)}`;
      }
    }
  }),
};

/** The statements for what the function itself calls. Those for its events are Lambda's, in the queue that it reads or writes. */
function ofOwnCalls({ statements, queue }: StackFunction): Value[] {
  const lambdas = queue ? reads(queue) : sendsToFailedEvents;
  return statements.filter((statement) => !same(statement, lambdas));
}

function ownArn(kind: string): string {
  const [service, resource] = kind.split(" ");
  return `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
}
