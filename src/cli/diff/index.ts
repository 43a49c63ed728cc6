import type { Command } from "../command.ts";

/** `diff`: compares two policies by the grants that exist. */
export const diff: Command = {
  name: "diff",
  usage: "diff OLD NEW [EVENTS ...] [--inventory FILE,...] [--json | --markdown]",
  summary: "Compares two policies: which grants change their verdict, and which statements changed.",
  options: {
    inventory: { type: "string", value: "FILE,...", help: "Inventories whose grants are judged by both policies, comma-separated." },
    json: { type: "boolean", help: "Print NDJSON: one line for each grant and each statement that changed." },
    markdown: { type: "boolean", help: "Print Markdown, for the comment of a pull request." },
  },
  examples: [
    { command: "diff policy.json new.json --inventory inventory.ndjson", does: "Judges every grant of an inventory by both policies." },
    { command: "diff policy.json new.json events/ --markdown", does: "Compares them by the grants of events, for a pull request." },
  ],
  // Loaded on demand: the emulator, which events need, would slow the start of every command.
  run: async (input) => (await import("./run.ts")).run(input),
};
