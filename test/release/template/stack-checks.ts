import { isDeepStrictEqual as same } from "node:util";
import type { Value } from "../../support/template.ts";
import { topic } from "./alarm-checks.ts";
import type { Check } from "./check.ts";
import { getAtt, ofType } from "./stack.ts";

/** Requirements of the stack as a whole. */
export const stackChecks: Readonly<Record<string, Check>> = {
  "each function has a switch": function* ({ template, functions }) {
    if (functions.length < 2) yield "there are fewer than two functions";
    const switches: Value[] = functions.map(({ condition }) => template.Conditions[condition ?? ""]?.["Fn::Equals"] ?? []);
    if (new Set(switches.map(([parameter]) => parameter?.Ref)).size < functions.length) yield "functions share a switch";
    for (const [index, [parameter, value]] of switches.entries()) {
      const { AllowedValues, Default } = template.Parameters[parameter?.Ref] ?? {};
      if (value !== "true" || Default !== "true" || !same(AllowedValues, ["true", "false"]))
        yield `${functions[index]?.name}: its switch is not on unless turned off`;
    }
  },

  "the outputs name what an operator needs": function* ({ template, functions, rules }) {
    const outputs = Object.entries<Value>(template.Outputs);
    const named = (value: Value, condition?: string) =>
      outputs.some(([, output]) => same(output.Value, value) && output.Condition === condition);
    for (const { name, condition, properties } of functions) {
      if (!named({ Ref: name }, condition)) yield `${name}: no output is its name`;
      if (!named(properties.LoggingConfig.LogGroup)) yield `${name}: no output is its log group`;
    }
    for (const { id, condition } of rules) if (!named(getAtt(id), condition)) yield `${id}: no output is its ARN`;
    for (const [name, { Condition }] of ["AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping"].flatMap((type) => ofType(template, type)))
      if (!named({ Ref: name }, Condition)) yield `no output is ${name}`;
    for (const value of [getAtt("Archive"), topic]) if (!named(value)) yield `no output is ${JSON.stringify(value)}`;
    // The commands of docs/OPERATING.md find the rules by this suffix.
    const asRules = outputs.filter(([key]) => key.endsWith("Rule")).map(([, output]) => output.Value["Fn::GetAtt"][0]);
    if (!same(asRules.sort(), rules.map(({ id }) => id).sort())) yield `the outputs whose names end in Rule are ${asRules}`;
  },

  "Mode can only be safer than the policy": function* ({ template }) {
    const { AllowedValues, Default } = template.Parameters.Mode;
    if (!same(AllowedValues, ["policy", "audit"]) || Default !== "policy")
      yield `Mode is one of ${AllowedValues}, and ${Default} by default`;
  },

  "no ARN has a fixed partition": function* ({ template }) {
    const text = JSON.stringify(template, (key, value) => (key === "AllowedPattern" ? undefined : value));
    for (const [found] of text.matchAll(/arn:(?!\$\{AWS::Partition\}).{0,40}/g)) yield `${found} …`;
  },

  "CloudWatch can write to the stack's topic": function* ({ template }) {
    const topics = ofType(template, "AWS::SNS::Topic").map(([name]) => name);
    if (!same(topics, ["AlarmTopic"])) yield `the topics are ${topics}`;
    if (template.Resources["AlarmTopic"]?.Properties?.KmsMasterKeyId !== undefined) yield "CloudWatch cannot use the topic's key";
  },

  "alarms reach a topic, and a warning says when nobody reads it": function* ({
    template: { Parameters, Conditions, Resources, Outputs },
  }) {
    const isEmpty = (parameter: string) => ({ "Fn::Equals": [{ Ref: parameter }, ""] });
    if (Parameters.AlarmEmail.Default !== "" || Parameters.AlarmTopicArn.Default !== "") yield "a default sends alarms to somebody";
    if (Resources["AlarmTopic"]?.Condition !== "OwnTopic" || !same(Conditions.OwnTopic, isEmpty("AlarmTopicArn")))
      yield "the stack's own topic is not there exactly when no other is given";
    const { Condition, Properties } = Resources["AlarmMail"] ?? {};
    if (!same(Properties, { TopicArn: topic, Protocol: "email", Endpoint: { Ref: "AlarmEmail" } }))
      yield "the topic that gets the alarms does not mail AlarmEmail alone";
    if (Condition !== "AlarmsMailed" || !same(Conditions.AlarmsMailed, { "Fn::Not": [isEmpty("AlarmEmail")] }))
      yield "the subscription does not depend on an address";
    const nobody = { "Fn::And": [{ Condition: "OwnTopic" }, { "Fn::Not": [{ Condition: "AlarmsMailed" }] }] };
    if (Outputs.AlarmsReachNobody?.Condition !== "NobodyAlarmed" || !same(Conditions.NobodyAlarmed, nobody))
      yield "no output says, exactly then, that nobody gets the alarms";
  },

  "the dashboard is there only if it is asked for": function* ({ template: { Parameters, Conditions, Resources } }) {
    const asked = { "Fn::Equals": [{ Ref: "Dashboard" }, "true"] };
    if (Resources["CloudWatchDashboard"]?.Condition !== "DashboardShown" || !same(Conditions.DashboardShown, asked))
      yield "it does not depend on the parameter";
    const { AllowedValues, Default } = Parameters.Dashboard;
    if (!same(AllowedValues, ["true", "false"]) || Default !== "false") yield `Dashboard is ${Default} by default`;
  },

  "samconfig.toml deploys this template": function* (_stack, { samconfig }) {
    const [, defaults = ""] = /^\[default\.global\.parameters\]\n((?:(?!\[).*\n?)*)/m.exec(samconfig) ?? [];
    if (!defaults.includes('template_file = "template.yaml"\n')) yield "what a past `sam build` left would be deployed: name template.yaml";
    if (!defaults.includes('stack_name = "ingress-warden"\n')) yield "it has no name: sam deploy would ask for one";
    if (!/^capabilities = "CAPABILITY_IAM"$/m.test(samconfig)) yield "sam deploy may make no roles: name CAPABILITY_IAM";
    if (!/^resolve_s3 = true$/m.test(samconfig)) yield "sam deploy has no bucket, and needs one for a template of more than 51,200 bytes";
    if (/^parameter_overrides/m.test(samconfig)) yield "it sets parameters: leave parameter_overrides to the person who deploys";
    for (const [line] of samconfig.matchAll(/^template(?:_file)? *=(?! *"template\.yaml"$).*/gm)) yield `it deploys another: ${line}`;
  },
};
