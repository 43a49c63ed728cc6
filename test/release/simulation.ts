import type { Value } from "../support/template.ts";
import { place } from "./template/deployed.ts";

/** Only where `IAM_SIMULATE` names a folder with the package installed; CI installs it. */
export const simulator: string | undefined = process.env["IAM_SIMULATE"];

/** A request to simulate. The resource is an ARN or `*`. */
interface Simulated {
  readonly action: string;
  readonly resource: string;
  /** The account of the resource. */
  readonly owner: string;
  readonly principal: string;
  readonly context: Readonly<Record<string, string>>;
  /** What the principal's own policy permits. */
  readonly policy: object;
  /** The policy of the resource, such as a role's trust policy. */
  readonly resourcePolicy?: object;
}

/** Whether IAM would allow a request; throws if IAM knows no such call, resource or condition. */
export type Simulate = (simulated: Simulated) => Promise<boolean>;

/** Loads the simulator. */
export async function loadSimulation(): Promise<Simulate> {
  const { runSimulation } = await import(`${simulator}/node_modules/@cloud-copilot/iam-simulate/dist/esm/index.js`);
  return async ({ action, resource, owner, principal, context, policy, resourcePolicy }) => {
    const simulation = {
      request: { principal, action, resource: { resource, accountId: owner }, contextVariables: context },
      identityPolicies: [{ name: "Calls", policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy,
    };
    const result: Value = await runSimulation(simulation, {});
    if (result.resultType === "error") throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
    return result.overallResult === "Allowed";
  };
}

/** The ARN of a resource that is written as the service and the end of its ARN; `*` stays. */
export function arnOf(resource: string, region: string = place["AWS::Region"], owner: string = place["AWS::AccountId"]): string {
  const [service, end] = resource.split(" ");
  return resource === "*" ? "*" : `arn:aws:${service}:${region}:${owner}:${end}`;
}

/** A resource of each call that IAM permits by resource, as service and end of its ARN; absent: it accepts only `*`. */
export const samples: Readonly<Record<string, readonly string[]>> = {
  "ec2:GetManagedPrefixListEntries": ["ec2 prefix-list/pl-0a1b"],
  "ec2:RevokeSecurityGroupIngress": ["ec2 security-group/sg-0a1b"],
  "elasticache:DescribeCacheClusters": ["elasticache cluster:*", "elasticache cluster:sessions-001"],
  "elasticache:DescribeCacheSecurityGroups": ["elasticache securitygroup:*", "elasticache securitygroup:default"],
  "elasticache:DescribeServerlessCaches": ["elasticache serverlesscache:*", "elasticache serverlesscache:sessions"],
  "elasticache:RevokeCacheSecurityGroupIngress": ["elasticache securitygroup:default"],
  "redshift:DeauthorizeDataShare": ["redshift datashare:0a1b-2c/share"],
  "redshift:DescribeClusterSnapshots": ["redshift cluster:analytics"],
  "redshift:DescribeClusters": ["redshift cluster:analytics"],
  "redshift:DescribeEndpointAuthorization": ["redshift cluster:analytics"],
  "redshift:RevokeClusterSecurityGroupIngress": [
    "redshift securitygroup:default/ec2securitygroup/123456789012/sg-0a1b",
    "redshift securitygroupingress:default/ec2securitygroup/123456789012/sg-0a1b",
  ],
  "redshift:RevokeEndpointAccess": ["redshift cluster:analytics"],
  "redshift:RevokeSnapshotAccess": ["redshift snapshot:analytics/daily", "redshift cluster:analytics"],
};
