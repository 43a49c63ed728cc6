import type { Template, Value } from "../../support/template.ts";

/** Where the template is deployed for a test, as stack `warden`. */
export const place = { "AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012", "AWS::StackName": "warden" };

const own = `${place["AWS::Region"]}:${place["AWS::AccountId"]}`;

/** The ARN of a resource by its type and its name, for the types whose ARNs are asked for. */
const arns: Readonly<Record<string, (name: string) => string>> = {
  "AWS::Events::Rule": (name) => `arn:aws:events:${own}:rule/${name}`,
  "AWS::Logs::LogGroup": (name) => `arn:aws:logs:${own}:log-group:${name}:*`,
  "AWS::SQS::Queue": (name) => `arn:aws:sqs:${own}:${name}`,
};

/** The values of parameters that do not have their defaults. */
type Given = Readonly<Record<string, string>>;

/** A value of the template as CloudFormation resolves it there. Throws for what it does not know. */
export function deployed(template: Template, value: Value, given: Given = {}): Value {
  const resolve = (inner: Value) => deployed(template, inner, given);
  if (Array.isArray(value)) return value.map(resolve).filter((each) => each !== undefined);
  if (typeof value !== "object" || value === null) return value;
  const [[key, inner] = ["", undefined], ...others] = Object.entries<Value>(value);
  if (others.length > 0 || !/^(Ref|Fn::.*)$/.test(key))
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, each]) => [name, resolve(each)])
        .filter(([, each]) => each !== undefined),
    );
  if (key === "Ref") return inner === "AWS::NoValue" ? undefined : textOf(inner, template, given);
  if (key === "Fn::Sub") return inner.replace(/\$\{([^}]+)\}/g, (_: string, name: string) => textOf(name, template, given));
  if (key === "Fn::If") return resolve(isMet(template.Conditions[inner[0]], template, given) ? inner[1] : inner[2]);
  const [name, attribute] = key === "Fn::GetAtt" ? inner : [];
  const arn = attribute === "Arn" ? arns[template.Resources[name]?.Type ?? ""] : undefined;
  if (arn === undefined) throw new Error(`The tests do not resolve ${JSON.stringify(value)}`);
  return arn(textOf(name, template, given));
}

/** Whether a condition of the template is met. */
function isMet(condition: Value, template: Template, given: Given): boolean {
  const [[key, inner] = ["", undefined]] = Object.entries<Value>(condition ?? {});
  if (key === "Condition") return isMet(template.Conditions[inner], template, given);
  if (key === "Fn::Not") return !isMet(inner[0], template, given);
  if (key !== "Fn::Equals") throw new Error(`The tests do not evaluate the condition ${JSON.stringify(condition)}`);
  const [one, other] = deployed(template, inner, given);
  return one === other;
}

/** The value of a parameter, or the name of a resource. */
function textOf(name: string, { Parameters }: Template, given: Given): string {
  const known = place[name as keyof typeof place] ?? given[name];
  if (known !== undefined) return known;
  if (!(name in Parameters)) return `warden-${name}-1A2B3C`;
  if (Parameters[name].Default === undefined) throw new Error(`The parameter ${name} has no default: give it`);
  return Parameters[name].Default;
}
