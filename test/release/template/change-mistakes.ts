import type { Template, Value } from "../../support/template.ts";
import type { Mistake } from "./mistakes.ts";

const rule = (t: Template): Value => t.Resources["ChangesRule"]?.Properties;
const branch = (t: Template, index: number): Value => rule(t).EventPattern.$or[index];
const target = (t: Template): Value => rule(t).Targets[0];
const policy = (t: Template): Value => t.Resources["AlarmTopicPolicy"]?.Properties;
const statement = (t: Template, index: number): Value => policy(t).PolicyDocument.Statement[index];

const reports = "a rule reports changes of every function, every rule and the trails";
const text = "it sends the topic a text that names the call, the caller and the part";
const publish = "alarms and that rule may publish to the stack's topic, and no others";

/** Mistakes in what reports changes of the stack itself. */
export const changeMistakes: readonly Mistake[] = [
  { name: "no report of changes", check: reports, make: (t) => delete t.Resources["ChangesRule"] },
  { name: "no report of a stopped trail", check: reports, make: (t) => branch(t, 0).detail.eventName.shift() },
  { name: "no report of changes of a rule", check: reports, make: (t) => branch(t, 1).detail.requestParameters.name.pop() },
  {
    name: "a rule by a member that RemoveTargets does not have",
    check: reports,
    make: (t) => branch(t, 2).detail.eventName.push("DisableRule"),
  },
  { name: "no report of changes of a function", check: reports, make: (t) => branch(t, 3).detail.requestParameters.functionName.pop() },
  {
    name: "a function by its name only, which callers also write as an ARN",
    check: reports,
    make: (t) => Object.assign(branch(t, 3).detail.requestParameters, { functionName: [{ Ref: "RedshiftFunction" }] }),
  },
  {
    name: "a call without the version that CloudTrail writes",
    check: reports,
    make: (t) => Object.assign(branch(t, 3).detail, { eventName: ["UpdateFunctionCode"] }),
  },
  { name: "reports of every function in the account", check: reports, make: (t) => delete branch(t, 3).detail.requestParameters },
  { name: "reports of calls that failed", check: reports, make: (t) => delete rule(t).EventPattern.detail },
  { name: "reports that anyone can forge", check: reports, make: (t) => delete branch(t, 4)["Fn::If"][1].source },
  { name: "a report that is off", check: reports, make: (t) => Object.assign(rule(t), { State: "DISABLED" }) },
  { name: "empty lists when nothing is watched", check: reports, make: (t) => delete (t.Resources["ChangesRule"] as Value).Condition },
  { name: "a report to a topic that may not exist", check: text, make: (t) => Object.assign(target(t), { Arn: { Ref: "AlarmTopic" } }) },
  { name: "a role for the topic, which has a policy", check: text, make: (t) => Object.assign(target(t), { RoleArn: { Ref: "Role" } }) },
  { name: "a report without its text", check: text, make: (t) => delete target(t).InputTransformer },
  { name: "a report that does not say who", check: text, make: (t) => delete target(t).InputTransformer.InputPathsMap.who },
  {
    name: "a text that is no JSON",
    check: text,
    make: (t) => Object.assign(target(t).InputTransformer, { InputTemplate: { "Fn::Sub": "<call> by <who>" } }),
  },
  { name: "a topic policy that forgets the alarms", check: publish, make: (t) => policy(t).PolicyDocument.Statement.shift() },
  { name: "a topic policy that forgets the rule", check: publish, make: (t) => policy(t).PolicyDocument.Statement.pop() },
  {
    name: "a condition that EventBridge never meets",
    check: publish,
    make: (t) =>
      Object.assign(statement(t, 1), { Condition: { ArnEquals: { "aws:SourceArn": { "Fn::GetAtt": ["ChangesRule", "Arn"] } } } }),
  },
  { name: "alarms of every account", check: publish, make: (t) => delete statement(t, 0).Condition },
  { name: "a topic for every publisher", check: publish, make: (t) => Object.assign(statement(t, 1), { Principal: "*" }) },
  { name: "a policy without its topic", check: publish, make: (t) => delete (t.Resources["AlarmTopicPolicy"] as Value).Condition },
];
