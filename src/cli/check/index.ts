import type { Policy, Scope } from "#domain/policy.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { PolicyFile } from "#policy/file.ts";
import type { PolicyDocument } from "#policy/schema.ts";
import { type Command, textFlag } from "../command.ts";
import { policyFlags, policyOf, timeOf } from "../policy-flags.ts";
import { maxCompared, ownAccountWarnings, redundancyWarnings, unionWarnings } from "./policy-warnings.ts";
import {
  documentationWarnings,
  duplicateWarnings,
  expiryWarnings,
  letterCaseWarnings,
  unusableWarnings,
  widthWarnings,
} from "./statement-warnings.ts";

/** `check`: prints the errors of a policy, or warnings about statements that may not mean what was intended. */
export const check: Command = {
  name: "check",
  usage: "check [FILE] [--policy FILE] [--at TIME]",
  summary: "Checks a policy: prints its errors, or warnings about statements that may not mean what you intend.",
  options: policyFlags,
  async run({ flags, positionals: [file, ...others] }) {
    if (others.length > 0) throw new UsageError("check takes one policy file");
    if (file !== undefined && flags["policy"] !== undefined)
      throw new UsageError("check takes one policy: give it as FILE or with --policy");
    const name = file ?? textFlag(flags, "policy") ?? "policy.json";
    const policyFile = await policyOf({ ...flags, policy: name });
    const lines = warnings(policyFile, timeOf(flags)).map((warning) => `warning: ${printable(warning, 400)}`);
    process.stdout.write(`${[...lines, `${printable(name)}: ${summaryOf(policyFile.policy)}`].join("\n")}\n`);
    return 0;
  },
};

/** Returns the line about a valid policy, such as `valid, 2 statements, mode enforce, audit in 1 scope`. */
function summaryOf({ mode, permit, exceptions }: Policy): string {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const otherMode = mode === "enforce" ? "audit" : "enforce";
  const except = exceptions.length > 0 ? `, ${otherMode} in ${counted(exceptions.length, "scope")}` : "";
  return `valid, ${counted(permit.length, "statement")}, mode ${mode}${except}`;
}

/** Returns the warnings about a valid policy at a time in milliseconds since 1970. */
function warnings({ policy, document }: Pick<PolicyFile, "policy" | "document">, at: number): string[] {
  return [
    ...policy.permit.flatMap((statement) => expiryWarnings(statement, at)),
    ...document.permit.flatMap((statement, index) => [
      ...widthWarnings(statement),
      ...documentationWarnings(statement),
      ...letterCaseWarnings(statement),
      ...duplicateWarnings(statement),
      ...unusableWarnings(statement),
      ...redundancyWarnings(index, { policy, document }, at),
    ]),
    ...exceptionScopes(document).flatMap(letterCaseWarnings),
    ...unionWarnings({ policy, document }, at),
    ...ownAccountWarnings(policy, at),
    ...(policy.permit.length > maxCompared ? [`more than ${maxCompared} statements: they were not compared with each other`] : []),
  ];
}

/** Returns the scopes in which the other mode applies, each named by its key in the policy. */
function exceptionScopes({ auditOnly = [], enforceOnly = [] }: PolicyDocument): (Scope & { readonly name: string })[] {
  return [
    ...auditOnly.map((scope) => ({ ...scope, name: "auditOnly" })),
    ...enforceOnly.map((scope) => ({ ...scope, name: "enforceOnly" })),
  ];
}
