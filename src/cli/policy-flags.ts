import { vocabulary } from "#authorizations/index.ts";
import { shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type PolicyFile, readPolicy } from "#policy/file.ts";
import { type Flags, textFlag } from "./command.ts";

/** The flags of every command that judges. */
export const policyFlags = {
  policy: { type: "string", help: "The policy file (default ./policy.json)." },
  at: { type: "string", help: "Judge as of this day or instant, such as 2027-01-31 or 2027-01-31T12:00:00Z (default now)." },
} as const;

/** The policy that the flags name. */
export function policyOf(flags: Flags): Promise<PolicyFile> {
  return readPolicy(textFlag(flags, "policy") ?? "policy.json", vocabulary);
}

/** The time to judge at, in milliseconds since 1970: what `--at` says, read as UTC, or now. */
export function timeOf(flags: Flags): number {
  const text = textFlag(flags, "at");
  if (text === undefined) return Date.now();
  const instant = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  // A day that the calendar does not have is read as another one.
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(text.slice(0, 10)))
    throw new UsageError(`--at is ${shown(text)}: write a day or an instant in UTC, such as 2027-01-31T12:00:00Z`);
  return instant;
}
