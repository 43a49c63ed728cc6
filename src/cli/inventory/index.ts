import type { Command } from "../command.ts";
import { placeFlags, roleFlags } from "../places/flags.ts";

/** `inventory`: lists every grant of the places. */
export const inventory: Command = {
  name: "inventory",
  usage: "inventory [--accounts LIST] [--regions LIST] [--role NAME] [--external-id TEXT] [--concurrency N] [--out FILE]",
  summary: "Lists every grant in accounts and Regions, with the stores that it reaches, as NDJSON. Changes nothing.",
  options: {
    ...placeFlags,
    ...roleFlags,
    out: { type: "string", value: "FILE", help: "Write to this new file (default: standard output)." },
  },
  examples: [
    { command: "inventory --out inventory.ndjson", does: "Lists the account of the credentials in the Region of the environment." },
    {
      command: "inventory --accounts @accounts.txt --regions all --role ingress-warden-reader --out inventory.ndjson",
      does: "Lists every enabled Region of the accounts in a file.",
    },
  ],
  // Loaded on demand: the SDK would slow the start of every command.
  run: async (input) => (await import("./run.ts")).run(input),
};
