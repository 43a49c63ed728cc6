import { isDeepStrictEqual as same } from "node:util";
import type { Value } from "../../support/template.ts";
import { topic } from "./alarm-checks.ts";
import type { Check } from "./check.ts";
import { deployed } from "./deployed.ts";
import { changes, ofType, type Stack } from "./stack.ts";

/** EventBridge's quota for the pattern of a rule. */
const longest = 2048;

/** Checks that the alarms' topic is told of changes of the stack itself, and that it can be. */
export const changeChecks: Readonly<Record<string, Check>> = {
  "a rule reports changes of every function, every rule and the trails": function* (stack) {
    const { Condition, Properties } = stack.template.Resources[changes] ?? {};
    if (Properties === undefined) return yield "there is no such rule";
    if (!same(Properties.EventPattern, patternOf(stack))) yield `its pattern is ${JSON.stringify(Properties.EventPattern)}`;
    if (Condition !== "AnythingWatched") yield `it is there only if ${Condition}, and without a function its lists would be empty`;
    // A name that CloudFormation makes for a function or a rule has at most 64 characters.
    const long = JSON.stringify(deployed(stack.template, patternOf(stack))).replace(/warden-\w+-1A2B3C/g, (name) => name.padEnd(64, "x"));
    if (long.length > longest) yield `its pattern can have ${long.length} characters`;
    if (JSON.stringify(Object.keys(Properties).sort()) !== '["EventPattern","Targets"]') yield `it has ${Object.keys(Properties)}`;
  },

  "it sends the topic a text that names the call, the caller and the part": function* ({ template }) {
    const [target, ...others] = template.Resources[changes]?.Properties.Targets ?? [];
    const { Id, Arn, InputTransformer, ...rest } = target ?? {};
    // EventBridge must have no role for a topic, which has a policy.
    if (!same(Arn, topic) || others.length + Object.keys(rest).length > 0) yield "its target is not the topic of the alarms alone";
    const { InputPathsMap = {}, InputTemplate } = InputTransformer ?? {};
    const text: string = InputTemplate?.["Fn::Sub"] ?? "";
    if (!/^"[^"\\\n]*"$/.test(text)) yield "its text is not one quoted line";
    const used = [...text.matchAll(/<(\w+)>/g)].map(([, name = ""]) => name);
    if (!same(used.toSorted(), Object.keys(InputPathsMap).sort())) yield `its text uses ${used}`;
    const paths = Object.values<Value>(InputPathsMap);
    for (const wanted of ["eventName", "eventID", "userIdentity.arn", "requestParameters.functionName", "requestParameters.rule"])
      if (!paths.includes(`$.detail.${wanted}`)) yield `its text does not state ${wanted}`;
  },

  "alarms and that rule may publish to the stack's topic, and no others": function* ({ template }) {
    const [[, policy] = [], ...others] = ofType(template, "AWS::SNS::TopicPolicy");
    if (policy === undefined || others.length > 0) return yield "the topic does not have one policy";
    const { Topics, PolicyDocument } = policy.Properties;
    if (policy.Condition !== "OwnTopic" || !same(Topics, [{ Ref: "AlarmTopic" }])) yield "it is not the policy of the stack's own topic";
    const publishing = { Effect: "Allow", Action: "sns:Publish", Resource: { Ref: "AlarmTopic" } };
    const alarms = `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:*`;
    const wanted = [
      {
        ...publishing,
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": { "Fn::Sub": alarms } } },
      },
      // For EventBridge, a topic's policy supports no condition (EventBridge User Guide, resource-based policies, Amazon SNS permissions).
      { ...publishing, Principal: { Service: "events.amazonaws.com" } },
    ];
    if (!same(PolicyDocument, { Version: "2012-10-17", Statement: wanted })) yield `it is ${JSON.stringify(PolicyDocument)}`;
  },
};

/** What the rule must match, for the functions and the rules that there are. */
function patternOf({ functions, rules }: Stack): Value {
  const ifWatched = (condition: string | undefined, value: Value) => ({ "Fn::If": [condition, value, { Ref: "AWS::NoValue" }] });
  const ruleNames = rules.toSorted(byOrderOf(functions)).map(({ id, condition }) => ifWatched(condition, { Ref: id }));
  // With three wildcards, EventBridge refuses the rule as too complex.
  const anyForm = (name: string) => ({ suffix: { Ref: name } });
  const functionNames = functions.map(({ name, condition }) => ifWatched(condition, anyForm(name)));
  const reading = functions.filter(({ queue }) => queue !== undefined);
  const prefixes = (...names: string[]) => names.map((prefix) => ({ prefix }));
  const ofMapping = prefixes("UpdateEventSourceMapping", "DeleteEventSourceMapping");
  const call = (service: string, eventName: Value, where: object = {}) => ({ source: [`aws.${service}`], detail: { eventName, ...where } });
  return {
    "detail-type": ["AWS API Call via CloudTrail", "Amazon API Call via CloudTrail"],
    detail: { errorCode: [{ exists: false }] },
    $or: [
      call("cloudtrail", ["StopLogging", "DeleteTrail"]),
      call("events", ["DisableRule", "DeleteRule"], { requestParameters: { name: ruleNames } }),
      call("events", ["RemoveTargets"], { requestParameters: { rule: ruleNames } }),
      call("lambda", prefixes("UpdateFunction", "PutFunction", "DeleteFunction"), { requestParameters: { functionName: functionNames } }),
      ...reading.map(({ name, condition }) =>
        ifWatched(condition, call("lambda", ofMapping, { responseElements: { functionArn: [anyForm(name)] } })),
      ),
    ],
  };
}

/** By function, in the template's order; the translation has its rules in another. */
function byOrderOf(functions: Stack["functions"]): (a: { functionName: string }, b: { functionName: string }) => number {
  const place = ({ functionName }: { functionName: string }) => functions.findIndex(({ name }) => name === functionName);
  return (a, b) => place(a) - place(b);
}
