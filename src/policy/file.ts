import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { accountId } from "#domain/account.ts";
import type { Policy, Scope, Statement } from "#domain/policy.ts";
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

/** The largest policy file that is read. */
export const maxPolicyBytes: number = 8 * 1024 * 1024;

/**
 * Reads and checks a policy file. Throws a UsageError that lists every problem with its position and fix. `checkedSha256` is the
 * SHA-256 of the policy that the build has checked: that file is not checked again, as the checks take long to load.
 */
export async function readPolicy(file: string, vocabulary: Vocabulary, checkedSha256?: string): Promise<PolicyFile> {
  let bytes: Buffer;
  try {
    const { size } = await stat(file);
    bytes = size > maxPolicyBytes ? Buffer.alloc(0) : await readFile(file);
    const length = Math.max(size, bytes.length); // The size of a pipe is known only after it was read.
    if (length > maxPolicyBytes) throw new UsageError(`${printable(file)}: the policy has ${length} bytes; the limit is ${maxPolicyBytes}`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${printable(file)}: the policy cannot be read (${(error as NodeJS.ErrnoException).code}): check its path`, {
      cause: error,
    });
  }
  const json = bytes.toString("utf8").replace(/^\ufeff/, "");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const document: PolicyDocument =
    sha256 === checkedSha256 ? JSON.parse(json) : (await import("./parse.ts")).parsePolicy(json, file, vocabulary);
  return { policy: compile(document), document, sha256 };
}

function compile({ mode, permit, auditOnly, enforceOnly, sharedGroups }: PolicyDocument): Policy {
  return { mode, sharedGroups, exceptions: (auditOnly ?? enforceOnly ?? []).map(compileScope), permit: permit.map(compileStatement) };
}

function compileScope({ services, authorizations, resources, accounts, regions }: Scope): Scope {
  return { services, authorizations, resources, accounts: accounts?.map((account) => account.replaceAll("-", "")), regions };
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
