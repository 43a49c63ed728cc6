import type { Mode } from "#domain/policy.ts";
import { shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { Outcome } from "#outcome/outcome.ts";
import type { PolicyFile } from "#policy/file.ts";
import { type Flags, textFlag } from "../command.ts";

/** Returns the policy with the mode of `--mode` for everything, if that is given. Throws a UsageError. */
export function inMode(file: PolicyFile, flags: Flags): PolicyFile {
  const mode = textFlag(flags, "mode");
  if (mode === undefined) return file;
  if (mode !== "enforce" && mode !== "audit") throw new UsageError(`--mode is ${shown(mode)}: write enforce or audit`);
  return { ...file, policy: { ...file.policy, mode: mode satisfies Mode, exceptions: [] } };
}

/** Returns whether an outcome is one that `--only` names; undefined without it. Throws a UsageError. */
export function wantedBy(flags: Flags): ((outcome: Outcome) => boolean) | undefined {
  const only = textFlag(flags, "only");
  if (only === undefined) return undefined;
  if (only !== "violations" && only !== "failed") throw new UsageError(`--only is ${shown(only)}: write violations or failed`);
  return only === "failed" ? ({ result }) => result === "failed" : ({ decision }) => decision.verdict === "violation";
}
