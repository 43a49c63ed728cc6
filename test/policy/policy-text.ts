import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { UsageError } from "#domain/usage-error.ts";
import { type PolicyFile, readPolicy } from "#policy/file.ts";
import type { Vocabulary } from "#policy/schema.ts";
import { anyCall } from "./vocabulary.ts";

/** A vocabulary of two services and one call. */
export const vocabulary: Vocabulary = anyCall({
  services: ["elasticache", "redshift"],
  authorizations: ["AuthorizeCacheSecurityGroupIngress"],
});

/** A policy whose one statement begins at 2:3. */
export const permitting = (keys: string): string => `{"mode": "enforce", "permit": [\n  {"name": "a", ${keys}}\n]}`;

/** A key that makes a statement valid. */
export const self = '"owners": ["self"]';

/** What a test does with the text of a policy. */
interface Reader {
  /** The folder of the file. */
  folder(): string;
  read(text: string | Buffer): Promise<PolicyFile>;
  /** The lines of the error, without the path in front. */
  problemsOf(text: string | Buffer): Promise<string[]>;
}

/** Gives the suite that calls it a file that policies are read from. */
export function policyReader(known: Vocabulary = vocabulary): Reader {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "policy-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  const read = async (text: string | Buffer) => {
    const file = join(folder, "policy.json");
    await writeFile(file, text);
    return readPolicy(file, known);
  };
  return {
    folder: () => folder,
    read,
    async problemsOf(text) {
      const error = await read(text).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UsageError);
      const lines = (error as UsageError).message.split("\n");
      expect(lines.filter((line) => !line.startsWith(join(folder, "policy.json:")))).toEqual([]);
      return lines.map((line) => line.slice(join(folder, "policy.json:").length));
    },
  };
}
