import { isDeepStrictEqual } from "node:util";
import { type Resource, readTemplate, type Template, type Value } from "../../support/template.ts";

/** A function with its role and its invoke config, in the same form before and after SAM's translation. */
export interface StackFunction {
  readonly name: string;
  readonly condition: string | undefined;
  readonly properties: Value;
  /** The role that it names; undefined if SAM would make one. */
  readonly role: Resource | undefined;
  /** The statements of its role. */
  readonly statements: readonly Value[];
  readonly invokeConfig: Value;
  /** The queue that it reads; absent: its rules invoke it. */
  readonly queue: string | undefined;
}

/** A rule with its one target: a function, or the queue that a function reads. */
export interface StackRule {
  readonly id: string;
  readonly condition: string | undefined;
  readonly functionName: string;
  /** The queue that it delivers to; absent: it invokes its function. */
  readonly queue: string | undefined;
  readonly pattern: Value;
  /** Those of EventBusName, State and Enabled that are set: each can keep it from firing on the default bus. */
  readonly switches: readonly string[];
  readonly retryPolicy: Value;
  readonly deadLetterConfig: Value;
  /** Whether its function may be invoked by it, or reads its queue. */
  readonly invokes: boolean;
}

/** A template in one form, before or after SAM's translation. */
export interface Stack {
  readonly template: Template;
  readonly functions: readonly StackFunction[];
  readonly rules: readonly StackRule[];
}

/** The resources of a type. */
export function ofType({ Resources }: Template, type: string): readonly (readonly [name: string, resource: Resource])[] {
  return Object.entries(Resources).filter(([, { Type }]) => Type === type);
}

/** A reference to a resource's attribute, in JSON. */
export function getAtt(name: string, attribute = "Arn"): Value {
  return { "Fn::GetAtt": [name, attribute] };
}

/** Whether two lists have the same values, in any order. */
export function sameSet(a: readonly Value[], b: readonly Value[]): boolean {
  const texts = (values: readonly Value[]) => values.map((value) => JSON.stringify(value)).sort();
  return isDeepStrictEqual(texts(a), texts(b));
}

/** Reads template.yaml or SAM's translation. */
export function stackOf(template: Template): Stack {
  return ofType(template, "AWS::Serverless::Function").length > 0 ? ofSource(template) : ofTranslation(template);
}

/** The calls that template.yaml permits, `service:Action`, by what the function watches. */
export function permissions(): Readonly<Record<string, readonly string[]>> {
  const { functions } = stackOf(readTemplate());
  return Object.fromEntries(
    functions.map(({ properties, statements }) => [properties.Environment.Variables.WATCH, statements.flatMap(({ Action }) => Action)]),
  );
}

function ofSource(template: Template): Stack {
  const shared = template.Globals?.Function;
  const written = ofType(template, "AWS::Serverless::Function");
  const functions = written.map(([name, { Condition: condition, Properties: own }]) => {
    const properties = {
      ...shared,
      ...own,
      Environment: { Variables: { ...shared.Environment?.Variables, ...own.Environment?.Variables } },
      LoggingConfig: { ...shared.LoggingConfig, ...own.LoggingConfig },
    };
    const invokeConfig = properties.EventInvokeConfig ?? {};
    return {
      name,
      condition,
      properties,
      ...roleOf(template, properties),
      invokeConfig,
      queue: queueOf(template, name),
    };
  });
  const invoking = written.flatMap(([functionName, { Condition: condition, Properties: own }]) =>
    Object.entries<Value>(own.Events ?? {}).map(([event, { Type, Properties: rule }]) => ({
      id: `${functionName}${event}`,
      condition,
      functionName,
      queue: undefined,
      pattern: rule.Pattern,
      switches: ["EventBusName", "State", "Enabled"].filter((key) => key in rule),
      retryPolicy: rule.RetryPolicy,
      deadLetterConfig: rule.DeadLetterConfig,
      invokes: Type === "EventBridgeRule",
    })),
  );
  return { template, functions, rules: [...invoking, ...plainRules(template)] };
}

function ofTranslation(template: Template): Stack {
  const functions = ofType(template, "AWS::Lambda::Function").map(([name, { Condition: condition, Properties: properties }]) => {
    const config = ofType(template, "AWS::Lambda::EventInvokeConfig").find(([, each]) => each.Properties.FunctionName.Ref === name)?.[1];
    return {
      name,
      condition,
      properties,
      ...roleOf(template, properties),
      invokeConfig: config?.Condition === condition ? (config?.Properties ?? {}) : {},
      queue: queueOf(template, name),
    };
  });
  return { template, functions, rules: plainRules(template) };
}

/** The role that a function names, with its statements. */
function roleOf(template: Template, { Role }: Value): Pick<StackFunction, "role" | "statements"> {
  const role = template.Resources[Role?.["Fn::GetAtt"]?.[0]];
  return { role, statements: (role?.Properties.Policies ?? []).flatMap(({ PolicyDocument }: Value) => PolicyDocument.Statement) };
}

/** The rule that reports changes of the stack itself: its target is the alarms' topic. */
export const changes = "ChangesRule";

/** The rules for events that are resources of their own: in template.yaml those that deliver to a queue, in the translation all. */
function plainRules(template: Template): StackRule[] {
  const all = ofType(template, "AWS::Events::Rule").filter(([id]) => id !== changes);
  return all.map(([id, { Condition: condition, Properties: rule }]) => {
    const [target, ...others] = rule.Targets;
    const to = others.length === 0 ? target.Arn["Fn::GetAtt"][0] : "";
    const queue = template.Resources[to]?.Type === "AWS::SQS::Queue" ? to : undefined;
    const [, reader] = ofType(template, "AWS::Lambda::EventSourceMapping").find(([, each]) => sourceOf(each) === to) ?? [];
    const permits = ({ Condition, Properties: { SourceArn, FunctionName, Principal, Action } }: Resource) =>
      Condition === condition &&
      SourceArn?.["Fn::GetAtt"]?.join(".") === `${id}.Arn` &&
      FunctionName.Ref === to &&
      Principal === "events.amazonaws.com" &&
      Action === "lambda:InvokeFunction";
    return {
      id,
      condition,
      functionName: queue === undefined ? to : (reader?.Properties.FunctionName.Ref ?? ""),
      queue,
      pattern: rule.EventPattern,
      switches: ["EventBusName", "State"].filter((key) => key in rule),
      retryPolicy: target.RetryPolicy,
      deadLetterConfig: target.DeadLetterConfig,
      invokes: queue === undefined ? ofType(template, "AWS::Lambda::Permission").some(([, each]) => permits(each)) : reader !== undefined,
    };
  });
}

/** The queue that a function reads. */
function queueOf(template: Template, functionName: string): string | undefined {
  const mappings = ofType(template, "AWS::Lambda::EventSourceMapping").map(([, mapping]) => mapping);
  return mappings.filter(({ Properties }) => Properties.FunctionName.Ref === functionName).map(sourceOf)[0];
}

function sourceOf({ Properties: { EventSourceArn } }: Resource): string {
  return EventSourceArn["Fn::GetAtt"][0];
}
