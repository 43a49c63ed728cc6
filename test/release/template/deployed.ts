import type { Template, Value } from "../../support/template.ts";

/** Where the template is deployed for a test, as stack `warden`, with everything watched and no parameter given. */
export const place = { "AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012", "AWS::StackName": "warden" };

const own = `${place["AWS::Region"]}:${place["AWS::AccountId"]}`;

/** The ARN of a resource by its type and its name, for the types whose ARNs are asked for. */
const arns: Readonly<Record<string, (name: string) => string>> = {
  "AWS::Events::Rule": (name) => `arn:aws:events:${own}:rule/${name}`,
  "AWS::Logs::LogGroup": (name) => `arn:aws:logs:${own}:log-group:${name}:*`,
  "AWS::SQS::Queue": (name) => `arn:aws:sqs:${own}:${name}`,
};

/** A value of the template as CloudFormation resolves it there. Throws for what it does not know. */
export function deployed(template: Template, value: Value): Value {
  const resolve = (inner: Value) => deployed(template, inner);
  if (Array.isArray(value)) return value.map(resolve).filter((each) => each !== undefined);
  if (typeof value !== "object" || value === null) return value;
  const [[key, inner] = ["", undefined], ...others] = Object.entries<Value>(value);
  if (others.length > 0 || !/^(Ref|Fn::.*)$/.test(key))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolve(each)]));
  if (key === "Ref") return inner === "AWS::NoValue" ? undefined : nameOf(inner);
  if (key === "Fn::Sub") return inner.replace(/\$\{([^}]+)\}/g, (_: string, name: string) => nameOf(name));
  if (key === "Fn::If") return resolve(/Watched$|^OwnTopic$/.test(inner[0]) ? inner[1] : inner[2]);
  const [name, attribute] = key === "Fn::GetAtt" ? inner : [];
  const arn = attribute === "Arn" ? arns[template.Resources[name]?.Type ?? ""] : undefined;
  if (arn === undefined) throw new Error(`The tests do not resolve ${JSON.stringify(value)}`);
  return arn(nameOf(name));
}

function nameOf(name: string): string {
  return place[name as keyof typeof place] ?? `warden-${name}-1A2B3C`;
}
