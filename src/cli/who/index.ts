import type { Command } from "../command.ts";
import { placeFlags, roleFlags } from "../places/flags.ts";
import { policyFlags } from "../policy-flags.ts";

/** `who`: prints everyone who is let in to a resource. */
export const who: Command = {
  name: "who",
  usage: "who RESOURCE [--policy FILE] [--inventory FILE | --accounts LIST --regions LIST --role NAME] [--csv]",
  summary: "Prints everyone who has access to a cache, a warehouse or another resource, which statement permits it, and until when.",
  options: {
    policy: policyFlags.policy,
    inventory: { type: "string", value: "FILE", help: "Read this inventory instead of listing places; - reads standard input." },
    ...placeFlags,
    ...roleFlags,
    csv: { type: "boolean", help: "Print CSV, with one line for each source and store." },
  },
  examples: [
    {
      command: "who analytics",
      does: "Lists the credentials' account in the Region of the environment, and prints who has access to analytics.",
    },
    { command: "who sessions --inventory inventory.ndjson --csv", does: "Prints who has access to sessions as CSV, from an inventory." },
  ],
  // Loaded on demand: the SDK would slow the start of every command.
  run: async (input) => (await import("./run.ts")).run(input),
};
