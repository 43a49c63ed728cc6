import { vocabulary } from "#authorizations/index.ts";
import type { Exception, Policy } from "#domain/policy.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { maxPolicyBytes, type PolicyFile, policyFrom } from "#policy/file.ts";
import type { PolicyDocument } from "#policy/schema.ts";
import { type Command, textFlag } from "../command.ts";
import { counted } from "../counted.ts";
import { paint } from "../paint.ts";
import { policyFlags, policyOf, timeOf } from "../policy-flags.ts";
import type { InventoryNames } from "./inventory-warnings.ts";
import { formWarnings, regionWarnings } from "./name-warnings.ts";
import { maxCompared, ownAccountWarnings, redundancyWarnings, unionWarnings } from "./policy-warnings.ts";
import {
  documentationWarnings,
  duplicateWarnings,
  expiredWarnings,
  expiringWarnings,
  letterCaseWarnings,
  unusableWarnings,
  widthWarnings,
} from "./statement-warnings.ts";

/** `check`: prints the errors of a policy, or warnings about statements that may not mean what was intended. */
export const check: Command = {
  name: "check",
  usage: "check [FILE | -] [--policy FILE] [--at TIME] [--inventory FILE] [--strict]",
  summary: "Checks a policy: prints its errors, or warnings about statements that may not mean what you intend.",
  options: {
    ...policyFlags,
    inventory: {
      type: "string",
      value: "FILE",
      help: "Also warn of patterns in the policy's scopes that match nothing in this inventory.",
    },
    strict: { type: "boolean", help: "Exit with 2 when there is a warning, except for a statement that expires within 14 days." },
  },
  examples: [
    { command: "check", does: "Checks ./policy.json." },
    { command: "check --strict", does: "Also fails on warnings, for CI." },
    { command: "check - < policy.json", does: "Checks standard input." },
  ],
  async run({ flags, positionals: [file, ...others] }) {
    if (others.length > 0) throw new UsageError("check takes one policy file");
    if (file !== undefined && flags["policy"] !== undefined)
      throw new UsageError("check takes one policy: give it as FILE or with --policy");
    const at = timeOf(flags);
    const path = file ?? textFlag(flags, "policy") ?? "policy.json";
    const name = path === "-" ? "standard input" : path;
    const policyFile =
      path === "-" ? await policyFrom(await standardInput(), name, vocabulary) : await policyOf({ ...flags, policy: path });
    const expiring = policyFile.policy.permit.flatMap((statement) => expiringWarnings(statement, at));
    const inventory = textFlag(flags, "inventory");
    const names = inventory === undefined ? undefined : await (await import("./inventory-warnings.ts")).namesIn(inventory);
    const found = [...warnings(policyFile, at), ...(names ? await unmatched(policyFile.document, names) : [])];
    const lines = [...expiring, ...found].map((warning) => `${paint("yellow", "warning")}: ${printable(warning, 400)}`);
    process.stdout.write(`${[...lines, `${printable(name)}: ${summaryOf(policyFile.policy)}`].join("\n")}\n`);
    return flags["strict"] === true && found.length > 0 ? 2 : 0;
  },
};

/** Reads standard input until a policy would be too large. */
async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxPolicyBytes) break;
  }
  return Buffer.concat(chunks);
}

/** Returns the line about a valid policy, such as `valid, 2 statements, mode enforce, audit in 1 scope`. */
function summaryOf({ mode, permit, exceptions }: Policy): string {
  const otherMode = mode === "enforce" ? "audit" : "enforce";
  const except = exceptions.length > 0 ? `, ${otherMode} in ${counted(exceptions.length, "scope")}` : "";
  return `${paint("green", "valid")}, ${counted(permit.length, "statement")}, mode ${mode}${except}`;
}

/** Returns the warnings about a valid policy at a time in milliseconds since 1970, except for statements that expire soon. */
function warnings({ policy, document }: Pick<PolicyFile, "policy" | "document">, at: number): string[] {
  return [
    ...policy.permit.flatMap((statement) => expiredWarnings(statement, at)),
    ...document.permit.flatMap((statement, index) => [
      ...widthWarnings(statement),
      ...documentationWarnings(statement),
      ...formWarnings(statement),
      ...regionWarnings(statement),
      ...letterCaseWarnings(statement),
      ...duplicateWarnings(statement),
      ...unusableWarnings(statement),
      ...redundancyWarnings(index, { policy, document }, at),
    ]),
    ...namedExceptions(document).flatMap((exception) => [
      ...formWarnings(exception),
      ...regionWarnings(exception),
      ...letterCaseWarnings(exception),
    ]),
    ...unionWarnings({ policy, document }, at),
    ...ownAccountWarnings(policy, at),
    ...(policy.permit.length > maxCompared ? [`more than ${maxCompared} statements: they were not compared with each other`] : []),
  ];
}

/** Returns the warnings about patterns that match nothing in an inventory. */
async function unmatched(document: PolicyDocument, names: InventoryNames): Promise<string[]> {
  const { inventoryWarnings } = await import("./inventory-warnings.ts");
  return [...document.permit, ...namedExceptions(document)].flatMap((scope) => inventoryWarnings(scope, names));
}

/** Returns the scopes in which the other mode applies, each named by its key in the policy. */
function namedExceptions({ auditOnly = [], enforceOnly = [] }: PolicyDocument): (Exception & { readonly name: string })[] {
  return [
    ...auditOnly.map((scope) => ({ ...scope, name: "auditOnly" })),
    ...enforceOnly.map((scope) => ({ ...scope, name: "enforceOnly" })),
  ];
}
