import { vocabulary } from "#authorizations/index.ts";
import { UsageError } from "#domain/usage-error.ts";
import { maxPolicyBytes } from "#policy/file.ts";
import { parsePolicy } from "#policy/parse.ts";
import type { StatementDocument } from "#policy/schema.ts";

/** The longest list that is on one line, in characters. */
const maxLine = 100;

/**
 * Returns the text of a policy in audit mode: one line for each key of a statement, and for each item of a long list. Throws a UsageError
 * for a policy that could not be read.
 */
export function policyText(permit: readonly StatementDocument[]): string {
  const statements = permit.map((statement) => {
    const keys = Object.entries(statement).map(([key, value]) => `      ${JSON.stringify(key)}: ${valueText(value)}`);
    return `    {\n${keys.join(",\n")}\n    }`;
  });
  const text = `{\n  "$schema": "./policy.schema.json",\n  "mode": "audit",\n  "permit": [\n${statements.join(",\n")}\n  ]\n}\n`;
  const bytes = Buffer.byteLength(text);
  if (bytes > maxPolicyBytes)
    throw new UsageError(`the policy would have ${bytes} bytes, and the limit is ${maxPolicyBytes}: learn from fewer places at a time`);
  parsePolicy(text, "the learned policy", vocabulary);
  return text;
}

function valueText(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  const items = value.map((item) => JSON.stringify(item));
  const line = `[${items.join(", ")}]`;
  return line.length <= maxLine ? line : `[\n${items.map((item) => `        ${item}`).join(",\n")}\n      ]`;
}
