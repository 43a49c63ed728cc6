import type { Template, Value } from "../../support/template.ts";
import type { Mistake } from "../template/mistakes.ts";

const of = (template: Template, name: string): Value => template.Resources[name]?.Properties;
const trust = (template: Template, name = "Reader"): Value => of(template, name).AssumeRolePolicyDocument.Statement[0];
const statements = (template: Template, name: string): Value[] => of(template, name).PolicyDocument.Statement;

const stackSets = "service-managed StackSets accept it, for one Region";
const asked = "it has the two roles, and the revoking one only if it is asked for";
const assumed = "only named principals of one account and one organization can assume a role";
const narrows = "a parameter accepts only what narrows";
const calls = "a role permits the calls of its commands and no others";
const narrow = "a role permits calls on as few resources as IAM supports";
const rest = "a role has a name, an hour for its sessions, the boundary, and no other policies";
const outputs = "the outputs name the roles";

/** Mistakes in template-reader.yaml as a person would make them. */
export const readerMistakes: readonly Mistake[] = [
  { name: "a Transform", check: stackSets, make: (t) => Object.assign(t, { Transform: "AWS::Serverless-2016-10-31" }) },
  {
    name: "a resource in each Region",
    check: stackSets,
    make: (t) => Object.assign(t.Resources, { Logs: { Type: "AWS::Logs::LogGroup", Properties: {} } }),
  },
  { name: "no word on the one Region", check: stackSets, make: (t) => Object.assign(t, { Description: "Roles" }) },
  { name: "a revoking role that is always there", check: asked, make: (t) => delete t.Resources["Revoker"].Condition },
  { name: "a revoking role by default", check: asked, make: (t) => Object.assign(t.Parameters.CreateRevoker, { Default: "true" }) },
  {
    name: "a revoking role that the switch turns off",
    check: asked,
    make: (t) => Object.assign(t.Conditions, { RevokerCreated: { "Fn::Equals": [{ Ref: "CreateRevoker" }, "false"] } }),
  },
  { name: "trust in every account", check: assumed, make: (t) => Object.assign(trust(t), { Principal: "*" }) },
  { name: "trust in every account, by another form", check: assumed, make: (t) => Object.assign(trust(t), { Principal: { AWS: "*" } }) },
  {
    name: "trust without the organization",
    check: assumed,
    make: (t) => delete trust(t).Condition.StringEquals["aws:PrincipalOrgID"],
  },
  { name: "trust without a pattern of principals", check: assumed, make: (t) => delete trust(t, "Revoker").Condition.ArnLike },
  {
    name: "a pattern of sessions, which aws:PrincipalArn never has",
    check: assumed,
    make: (t) =>
      Object.assign(trust(t).Condition.ArnLike, {
        "aws:PrincipalArn": { "Fn::Sub": `arn:\${AWS::Partition}:sts::\${TrustedAccount}:assumed-\${ReaderPrincipal}/*` },
      }),
  },
  {
    name: "a pattern whose wildcards are not read",
    check: assumed,
    make: (t) => {
      const { ArnLike, StringEquals } = trust(t).Condition;
      trust(t).Condition = { StringEquals: { ...StringEquals, ...ArnLike } };
    },
  },
  {
    name: "conditions that an absent key meets",
    check: assumed,
    make: (t) => {
      const { StringEquals, ...others } = trust(t).Condition;
      trust(t).Condition = { ...others, StringEqualsIfExists: StringEquals };
    },
  },
  { name: "trust without the external id", check: assumed, make: (t) => delete trust(t).Condition.StringEquals["sts:ExternalId"] },
  {
    name: "an external id that is never required",
    check: assumed,
    make: (t) => Object.assign(t.Conditions, { ExternalIdRequired: { "Fn::Equals": [{ Ref: "ExternalId" }, ""] } }),
  },
  {
    name: "the readers' principals in the trust of the revoker",
    check: assumed,
    make: (t) => Object.assign(trust(t, "Revoker").Condition, { ArnLike: trust(t).Condition.ArnLike }),
  },
  { name: "a second statement of trust", check: assumed, make: (t) => of(t, "Reader").AssumeRolePolicyDocument.Statement.push(trust(t)) },
  { name: "tags on sessions", check: assumed, make: (t) => Object.assign(trust(t), { Action: ["sts:AssumeRole", "sts:TagSession"] }) },
  {
    name: "a pattern of any principal",
    check: narrows,
    make: (t) => Object.assign(t.Parameters.ReaderPrincipal, { AllowedPattern: "(role|user)/.*" }),
  },
  { name: "an account that may be *", check: narrows, make: (t) => delete t.Parameters.TrustedAccount.AllowedPattern },
  { name: "a default organization", check: narrows, make: (t) => Object.assign(t.Parameters.OrganizationId, { Default: "o-a1b2c3d4e5" }) },
  {
    name: "an additional action",
    check: calls,
    make: (t) => statements(t, "ListGrants")[0].Action.push("redshift-serverless:GetResourcePolicy"),
  },
  { name: "a missing action", check: calls, make: (t) => statements(t, "ListGrants")[0].Action.shift() },
  { name: "every action that describes", check: calls, make: (t) => statements(t, "ListGrants")[0].Action.push("redshift:Describe*") },
  { name: "a revoke in the reading role", check: calls, make: (t) => Object.assign(of(t, "RevokeGrants"), { Roles: [{ Ref: "Reader" }] }) },
  { name: "a revoke in both roles", check: calls, make: (t) => of(t, "RevokeGrants").Roles.push({ Ref: "Reader" }) },
  { name: "a missing revoke", check: calls, make: (t) => statements(t, "RevokeGrants").pop() },
  {
    name: "a grant in the revoking role",
    check: calls,
    make: (t) =>
      Object.assign(statements(t, "RevokeGrants")[0], { Action: ["ec2:RevokeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupIngress"] }),
  },
  { name: "a revoking role that cannot list", check: calls, make: (t) => of(t, "ListGrants").Roles.pop() },
  { name: "a wider resource", check: narrow, make: (t) => Object.assign(statements(t, "RevokeGrants")[0], { Resource: "*" }) },
  {
    name: "one Region, in roles for all",
    check: narrow,
    make: (t) => {
      statements(t, "ListGrants")[1].Resource["Fn::Sub"] = statements(t, "ListGrants")[1].Resource["Fn::Sub"].replace(
        ":*:",
        `:\${AWS::Region}:`,
      );
    },
  },
  {
    name: "a fixed partition",
    check: narrow,
    make: (t) => Object.assign(statements(t, "ListGrants")[1], { Resource: `arn:aws:elasticache:*:\${AWS::AccountId}:cluster:*` }),
  },
  { name: "a snapshot without its cluster", check: narrow, make: (t) => statements(t, "RevokeGrants").at(-1).Resource.pop() },
  {
    name: "NotAction in a statement",
    check: narrow,
    make: (t) => statements(t, "ListGrants").push({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
  },
  { name: "a role without the boundary", check: rest, make: (t) => delete of(t, "Revoker").PermissionsBoundary },
  {
    name: "a boundary by its ARN, which is that of one account",
    check: rest,
    make: (t) => Object.assign(of(t, "Reader"), { PermissionsBoundary: { Ref: "PermissionsBoundary" } }),
  },
  { name: "sessions of half a day", check: rest, make: (t) => Object.assign(of(t, "Reader"), { MaxSessionDuration: 43_200 }) },
  {
    name: "AWS's policy for reading everything",
    check: rest,
    make: (t) => Object.assign(of(t, "Reader"), { ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }),
  },
  { name: "a name that CloudFormation chooses", check: rest, make: (t) => delete of(t, "Reader").RoleName },
  { name: "users with the same policy", check: rest, make: (t) => Object.assign(of(t, "RevokeGrants"), { Users: ["alice"] }) },
  {
    name: "the two roles mixed up in the outputs",
    check: outputs,
    make: ({ Outputs: { ReaderRoleArn, RevokerRoleArn } }) => {
      [ReaderRoleArn.Value, RevokerRoleArn.Value] = [RevokerRoleArn.Value, ReaderRoleArn.Value];
    },
  },
  { name: "an output of a role that is not there", check: outputs, make: ({ Outputs }) => delete Outputs.RevokerRoleArn.Condition },
];
