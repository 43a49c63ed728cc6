import type { Command } from "../command.ts";

/** `learn`: writes a policy that permits what exists. */
export const learn: Command = {
  name: "learn",
  usage: "learn INVENTORY ... [EVENTS ...] [--own ACCOUNTS] [--out FILE [--force] [--json]] [--until DATE] [--at TIME]",
  summary: "Writes a policy in audit mode that permits the grants of an inventory, and lists what a person must decide.",
  options: {
    own: {
      type: "string",
      value: "ACCOUNTS",
      help: "Your own accounts: ids, comma-separated, or @FILE with ids or the output of aws organizations list-accounts; @- reads standard input. Access of any other account is a decision to take (default: only the account that holds the resource is your own).",
    },
    out: { type: "string", value: "FILE", help: "Write the policy to this new file (default: standard output)." },
    force: { type: "boolean", help: "Overwrite the file of --out." },
    json: { type: "boolean", help: "Print the decisions to take on standard output, as NDJSON. Requires --out." },
    until: { type: "string", value: "DATE", help: "The last day (UTC) of each statement, such as 2027-01-31 (default: in 90 days)." },
    at: { type: "string", value: "TIME", help: "Learn at this UTC date or time, such as 2027-01-31T12:00:00Z (default: now)." },
  },
  examples: [
    {
      command: "learn inventory.ndjson --own 111122223333,444455556666 --out policy.json",
      does: "Writes a policy that permits what exists within these accounts.",
    },
    { command: "learn inventory.ndjson events/", does: "Prints the policy, and names who granted the access that you must decide on." },
  ],
  // Loaded on demand: reading inventories and events would slow the start of every command.
  run: async (input) => (await import("./run.ts")).run(input),
};
