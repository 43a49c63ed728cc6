import { isDeepStrictEqual as same } from "node:util";
import { readTemplate, type Template, type Value } from "../../support/template.ts";
import { ofType } from "../template/stack.ts";

/** A role of template-reader.yaml, with the statements of every policy that names it. */
export interface RoleOfReader {
  readonly name: string;
  readonly condition: string | undefined;
  readonly properties: Value;
  readonly statements: readonly Value[];
}

/** Reads template-reader.yaml. */
export function readReaderTemplate(): Template {
  return readTemplate(new URL("../../../template-reader.yaml", import.meta.url));
}

/** The roles in a copy of template-reader.yaml. */
export function rolesOf(template: Template): readonly RoleOfReader[] {
  const policies = ofType(template, "AWS::IAM::Policy").map(([, policy]) => policy);
  return ofType(template, "AWS::IAM::Role").map(([name, { Condition: condition, Properties: properties }]) => {
    const named = [{ Ref: name }, { "Fn::If": [condition, { Ref: name }, { Ref: "AWS::NoValue" }] }];
    const ofRole = policies.filter(({ Properties }) => Properties.Roles.some((role: Value) => named.some((each) => same(role, each))));
    return { name, condition, properties, statements: ofRole.flatMap(({ Properties }) => Properties.PolicyDocument.Statement) };
  });
}
