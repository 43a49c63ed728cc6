import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { accountId } from "#domain/account.ts";
import type { Exception, Policy, Statement } from "#domain/policy.ts";
import { parseRange, type Range } from "#domain/range.ts";
import { rangeSet } from "#domain/range-set.ts";
import type { Owner } from "#domain/source.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { PolicyDocument, StatementDocument, Vocabulary } from "./schema.ts";

/** A policy, the document that it was compiled from, and the SHA-256 of the file's bytes in hexadecimal. */
export interface PolicyFile {
  readonly policy: Policy;
  readonly document: PolicyDocument;
  readonly sha256: string;
}

/** The most bytes that a policy can have. */
export const maxPolicyBytes: number = 8 * 1024 * 1024;

/**
 * Reads and checks a policy file. Throws a UsageError that lists every problem with its position and fix. `checkedSha256` is the
 * SHA-256 of a policy that was checked when it was packed: that file is not checked again, as the checks take long to load.
 */
export async function readPolicy(file: string, vocabulary: Vocabulary, checkedSha256?: string): Promise<PolicyFile> {
  let bytes: Buffer | undefined;
  try {
    const { size } = await stat(file);
    if (size <= maxPolicyBytes) bytes = await readFile(file);
  } catch (error) {
    throw new UsageError(`${printable(file)}: the policy cannot be read (${(error as NodeJS.ErrnoException).code}): check its path`, {
      cause: error,
    });
  }
  return policyFrom(bytes, file, vocabulary, checkedSha256);
}

/** Checks the bytes of a policy, as `readPolicy` does; `file` is its name in messages. Undefined: there are too many to be read. */
export async function policyFrom(
  bytes: Buffer | undefined,
  file: string,
  vocabulary: Vocabulary,
  checkedSha256?: string,
): Promise<PolicyFile> {
  // The size of a pipe is known only after it was read.
  if (!bytes || bytes.length > maxPolicyBytes)
    throw new UsageError(`${printable(file)}: the policy has more than ${maxPolicyBytes} bytes: shorten it`);
  const json = bytes.toString("utf8").replace(/^\ufeff/, "");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const document: PolicyDocument =
    sha256 === checkedSha256 ? JSON.parse(json) : (await import("./parse.ts")).parsePolicy(json, file, vocabulary);
  return { policy: compile(document), document, sha256 };
}

function compile({ mode, permit, auditOnly, enforceOnly, sharedGroups }: PolicyDocument): Policy {
  return { mode, sharedGroups, exceptions: (auditOnly ?? enforceOnly ?? []).map(compileScope), permit: permit.map(compileStatement) };
}

function compileScope({ services, authorizations, resources, accounts, regions, sources }: Exception): Exception {
  return { services, authorizations, resources, accounts: accounts?.map((account) => account.replaceAll("-", "")), regions, sources };
}

function compileStatement(statement: StatementDocument): Statement {
  const { name, owners = [], securityGroups, ranges = [], prefixLists = [], until, reason } = statement;
  return {
    name,
    scope: compileScope(statement),
    owners: new Set(owners.map((owner) => accountId(owner) ?? (owner as Owner | "self"))),
    securityGroups,
    ranges: rangeSet(ranges.map((range) => parseRange(range) as Range)),
    prefixLists: new Set(prefixLists),
    until,
    expires: until === undefined ? undefined : Date.parse(`${until}T00:00:00Z`) + 86_400_000,
    reason,
  };
}
