import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { vocabulary } from "#authorizations/index.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type PolicyFile, readPolicy } from "#policy/file.ts";
import { checkedName, checkedText, policyName } from "#policy/packed.ts";
import type { StatementDocument } from "#policy/schema.ts";
import { documentationWarnings } from "../check/statement-warnings.ts";
import { packageFolder } from "../package-folder.ts";
import type { Files } from "../place-files.ts";

/**
 * Returns the files that are deployed: the function that was built into this package, a policy that was checked and its SHA-256.
 * Throws a UsageError when the package has no built function.
 */
export async function deployable(policy: Buffer): Promise<Files> {
  const built = join(packageFolder(), "dist");
  const names = (await readdir(built).catch(() => [])).filter((name) => name.endsWith(".mjs"));
  if (!names.includes("lambda.mjs")) throw new UsageError(`${printable(built)} contains no built function: run npm run build`);
  const code = await Promise.all(names.map(async (name) => [name, await readFile(join(built, name))] as const));
  const sha256 = createHash("sha256").update(policy).digest("hex");
  return new Map<string, string | Buffer>([[policyName, policy], [checkedName, checkedText(sha256)], ...code]);
}

/**
 * Reads and checks a policy, and returns also the bytes that were checked. Throws a UsageError, also when the file cannot be read twice,
 * as a pipe.
 */
export async function checkedPolicy(file: string): Promise<PolicyFile & { readonly bytes: Buffer }> {
  const checked = await readPolicy(file, vocabulary);
  const bytes = await readFile(file);
  if (createHash("sha256").update(bytes).digest("hex") !== checked.sha256)
    throw new UsageError(`${printable(file)} changed while it was read, and nothing was written: give a file, not a pipe, and try again`);
  return { ...checked, bytes };
}

/** Prints to standard error that statements permit addresses or accounts that only documentation has. */
export function warnOfExamples(permit: readonly StatementDocument[]): void {
  for (const warning of permit.flatMap(documentationWarnings)) console.error(`warning: ${printable(warning, 400)}`);
}
