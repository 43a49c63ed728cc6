import type { Command } from "../command.ts";
import { policyFlags } from "../policy-flags.ts";

/** `replay`: invokes the handler with events, against the embedded emulator by default. */
export const replay: Command = {
  name: "replay",
  usage: "replay [PATH … | -] [--policy FILE] [--mode enforce|audit] [--at DATE] [--endpoint URL] [--aws] [--json]",
  summary: "Replay events (default events/) against the embedded emulator: each grant is made, judged and revoked.",
  options: {
    mode: { type: "string", help: "enforce or audit, in place of the policy's mode." },
    endpoint: { type: "string", help: "Send the calls to this endpoint instead; no grant is made first." },
    aws: { type: "boolean", help: "Send the calls to AWS, or to an endpoint that is not on this machine." },
    ...policyFlags,
    json: { type: "boolean", help: "Print the outcomes as NDJSON, and nothing else." },
  },
  // The emulator and the SDK take most of the time that any command needs to start.
  run: async (asked) => (await import("./run.ts")).run(asked),
};
