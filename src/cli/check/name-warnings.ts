import { matches } from "#domain/pattern.ts";
import type { Scope } from "#domain/policy.ts";
import { suggestion } from "#policy/suggestion.ts";
import regions from "./regions.json" with { type: "json" };
import { listed } from "./statement-warnings.ts";

/** A statement or an exception, with the name that messages give to it. */
type Named = Scope & { readonly name: string; readonly securityGroups?: readonly string[] | undefined };

/** Warns about patterns that fit no Region of the AWS SDK's data. A newer Region can be unknown to it. */
export function regionWarnings({ name, regions: patterns = [] }: Named): string[] {
  const found = patterns.filter((pattern) => !regions.some((region) => matches(pattern, region)));
  const texts = found.map((pattern) => {
    const meant = suggestion(pattern, regions);
    return meant ? `${pattern} (did you mean ${meant}?)` : pattern;
  });
  return found.length > 0 ? [`${name}: no AWS Region that this version knows matches: ${listed(texts)}`] : [];
}

/** `.*`, `.+`, `^…`, `…$`, `\d` and the like, `[a-z]`, `(a|b)`: in a pattern, these characters mean themselves. */
const regularExpression = /\.[*+]|^\^|\$$|\\[a-zA-Z.]|\[[^\]]*-[^\]]*\]|\([^)]*\|[^)]*\)/;

/** Warns about ARNs and regular expressions, which fit no name. */
export function formWarnings({ name, resources = [], securityGroups = [] }: Named): string[] {
  const patterns = [...resources, ...securityGroups];
  const arns = patterns.filter((pattern) => pattern.startsWith("arn:")).map(withName);
  const expressions = patterns.filter((pattern) => !pattern.startsWith("arn:") && regularExpression.test(pattern));
  return [
    ...(arns.length > 0 ? [`${name}: ARNs, but patterns are compared with names: ${listed(arns)}`] : []),
    ...(expressions.length > 0
      ? [`${name}: regular expressions, but in patterns only * (any text) and ? (one character) are special: ${listed(expressions)}`]
      : []),
  ];
}

/** Adds the name that is in the ARN, if it can be seen: the ARN of a workgroup has an id, not the name. */
function withName(arn: string): string {
  const [, service, resource] = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:[^:/]+[:/](.+)$/.exec(arn) ?? [];
  return resource && service !== "redshift-serverless" ? `${arn} (write ${resource})` : arn;
}
