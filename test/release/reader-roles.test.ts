import { beforeAll, describe, expect, test } from "vitest";
import { sharedProcess } from "../cli/shared-process.ts";
import { namesOf, requestsOfCommands } from "./reader/calls-made.ts";
import { readReaderTemplate, rolesOf } from "./reader/roles.ts";
import { arnOf, loadSimulation, type Simulate, samples, simulator } from "./simulation.ts";
import { deployed, place } from "./template/deployed.ts";

const account = place["AWS::AccountId"];
const trusted = "111122223333";
const stranger = "999999999999";
const organization = "o-a1b2c3d4e5";
const given = { TrustedAccount: trusted, OrganizationId: organization, CreateRevoker: "true" };
const template = readReaderTemplate();
const roles = rolesOf(template).map(({ name, properties, statements }) => ({
  name,
  policy: { Version: "2012-10-17", Statement: deployed(template, [...statements], given) },
  trust: (more: Readonly<Record<string, string>> = {}) =>
    deployed(template, properties.AssumeRolePolicyDocument, { ...given, ...more }) as object,
}));

/** What no role may do, with resources of its own account. */
const never: Readonly<Record<string, readonly string[]>> = {
  "ec2:AuthorizeSecurityGroupIngress": ["ec2 security-group/sg-0a1b"],
  "ec2:RevokeSecurityGroupEgress": ["ec2 security-group/sg-0a1b"],
  "elasticache:AuthorizeCacheSecurityGroupIngress": ["elasticache securitygroup:default"],
  "elasticache:DeleteCacheCluster": ["elasticache cluster:sessions-001"],
  "iam:PassRole": ["*"],
  "redshift:AuthorizeEndpointAccess": ["*"],
  "redshift:AuthorizeSnapshotAccess": ["redshift snapshot:analytics/daily"],
  "redshift:DeleteClusterSnapshot": ["redshift snapshot:analytics/daily"],
  "redshift:GetClusterCredentials": ["redshift dbuser:analytics/admin"],
  "redshift-serverless:PutResourcePolicy": ["*"],
  "ssm:GetParameter": ["ssm parameter/secret"],
  "sts:AssumeRole": ["iam role/another"],
};

describe.skipIf(simulator === undefined)("by a simulation of IAM, in template-reader.yaml", () => {
  const run = sharedProcess();
  let simulate: Simulate;
  let calls: Readonly<Record<string, readonly string[]>>;

  beforeAll(async () => {
    simulate = await loadSimulation();
    const { inventory, apply } = await requestsOfCommands(run);
    calls = { Reader: namesOf(inventory), Revoker: namesOf([...inventory, ...apply]) };
  });

  const permits = (policy: object, action: string, resource: string, region = "eu-west-1", owner: string = account) => {
    const principal = `arn:aws:sts::${account}:assumed-role/ingress-warden/ingress-warden`;
    const arn = action === "sts:AssumeRole" ? `arn:aws:iam::${account}:role/another` : arnOf(resource, region, owner);
    return simulate({ action, resource: arn, owner, principal, context: { "aws:RequestedRegion": region }, policy });
  };
  const eachCall = (name: string) =>
    (calls[name] ?? []).flatMap((action) => (samples[action] ?? ["*"]).map((resource) => [action, resource] as const));

  test.each(roles)("the role $name permits what its commands call, in every Region", async ({ name, policy }) => {
    const refused: unknown[] = [];
    for (const [action, resource] of eachCall(name))
      for (const region of ["eu-west-1", "us-east-1"])
        if (!(await permits(policy, action, resource, region))) refused.push([action, resource]);

    expect(eachCall(name).length).toBeGreaterThan(15);
    expect(refused).toEqual([]);
  });

  test.each(roles)("the role $name permits nothing else, and nothing of another account by its ARN", async ({ name, policy }) => {
    const foreign = eachCall("Revoker").filter(([action]) => !calls[name]?.includes(action));
    const forbidden = Object.entries(never).flatMap(([action, resources]) => resources.map((resource) => [action, resource] as const));
    const permitted: unknown[] = [];
    for (const [action, resource] of [...foreign, ...forbidden])
      if (await permits(policy, action, resource)) permitted.push([action, resource]);
    const byArn = policy.Statement.flatMap(({ Action, Resource }: { Action: unknown; Resource: unknown }) =>
      Resource === "*" ? [] : Action,
    );
    for (const [action, resource] of eachCall(name))
      if (byArn.includes(action) && (await permits(policy, action, resource, "eu-west-1", stranger)))
        permitted.push([action, resource, stranger]);

    expect(byArn.length).toBeGreaterThan(2);
    expect(permitted).toEqual([]);
  });

  describe.each(roles)("the role $name", ({ trust }) => {
    const mayAssume = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }] };
    /** Whether the session of a role, which aws:PrincipalArn names, can assume it. */
    const isAssumedBy = (role: string, more: Readonly<Record<string, string>> = {}, parameters: Readonly<Record<string, string>> = {}) => {
      const { from = trusted, ...context } = more;
      const arn = `arn:aws:iam::${from}:role/${role}`;
      return simulate({
        action: "sts:AssumeRole",
        resource: `arn:aws:iam::${account}:role/ingress-warden`,
        owner: account,
        principal: `arn:aws:sts::${from}:assumed-role/${role.split("/").at(-1)}/session`,
        context: { "aws:PrincipalArn": arn, "aws:PrincipalOrgID": organization, ...context },
        policy: mayAssume,
        resourcePolicy: trust(parameters),
      });
    };
    const operator = "ingress-warden-operator";

    test("can be assumed by the named role of the trusted account", async () => {
      expect(await isAssumedBy(operator)).toBe(true);
    });

    test.each([
      ["another role", "developer", {}],
      ["a role whose name begins like it", `${operator}-2`, {}],
      ["a role of the same name in a path", `team/${operator}`, {}],
      ["the same role of another account of the organization", operator, { from: stranger }],
      ["the role once its account has left the organization", operator, { "aws:PrincipalOrgID": "o-z9y8x7w6v5" }],
    ])("cannot be assumed by %s", async (_name, role, more) => {
      expect(await isAssumedBy(role, more)).toBe(false);
    });

    test("can be assumed by a role in a path that the pattern covers", async () => {
      const pattern = "role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Security_*";
      const parameters = { ReaderPrincipal: pattern, RevokerPrincipal: pattern };
      const ofSso = (name: string) => isAssumedBy(`aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${name}_0a1b2c`, {}, parameters);
      expect([await ofSso("Security"), await ofSso("Developer")]).toEqual([true, false]);
    });

    test("requires the external id, if one is given", async () => {
      const withId = (id: Readonly<Record<string, string>>) => isAssumedBy(operator, id, { ExternalId: "sweep-2026" });
      expect(await Promise.all([withId({ "sts:ExternalId": "sweep-2026" }), withId({ "sts:ExternalId": "other" }), withId({})])).toEqual([
        true,
        false,
        false,
      ]);
    });
  });
});
