import type { Command } from "../command.ts";
import { placeFlags, roleFlags } from "../places/flags.ts";
import { policyFlags } from "../policy-flags.ts";

/** `sweep`: judges every grant that exists; with `--apply`, revokes what a plan has. */
export const sweep: Command = {
  name: "sweep",
  usage:
    "sweep [--accounts LIST] [--regions LIST] [--role NAME] [--policy FILE] [--inventory FILE] [--out PLAN] [--json] | sweep --show PLAN | sweep --apply PLAN [--approve SHA256] [--max N|N%] [--role NAME]",
  summary: "Judges every grant that exists and prints what would be revoked. Changes nothing, unless it applies a plan.",
  options: {
    policy: policyFlags.policy,
    ...placeFlags,
    ...roleFlags,
    inventory: { type: "string", value: "FILE", help: "Judge this inventory instead of listing places; - reads standard input." },
    out: { type: "string", value: "PLAN", help: "Write the violations to this new file, to be reviewed and applied." },
    json: { type: "boolean", help: "Print only the outcomes, as NDJSON, and the totals on standard error." },
    show: { type: "string", value: "PLAN", help: "Print a plan." },
    apply: { type: "string", value: "PLAN", help: "Revoke what the plan has, as far as it still exists and still is a violation." },
    approve: { type: "string", value: "SHA256", help: "Apply the plan only if its file has this SHA-256." },
    max: {
      type: "string",
      value: "N|N%",
      help: "Refuse a plan with more revokes, over all places; N% is of the grants that were listed (default: 20).",
    },
  },
  examples: [
    { command: "sweep --out plan.ndjson", does: "Judges every grant and writes what would be revoked." },
    { command: "sweep --show plan.ndjson", does: "Prints that file." },
    { command: "sweep --apply plan.ndjson --max 5", does: "Revokes what it has, if that is at most five grants." },
    { command: "sweep --inventory inventory.ndjson --json", does: "Judges an inventory without AWS." },
  ],
  // Loaded on demand: the SDK would slow the start of every command.
  run: async (input) => (await import("./run.ts")).run(input),
};
