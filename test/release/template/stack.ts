import { type Resource, readTemplate, type Template, type Value } from "../../support/template.ts";

/** A function with its role and its invoke config, in the same form before and after SAM's translation. */
export interface StackFunction {
  readonly name: string;
  readonly condition: string | undefined;
  readonly properties: Value;
  /** The statements of its role. */
  readonly statements: readonly Value[];
  /** The managed policies of its role, by name. */
  readonly managed: readonly unknown[];
  readonly invokeConfig: Value;
}

/** A rule with its one target. */
export interface StackRule {
  readonly id: string;
  readonly condition: string | undefined;
  readonly functionName: string;
  readonly pattern: Value;
  /** Those of EventBusName, State and Enabled that are set: each can keep it from firing on the default bus. */
  readonly switches: readonly string[];
  readonly retryPolicy: Value;
  readonly deadLetterConfig: Value;
  readonly mayInvoke: boolean;
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

const basicExecution = "AWSLambdaBasicExecutionRole";

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
    const onFailure = invokeConfig.DestinationConfig?.OnFailure;
    // SAM adds a statement only to a role that it makes.
    const added = onFailure?.Type === "SQS" ? [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: onFailure.Destination }] : [];
    const policies: Value[] = [properties.Policies ?? []].flat();
    const ownRole = properties.Role !== undefined;
    return {
      name,
      condition,
      properties,
      statements: ownRole ? [] : [...added, ...policies.flatMap(({ Statement }) => Statement ?? [])],
      managed: ownRole ? [properties.Role] : [basicExecution, ...policies.filter(({ Statement }) => Statement === undefined)],
      invokeConfig,
    };
  });
  const rules = written.flatMap(([functionName, { Condition: condition, Properties: own }]) =>
    Object.entries<Value>(own.Events ?? {}).map(([event, { Type, Properties: rule }]) => ({
      id: `${functionName}${event}`,
      condition,
      functionName,
      pattern: rule.Pattern,
      switches: ["EventBusName", "State", "Enabled"].filter((key) => key in rule),
      retryPolicy: rule.RetryPolicy,
      deadLetterConfig: rule.DeadLetterConfig,
      mayInvoke: Type === "EventBridgeRule",
    })),
  );
  return { template, functions, rules };
}

function ofTranslation(template: Template): Stack {
  const functions = ofType(template, "AWS::Lambda::Function").map(([name, { Condition: condition, Properties: properties }]) => {
    const role = template.Resources[properties.Role["Fn::GetAtt"]?.[0]]?.Properties;
    const config = ofType(template, "AWS::Lambda::EventInvokeConfig").find(([, each]) => each.Properties.FunctionName.Ref === name)?.[1];
    return {
      name,
      condition,
      properties,
      statements: (role?.Policies ?? []).flatMap(({ PolicyDocument }: Value) => PolicyDocument.Statement),
      managed: role?.ManagedPolicyArns.map((arn: string) => arn.split("/").at(-1)) ?? [properties.Role],
      invokeConfig: config?.Condition === condition ? (config?.Properties ?? {}) : {},
    };
  });
  const permissions = ofType(template, "AWS::Lambda::Permission").map(([, resource]) => resource);
  const rules = ofType(template, "AWS::Events::Rule").map(([id, { Condition: condition, Properties: rule }]) => {
    const [target, ...others] = rule.Targets;
    const functionName = others.length === 0 ? target.Arn["Fn::GetAtt"][0] : "";
    const permits = ({ Condition, Properties: { SourceArn, FunctionName, Principal, Action } }: Resource) =>
      Condition === condition &&
      SourceArn?.["Fn::GetAtt"]?.join(".") === `${id}.Arn` &&
      FunctionName.Ref === functionName &&
      Principal === "events.amazonaws.com" &&
      Action === "lambda:InvokeFunction";
    return {
      id,
      condition,
      functionName,
      pattern: rule.EventPattern,
      switches: ["EventBusName", "State"].filter((key) => key in rule),
      retryPolicy: target.RetryPolicy,
      deadLetterConfig: target.DeadLetterConfig,
      mayInvoke: permissions.some(permits),
    };
  });
  return { template, functions, rules };
}
