import * as z from "zod/mini";
import { vocabulary } from "#authorizations/index.ts";
import { UsageError } from "#domain/usage-error.ts";
import { inventorySchema } from "#inventory/schema.ts";
import { outcomeSchema } from "#outcome/schema.ts";
import { policySchema } from "#policy/schema.ts";
import type { Command } from "./command.ts";

/** The names of the published schemas. */
export type SchemaName = "policy" | "outcome" | "inventory";

const definitions: Readonly<Record<SchemaName, () => z.ZodMiniType>> = {
  policy: () => policySchema(vocabulary),
  outcome: () => outcomeSchema,
  inventory: () => inventorySchema,
};

/** Every published schema. */
export const schemaNames: readonly SchemaName[] = ["policy", "outcome", "inventory"];

/**
 * Returns the JSON Schema (2020-12) of the policy, of an outcome or of a line of an inventory, as text, generated from the definition that the code checks by.
 * @see https://json-schema.org/draft/2020-12
 */
export function jsonSchema(name: SchemaName): string {
  const definition = definitions[name]();
  const { $schema, ...rest } = z.toJSONSchema(definition, { io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ $schema, title: `ingress-warden ${name}`, ...rest }, null, 2)}\n`;
}

/** `schema policy|outcome|inventory`: prints a JSON Schema. */
export const schema: Command = {
  name: "schema",
  usage: "schema policy|outcome|inventory",
  summary: "Prints the JSON Schema of the policy file, of an outcome or of a line of an inventory.",
  options: {},
  examples: [{ command: "schema policy > policy.schema.json", does: 'Writes the schema to which the policy\'s "$schema" can refer.' }],
  async run({ positionals: [name, ...others] }) {
    const known = schemaNames.find((each) => each === name);
    if (!known || others.length > 0) throw new UsageError("schema takes one name: policy, outcome or inventory");
    process.stdout.write(jsonSchema(known));
    return 0;
  },
};
