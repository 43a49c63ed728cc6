import { vocabulary } from "#authorizations/index.ts";
import { shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type PolicyFile, readPolicy } from "#policy/file.ts";
import { type Flags, textFlag } from "./command.ts";

/** The flags of every command that evaluates a policy. */
export const policyFlags = {
  policy: { type: "string", value: "FILE", help: "The policy file (default: ./policy.json)." },
  at: { type: "string", value: "TIME", help: "Evaluate the policy at this UTC date or time, such as 2027-01-31T12:00:00Z (default: now)." },
} as const;

/** Reads the policy file that the flags name. Throws a UsageError. */
export function policyOf(flags: Flags): Promise<PolicyFile> {
  return readPolicy(textFlag(flags, "policy") ?? "policy.json", vocabulary);
}

/** Returns the time in `--at`, as UTC, or else now, in milliseconds since 1970. Throws a UsageError. */
export function timeOf(flags: Flags): number {
  const text = textFlag(flags, "at");
  if (text === undefined) return Date.now();
  const instant = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse reads 2027-02-30 as 2027-03-02.
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(text.slice(0, 10)))
    throw new UsageError(`--at is ${shown(text)}: write a date or a time in UTC, such as 2027-01-31 or 2027-01-31T12:00:00Z`);
  return instant;
}
