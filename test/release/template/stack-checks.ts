import { isDeepStrictEqual as same } from "node:util";
import type { Value } from "../../support/template.ts";
import type { Check } from "./check.ts";
import { getAtt, ofType } from "./stack.ts";

/** What has to hold of the stack as a whole. */
export const stackChecks: Readonly<Record<string, Check>> = {
  "functions have a switch each": function* ({ template, functions }) {
    if (functions.length < 2) yield "there are no functions to speak of";
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
    for (const { name, condition, properties } of functions)
      for (const value of [{ Ref: name }, properties.LoggingConfig.LogGroup])
        if (!named(value, condition)) yield `${name}: no output is ${JSON.stringify(value)}`;
    for (const { id, condition } of rules) if (!named(getAtt(id), condition)) yield `${id}: no output is its ARN`;
    for (const value of [{ Ref: "FailedEvents" }, { Ref: "UndeliveredEvents" }, getAtt("Archive"), { Ref: "Alarms" }])
      if (!named(value)) yield `no output is ${JSON.stringify(value)}`;
    // The commands of docs/OPERATING.md find the rules by it.
    const asRules = outputs.filter(([key]) => key.endsWith("Rule")).map(([, output]) => output.Value["Fn::GetAtt"][0]);
    if (!same(asRules.sort(), rules.map(({ id }) => id).sort())) yield `the outputs whose names end in Rule are ${asRules}`;
  },

  "Mode can only make it safer": function* ({ template }) {
    const { AllowedValues, Default } = template.Parameters.Mode;
    if (!same(AllowedValues, ["policy", "audit"]) || Default !== "policy")
      yield `Mode is one of ${AllowedValues}, and ${Default} unless told`;
  },

  "no ARN takes the partition for granted": function* ({ template }) {
    // Those of a translated role are of the managed policies, which the translator names as it is told.
    const text = JSON.stringify(template, (key, value) => (key === "ManagedPolicyArns" ? undefined : value));
    for (const [found] of text.matchAll(/arn:(?!\$\{AWS::Partition\}).{0,40}/g)) yield `${found} …`;
  },

  "the alarms' topic can be written to and is mailed": function* ({ template }) {
    if (template.Resources["Alarms"]?.Properties?.KmsMasterKeyId !== undefined) yield "CloudWatch cannot use the topic's key";
    const [[, mail] = [], ...others] = ofType(template, "AWS::SNS::Subscription");
    const wanted = { TopicArn: { Ref: "Alarms" }, Protocol: "email", Endpoint: { Ref: "AlarmEmail" } };
    if (others.length > 0 || !same(mail?.Properties, wanted)) yield "the topic does not mail AlarmEmail alone";
    const given = { "Fn::Not": [{ "Fn::Equals": [{ Ref: "AlarmEmail" }, ""] }] };
    if (!same(template.Conditions[mail?.Condition ?? ""], given) || template.Parameters.AlarmEmail.Default !== "")
      yield "without an address somebody is mailed all the same";
  },

  "samconfig.toml deploys this template": function* (_stack, { samconfig }) {
    const [, defaults = ""] = /^\[default\.global\.parameters\]\n((?:(?!\[).*\n?)*)/m.exec(samconfig) ?? [];
    if (!defaults.includes('template_file = "template.yaml"\n')) yield "what a past `sam build` left would be deployed: name template.yaml";
    if (!defaults.includes('stack_name = "ingress-warden"\n')) yield "it has no name: sam deploy would ask for one";
    if (!/^capabilities = "CAPABILITY_IAM"$/m.test(samconfig)) yield "sam deploy may make no roles: name CAPABILITY_IAM";
    if (/^parameter_overrides/m.test(samconfig))
      yield "its parameters are not the template's: leave parameter_overrides to whoever deploys";
    for (const [line] of samconfig.matchAll(/^template(?:_file)? *=(?! *"template\.yaml"$).*/gm)) yield `it deploys another: ${line}`;
  },
};
