import { isDeepStrictEqual as same } from "node:util";
import type { Template, Value } from "../../support/template.ts";
import { resources, withoutResource } from "../template/role-checks.ts";
import { ofType } from "../template/stack.ts";
import { type RoleOfReader, rolesOf } from "./roles.ts";

/** The calls of the commands, `service:Action`: those that list grants, and with those that revoke them. */
interface Calls {
  readonly reading: readonly string[];
  readonly revoking: readonly string[];
}

/** A requirement of template-reader.yaml: yields each fault. */
type ReaderCheck = (template: Template, calls: Calls) => Iterable<string>;

const noValue = { Ref: "AWS::NoValue" };
const boundaryArn = { "Fn::Sub": `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/\${PermissionsBoundary}` };
const isGiven = (parameter: string) => ({ "Fn::Not": [{ "Fn::Equals": [{ Ref: parameter }, ""] }] });

/** Who may assume a role: principals of one account that a pattern names and that are in the organization, with the external id, if there is one. */
const trustOf = (role: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: { "Fn::Sub": `arn:\${AWS::Partition}:iam::\${TrustedAccount}:root` } },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: {
          "aws:PrincipalOrgID": { Ref: "OrganizationId" },
          "sts:ExternalId": { "Fn::If": ["ExternalIdRequired", { Ref: "ExternalId" }, noValue] },
        },
        ArnLike: { "aws:PrincipalArn": { "Fn::Sub": `arn:\${AWS::Partition}:iam::\${TrustedAccount}:\${${role}Principal}` } },
      },
    },
  ],
});

const sso = "role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Security_*";
const principals = {
  accepted: ["role/ingress-warden-operator", "role/security/operator-?", sso, "user/alice@example.com"],
  refused: ["", "*", "role/*", "role/?", "role/", "root", "role/a:b", "arn:aws:iam::123456789012:role/a", `role/a\${aws:username}`],
};

/** Values that each parameter must accept and refuse. */
const values: Readonly<Record<string, { readonly accepted: readonly string[]; readonly refused: readonly string[] }>> = {
  TrustedAccount: { accepted: ["123456789012"], refused: ["", "*", "12345678901", "1234567890123", "self"] },
  OrganizationId: { accepted: ["o-a1b2c3d4e5"], refused: ["", "*", "o-*", "o-a1b2", "r-a1b2c3d4e5"] },
  ReaderPrincipal: principals,
  RevokerPrincipal: principals,
  ExternalId: { accepted: ["", "a1", "sweep:2026/11"], refused: ["a", "*", "a b", `\${a}`] },
  ReaderRoleName: { accepted: ["ingress-warden-reader"], refused: ["", "a/b", "*", "a".repeat(65)] },
  RevokerRoleName: { accepted: ["ingress-warden-revoker"], refused: ["", "a/b", "*", "a".repeat(65)] },
  PermissionsBoundary: { accepted: ["", "boundary", "security/boundary"], refused: ["arn:aws:iam::123456789012:policy/boundary", "*"] },
};

/** Requirements of template-reader.yaml. */
export const readerChecks: Readonly<Record<string, ReaderCheck>> = {
  "service-managed StackSets accept it, for one Region": function* (template) {
    const { Transform, Description } = template as Value;
    if (Transform !== undefined) yield "it has a Transform";
    if (!/global.*one Region/.test(Description)) yield "its description does not say to deploy it in one Region";
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    const other = types.filter((type) => !["AWS::IAM::Role", "AWS::IAM::Policy"].includes(type));
    if (other.length > 0) yield `it has resources that are not global: ${other}`;
  },

  "it has the two roles, and the revoking one only if it is asked for": function* ({ Resources, Parameters, Conditions }) {
    const conditions = Object.entries(Resources).map(([name, { Condition }]) => [name, Condition]);
    const wanted = { Reader: undefined, Revoker: "RevokerCreated", ListGrants: undefined, RevokeGrants: "RevokerCreated" };
    if (!same(Object.fromEntries(conditions), wanted)) yield `its resources and their conditions are ${JSON.stringify(conditions)}`;
    if (!same(Conditions.RevokerCreated, { "Fn::Equals": [{ Ref: "CreateRevoker" }, "true"] }))
      yield "another parameter creates the revoker";
    const { AllowedValues, Default } = Parameters.CreateRevoker;
    if (!same(AllowedValues, ["true", "false"]) || Default !== "false") yield `CreateRevoker is ${Default} by default`;
  },

  "only named principals of one account and one organization can assume a role": eachRole(function* ({ name, properties }, template) {
    if (!same(properties.AssumeRolePolicyDocument, trustOf(name)))
      yield `its trust policy is ${JSON.stringify(properties.AssumeRolePolicyDocument)}`;
    if (!same(template.Conditions.ExternalIdRequired, isGiven("ExternalId"))) yield "an external id that is given is not required";
  }),

  "a parameter accepts only what narrows": function* ({ Parameters }) {
    for (const [name, { accepted, refused }] of Object.entries(values)) {
      // CloudFormation matches the whole value.
      const pattern = new RegExp(`^(?:${Parameters[name]?.AllowedPattern})$`);
      for (const value of accepted) if (!pattern.test(value)) yield `${name} refuses ${JSON.stringify(value)}`;
      for (const value of refused) if (pattern.test(value)) yield `${name} accepts ${JSON.stringify(value)}`;
    }
    for (const [name, { Default }] of Object.entries<Value>(Parameters))
      if ((Default === undefined) !== ["TrustedAccount", "OrganizationId"].includes(name)) yield `${name} has the default ${Default}`;
  },

  "a role permits the calls of its commands and no others": eachRole(function* ({ name, statements }, _template, { reading, revoking }) {
    const granted: string[] = statements.flatMap(({ Action }) => Action ?? []);
    const made = name === "Reader" ? reading : revoking;
    for (const action of made) if (!granted.includes(action)) yield `its commands call ${action}, which it does not permit`;
    for (const action of granted) if (!made.includes(action)) yield `it permits ${action}, which its commands never call`;
    if (new Set(granted).size < granted.length) yield "it permits a call twice";
  }),

  "a role permits calls on as few resources as IAM supports": eachRole(function* ({ statements }) {
    for (const { Effect, Action, Resource, ...rest } of statements) {
      if (Effect !== "Allow" || !Action || !Resource || Object.keys(rest).length > 0)
        yield `a statement is more than Allow, Action and Resource: ${JSON.stringify({ Effect, Action, ...rest })}`;
      const permitted = [Resource].flat().map((resource) => resource?.["Fn::Sub"] ?? resource);
      for (const action of [Action].flat()) {
        const wanted = withoutResource.includes(action) ? ["*"] : resources[action]?.map(anyRegion);
        if (!same(permitted, wanted)) yield `it permits ${action} on ${JSON.stringify(permitted)}, not on ${JSON.stringify(wanted)}`;
      }
    }
  }),

  "a role has a name, an hour for its sessions, the boundary, and no other policies": eachRole(function* ({ name, properties }, template) {
    const { AssumeRolePolicyDocument: _trust, Description: _text, ...rest } = properties;
    const PermissionsBoundary = { "Fn::If": ["Bounded", boundaryArn, noValue] };
    const wanted = { RoleName: { Ref: `${name}RoleName` }, MaxSessionDuration: 3600, PermissionsBoundary };
    if (!same(rest, wanted)) yield `it has ${JSON.stringify(rest)}`;
    if (!same(template.Conditions.Bounded, isGiven("PermissionsBoundary"))) yield "a boundary that is given is not set";
    for (const [policy, { Properties }] of ofType(template, "AWS::IAM::Policy"))
      if (Properties.Users || Properties.Groups) yield `${policy} is also a policy of users or groups`;
  }),

  "the outputs name the roles": function* ({ Outputs }, _calls) {
    const wanted = {
      ReaderRoleName: [undefined, { Ref: "Reader" }],
      ReaderRoleArn: [undefined, { "Fn::GetAtt": ["Reader", "Arn"] }],
      RevokerRoleName: ["RevokerCreated", { Ref: "Revoker" }],
      RevokerRoleArn: ["RevokerCreated", { "Fn::GetAtt": ["Revoker", "Arn"] }],
    };
    const found = Object.fromEntries(Object.entries<Value>(Outputs).map(([name, { Condition, Value }]) => [name, [Condition, Value]]));
    if (!same(found, wanted)) yield `the outputs are ${JSON.stringify(found)}`;
  },
};

/** A check of both roles; each fault begins with the role's name. */
function eachRole(check: (role: RoleOfReader, template: Template, calls: Calls) => Iterable<string>): ReaderCheck {
  return function* (template, calls) {
    for (const role of rolesOf(template)) for (const fault of check(role, template, calls)) yield `${role.name}: ${fault}`;
  };
}

/** An ARN of the own partition and account, in any Region. */
function anyRegion(kind: string): string {
  const [service, resource] = kind.split(" ");
  return `arn:\${AWS::Partition}:${service}:*:\${AWS::AccountId}:${resource}`;
}
