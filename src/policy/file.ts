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

/** A policy, the document it was made from and the SHA-256 of its bytes in hexadecimal. */
export interface PolicyFile {
  readonly policy: Policy;
  readonly document: PolicyDocument;
  readonly sha256: string;
}

const mostBytes = 8 * 1024 * 1024;

/**
 * Reads and checks a policy file. Throws a UsageError that holds every problem with its place and its mend. The file whose
 * SHA-256 is `checked` was checked when the function was built: it is read without, as what checks takes long to load.
 */
export async function readPolicy(file: string, vocabulary: Vocabulary, checked?: string): Promise<PolicyFile> {
  let bytes: Buffer;
  try {
    const { size } = await stat(file);
    bytes = size > mostBytes ? Buffer.alloc(0) : await readFile(file);
    const most = Math.max(size, bytes.length); // A pipe tells its size only once it is read.
    if (most > mostBytes) throw new UsageError(`${printable(file)}: the policy has ${most} bytes; at most ${mostBytes} are read`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${printable(file)}: the policy cannot be read (${(error as NodeJS.ErrnoException).code}): check its path`, {
      cause: error,
    });
  }
  const json = bytes.toString("utf8").replace(/^\ufeff/, "");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const document: PolicyDocument = sha256 === checked ? JSON.parse(json) : (await import("./parse.ts")).parsePolicy(json, file, vocabulary);
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
