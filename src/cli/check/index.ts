import type { Scope } from "#domain/policy.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { PolicyFile } from "#policy/file.ts";
import type { PolicyDocument } from "#policy/schema.ts";
import { type Command, textFlag } from "../command.ts";
import { policyFlags, policyOf, timeOf } from "../policy-flags.ts";
import { mostCompared, ownAccount, redundant, together } from "./policy-warnings.ts";
import { capitals, examples, expiry, idle, twice, wide } from "./statement-warnings.ts";

/** `check`: the policy's errors, or what it means that may not be meant. */
export const check: Command = {
  name: "check",
  usage: "check [FILE] [--policy FILE] [--at DATE]",
  summary: "Check a policy: its errors (exit code 2), or warnings about what it may not mean.",
  options: policyFlags,
  async run({ flags, positionals: [file, ...others] }) {
    if (others.length > 0) throw new UsageError("check takes one policy file");
    if (file !== undefined && flags["policy"] !== undefined) throw new UsageError("check takes one policy: as FILE, or with --policy");
    const name = file ?? textFlag(flags, "policy") ?? "policy.json";
    const policyFile = await policyOf({ ...flags, policy: name });
    const found = warnings(policyFile, timeOf(flags));
    const { mode, permit, exceptions } = policyFile.policy;
    const lines = found.map((warning) => `warning: ${printable(warning, 400)}`);
    const verdict = `${printable(name)}: valid, ${permit.length} ${permit.length === 1 ? "statement" : "statements"}, mode ${mode}${exceptions.length > 0 ? `, the other one in ${exceptions.length} of its scopes` : ""}`;
    process.stdout.write(`${[...lines, verdict].join("\n")}\n`);
    return 0;
  },
};

/** What a valid policy may not mean, at a time in milliseconds since 1970. */
function warnings({ policy, document }: Pick<PolicyFile, "policy" | "document">, at: number): string[] {
  return [
    ...policy.permit.flatMap((statement) => expiry(statement, at)),
    ...document.permit.flatMap((statement, index) => [
      ...wide(statement),
      ...examples(statement),
      ...capitals(statement),
      ...twice(statement),
      ...idle(statement),
      ...redundant(index, { policy, document }, at),
    ]),
    ...exceptionScopes(document).flatMap(capitals),
    ...together({ policy, document }, at),
    ...ownAccount(policy, at),
    ...(policy.permit.length > mostCompared
      ? [`more than ${mostCompared} statements: not looked for what others permit already, or together`]
      : []),
  ];
}

/** The scopes in which the other mode holds, under the key that they stand in. */
function exceptionScopes({ auditOnly = [], enforceOnly = [] }: PolicyDocument): (Scope & { readonly name: string })[] {
  return [
    ...auditOnly.map((scope) => ({ ...scope, name: "auditOnly" })),
    ...enforceOnly.map((scope) => ({ ...scope, name: "enforceOnly" })),
  ];
}
