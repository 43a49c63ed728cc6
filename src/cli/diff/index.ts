import type { Command } from "../command.ts";

/** `diff`: compares two policies by the grants that exist. */
export const diff: Command = {
  name: "diff",
  usage: "diff OLD NEW [EVENTS ...] [--inventory FILE,...] [--json | --markdown]",
  summary: "Compares two policies: prints the grants that they judge differently, and the statements that differ.",
  options: {
    inventory: { type: "string", value: "FILE,...", help: "Inventories whose grants are judged by both policies, comma-separated." },
    json: { type: "boolean", help: "Print NDJSON: one line for each grant that is judged differently and each statement that differs." },
    markdown: { type: "boolean", help: "Print Markdown, for the comment of a pull request." },
  },
  examples: [
    { command: "diff policy.json new.json --inventory inventory.ndjson", does: "Judges every grant of an inventory by both policies." },
    {
      command: "diff policy.json new.json events/ --markdown",
      does: "Judges the grants of events by both policies, and prints Markdown for a pull request.",
    },
  ],
  // Loaded on demand: the emulator, which events need, would slow the start of every command.
  run: async (input) => (await import("./run.ts")).run(input),
};
