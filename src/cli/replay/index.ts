import type { Command } from "../command.ts";
import { policyFlags } from "../policy-flags.ts";

/** `replay`: invokes the handler with recorded events, against the embedded emulator by default. */
export const replay: Command = {
  name: "replay",
  usage:
    "replay [PATH ... | -] [--policy FILE] [--mode enforce|audit] [--at TIME] [--store GROUP=STORES ...] [--inventory FILE] [--endpoint URL] [--aws] [--json] [--only violations|failed] [--quiet] [--fail-on WHAT]",
  summary:
    "Replays events against the embedded AWS emulator and prints the outcomes. Without a PATH, reads a pipe or redirected file, or else events/.",
  options: {
    mode: { type: "string", value: "MODE", help: "Use this mode, enforce or audit, instead of the policy's." },
    store: {
      type: "string",
      multiple: true,
      value: "GROUP=STORES",
      help: "The stores behind a security group in the emulator, such as sg-0a1b2c3d=redshift:dwh,elasticache:sessions:6380. Also elasticache-serverless:NAME and redshift-serverless:NAME. Can be given for several groups.",
    },
    inventory: {
      type: "string",
      value: "FILE",
      help: "An inventory, which shows the stores behind each security group; --store adds others. A group that is not in it has no store.",
    },
    endpoint: {
      type: "string",
      value: "URL",
      help: "Send the calls to this endpoint instead of the emulator. The grants must exist there.",
    },
    aws: { type: "boolean", help: "Call AWS, or an --endpoint that is not on this machine. In enforce mode, this revokes real grants." },
    ...policyFlags,
    json: { type: "boolean", help: "Print only the outcomes, as NDJSON, and the totals on standard error." },
    only: {
      type: "string",
      value: "WHICH",
      help: "Print only violations (violations), or only outcomes that failed (failed). The totals count everything.",
    },
    quiet: { type: "boolean", help: "Print only the totals." },
    "fail-on": {
      type: "string",
      value: "WHAT",
      help: "What makes the run fail, whatever the mode. unreadable: exit with 1 if an event could not be judged in full; failed: also if an outcome failed; violation: as failed, and exit with 3 if there is a violation.",
    },
  },
  examples: [
    { command: "replay events/ --mode enforce", does: "Shows which grants of the events the policy would revoke." },
    { command: "replay events/ --only violations --json", does: "Prints one line of JSON for each violation." },
    { command: "replay events/ --quiet --fail-on violation", does: "Fails when there is a violation, revoked or not, for CI." },
    { command: "replay - < event.json", does: "Replays standard input." },
  ],
  // Loaded on demand: the emulator and the SDK would slow the start of every command.
  run: async (input) => (await import("./run.ts")).run(input),
};
