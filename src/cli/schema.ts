import * as z from "zod/mini";
import { vocabulary } from "#authorizations/index.ts";
import { UsageError } from "#domain/usage-error.ts";
import { outcomeSchema } from "#outcome/schema.ts";
import { policySchema } from "#policy/schema.ts";
import type { Command } from "./command.ts";

/**
 * Returns the JSON Schema (2020-12) of the policy or of an outcome, as text, generated from the definition that the code checks by.
 * @see https://json-schema.org/draft/2020-12
 */
export function jsonSchema(name: "policy" | "outcome"): string {
  const definition = name === "policy" ? policySchema(vocabulary) : outcomeSchema;
  const { $schema, ...rest } = z.toJSONSchema(definition, { io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ $schema, title: `ingress-warden ${name}`, ...rest }, null, 2)}\n`;
}

/** `schema policy|outcome`: prints a JSON Schema. */
export const schema: Command = {
  name: "schema",
  usage: "schema policy|outcome",
  summary: "Prints the JSON Schema of the policy file or of an outcome.",
  options: {},
  examples: [{ command: "schema policy > policy.schema.json", does: 'Writes the schema to which the policy\'s "$schema" can refer.' }],
  async run({ positionals: [name, ...others] }) {
    if ((name !== "policy" && name !== "outcome") || others.length > 0) throw new UsageError("schema takes one name: policy or outcome");
    process.stdout.write(jsonSchema(name));
    return 0;
  },
};
