import type { Command } from "../command.ts";
import { placeFlags, roleFlags } from "../places/flags.ts";
import { policyFlags } from "../policy-flags.ts";

/** `sweep`: judges every grant that exists; with `--apply`, revokes what a plan has. */
export const sweep: Command = {
  name: "sweep",
  usage:
    "sweep [--accounts LIST] [--regions LIST] [--role NAME] [--policy FILE] [--inventory FILE] [--out PLAN] [--json] | sweep --show PLAN | sweep --apply PLAN [--approve SHA256] [--max N|N%] [--role NAME]",
  summary: "Judges every grant that exists and prints the violations. Changes nothing, unless --apply names a plan.",
  options: {
    policy: policyFlags.policy,
    ...placeFlags,
    ...roleFlags,
    inventory: { type: "string", value: "FILE", help: "Judge this inventory instead of listing places; - reads standard input." },
    out: { type: "string", value: "PLAN", help: "Write the plan, which has the violations, to this new file, for --show and --apply." },
    json: { type: "boolean", help: "Print only the outcomes, as NDJSON, and the totals on standard error." },
    show: { type: "string", value: "PLAN", help: "Print a plan." },
    apply: {
      type: "string",
      value: "PLAN",
      help: "Revoke the grants that the plan marks as revoke, if they are unchanged and still violations.",
    },
    approve: { type: "string", value: "SHA256", help: "Apply the plan only if its file has this SHA-256." },
    max: {
      type: "string",
      value: "N|N%",
      help: "Refuse a plan that revokes more than N grants over all places, or more than N% of the grants that were listed (default: 20).",
    },
  },
  examples: [
    { command: "sweep --out plan.ndjson", does: "Judges every grant and writes a plan." },
    { command: "sweep --show plan.ndjson", does: "Prints the plan." },
    { command: "sweep --apply plan.ndjson --max 5", does: "Applies the plan, if it revokes at most five grants." },
    { command: "sweep --inventory inventory.ndjson --json", does: "Judges an inventory without AWS." },
  ],
  // Loaded on demand: the SDK would slow the start of every command.
  run: async (input) => (await import("./run.ts")).run(input),
};
