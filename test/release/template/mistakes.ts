import type { Template, Value } from "../../support/template.ts";
import { alarmMistakes } from "./alarm-mistakes.ts";
import { changeMistakes } from "./change-mistakes.ts";
import { eventMistakes } from "./event-mistakes.ts";
import { queueMistakes } from "./queue-mistakes.ts";
import { shapeMistakes } from "./shape-mistakes.ts";

/** A mistake that loses events, grants access or revokes nothing, and the check that must find it. */
export interface Mistake {
  readonly name: string;
  readonly check: string;
  /** Makes it, in a copy of the template. */
  readonly make: (template: Template & { readonly Resources: Record<string, Value> }) => void;
}

const redshift = (template: Template): Value => template.Resources["RedshiftFunction"]?.Properties;
const role = (template: Template): Value => template.Resources["RedshiftFunctionRole"]?.Properties;
const statements = (template: Template): Value[] => role(template).Policies[0].PolicyDocument.Statement;
const shared = (template: Template): Value => template.Globals?.Function;
const build = "functions run the same build";
const logs = "logs are complete and are kept";
const kept = "failed events are kept";
const calls = "roles permit the calls of their functions and no others";
const own = "each function names a role of its own, which is Lambda's alone and has no managed policy";
const narrow = "roles permit calls on as few resources as IAM supports";
const bus = "rules fire on the default bus";
const queuePolicy = "EventBridge may write to the queues, for this stack's rules only, and all use TLS";

/** Mistakes in template.yaml as a person would make them. */
export const mistakes: readonly Mistake[] = [
  ...eventMistakes,
  ...queueMistakes,
  ...alarmMistakes,
  ...changeMistakes,
  ...shapeMistakes,
  { name: "a wrong Handler", check: build, make: (t) => Object.assign(shared(t), { Handler: "index.handler" }) },
  { name: "a CodeUri that SAM would build", check: build, make: (t) => Object.assign(redshift(t), { CodeUri: "src/" }) },
  {
    name: "a MODE that the parameter does not reach",
    check: build,
    make: (t) => Object.assign(shared(t).Environment.Variables, { MODE: "policy" }),
  },
  {
    name: "a timeout shorter than the retry budget",
    check: "the timeout leaves room for every retry",
    make: (t) => Object.assign(shared(t), { Timeout: 10 }),
  },
  {
    name: "reserved concurrency",
    check: "concurrency is not reserved",
    make: (t) => Object.assign(redshift(t), { ReservedConcurrentExecutions: 1 }),
  },
  { name: "log level WARN", check: logs, make: (t) => Object.assign(shared(t).LoggingConfig, { ApplicationLogLevel: "WARN" }) },
  { name: "logs without a retention period", check: logs, make: (t) => delete t.Resources["RedshiftLogs"].Properties.RetentionInDays },
  {
    name: "a log group that two functions share",
    check: logs,
    make: (t) => Object.assign(redshift(t).LoggingConfig, { LogGroup: { Ref: "ElastiCacheLogs" } }),
  },
  {
    name: "no retry after a failure",
    check: "functions retry",
    make: (t) => Object.assign(redshift(t).EventInvokeConfig, { MaximumRetryAttempts: 0 }),
  },
  { name: "no maximum event age", check: "functions retry", make: (t) => delete redshift(t).EventInvokeConfig.MaximumEventAgeInSeconds },
  { name: "no destination of failures", check: kept, make: (t) => delete redshift(t).EventInvokeConfig.DestinationConfig },
  {
    name: "missing SendMessage, which SAM does not add to a role that it does not make",
    check: kept,
    make: (t) => statements(t).splice(1, 1),
  },
  { name: "SendMessage to every queue", check: kept, make: (t) => Object.assign(statements(t)[1], { Resource: "*" }) },
  { name: "a wider action", check: calls, make: (t) => Object.assign(statements(t)[4], { Action: "redshift:*" }) },
  { name: "a misspelled action", check: calls, make: (t) => Object.assign(statements(t)[4], { Action: "redshift:RevokeSnapshotAcces" }) },
  { name: "a missing action", check: calls, make: (t) => statements(t).splice(4, 1) },
  { name: "an additional action", check: calls, make: (t) => statements(t)[2].Action.push("redshift:DescribeClusters") },
  { name: "a wider resource", check: narrow, make: (t) => Object.assign(statements(t)[5], { Resource: "*" }) },
  { name: "a missing resource", check: narrow, make: (t) => statements(t)[3].Resource.pop() },
  {
    name: "NotAction in a statement",
    check: narrow,
    make: (t) => statements(t).push({ Effect: "Allow", NotAction: "iam:*", Action: [], Resource: "*" }),
  },
  { name: "calls in every Region", check: narrow, make: (t) => delete statements(t)[2].Condition },
  {
    name: "calls in every Region but the own",
    check: narrow,
    make: (t) => Object.assign(statements(t)[2], { Condition: { StringNotEquals: statements(t)[2].Condition.StringEquals } }),
  },
  { name: "a snapshot without its cluster", check: narrow, make: (t) => statements(t)[4].Resource.pop() },
  { name: "logs in any log group", check: logs, make: (t) => Object.assign(statements(t)[0], { Resource: "*" }) },
  { name: "log groups that Lambda creates", check: logs, make: (t) => statements(t)[0].Action.push("logs:CreateLogGroup") },
  { name: "no permission to log", check: logs, make: (t) => statements(t).shift() },
  { name: "a role that SAM makes", check: own, make: (t) => delete redshift(t).Role },
  {
    name: "a role that two functions share",
    check: own,
    make: (t) => Object.assign(redshift(t), { Role: { "Fn::GetAtt": ["ElastiCacheFunctionRole", "Arn"] } }),
  },
  {
    name: "a managed policy",
    check: own,
    make: (t) => Object.assign(role(t), { ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonRedshiftFullAccess"] }),
  },
  { name: "a second policy", check: own, make: (t) => role(t).Policies.push({ ...role(t).Policies[0], PolicyName: "More" }) },
  { name: "a role without the boundary", check: own, make: (t) => delete role(t).PermissionsBoundary },
  {
    name: "a boundary that is always set, also to nothing",
    check: own,
    make: (t) => Object.assign(role(t), { PermissionsBoundary: { Ref: "PermissionsBoundary" } }),
  },
  {
    name: "a role that anyone may assume",
    check: own,
    make: (t) => Object.assign(role(t).AssumeRolePolicyDocument.Statement[0], { Principal: "*" }),
  },
  {
    name: "a role of a service that is not watched",
    check: own,
    make: (t) => delete (t.Resources["RedshiftFunctionRole"] as Value).Condition,
  },
];

/** Mistakes that only the translation can have. */
export const mistranslations: readonly Mistake[] = [
  {
    name: "a rule that is off",
    check: bus,
    make: (t) => Object.assign(t.Resources["RedshiftFunctionRule"].Properties, { State: "DISABLED" }),
  },
  { name: "a rule whose queue no function reads", check: bus, make: (t) => delete t.Resources["SecurityGroupEventsMapping"] },
  { name: "a rule that may not invoke", check: bus, make: (t) => delete t.Resources["RedshiftFunctionRulePermission"] },
  {
    name: "a second policy on one queue",
    check: queuePolicy,
    make: (t) => Object.assign(t.Resources, { Another: t.Resources["UndeliveredEventsPolicy"] }),
  },
  {
    name: "an invoke config without the condition of its function",
    check: "functions retry",
    make: (t) => delete t.Resources["RedshiftFunctionEventInvokeConfig"].Condition,
  },
  {
    name: "a role that no function names",
    check: "functions get their events from their rules only, and whole",
    make: (t) => Object.assign(t.Resources, { RedshiftFunctionSpareRole: t.Resources["RedshiftFunctionRole"] }),
  },
];

/** Mistakes in samconfig.toml, each as an edit of its text. */
export const misconfigurations: readonly (readonly [name: string, edit: (text: string) => string])[] = [
  ["no template, so that a stale build is shipped", (text) => text.replace(/^template_file.*\n/m, "")],
  ["the stale build itself", (text) => text.replace('"template.yaml"', '".aws-sam/build/template.yaml"')],
  ["no name", (text) => text.replace(/^stack_name.*\n/m, "")],
  ["no capability to make roles", (text) => text.replace(/^capabilities.*\n/m, "")],
  ["no bucket for the code and a long template", (text) => text.replace(/^resolve_s3.*\n/m, "")],
  ["a service that is switched off", (text) => `${text}parameter_overrides = "WatchRedshift=false"\n`],
  ["another template for deploys", (text) => text.replace("capabilities", 'template_file = "packaged.yaml"\ncapabilities')],
];
