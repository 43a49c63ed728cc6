import type { Command } from "../command.ts";
import { policyFlags } from "../policy-flags.ts";

/** `test`: tests a policy by cases that state the expected verdict. */
export const test: Command = {
  name: "test",
  usage: "test [FILE | FOLDER] [--policy FILE] [--at TIME]",
  summary: "Runs test cases: those of policy.test.json test policy.json (default: every *.test.json in the current folder).",
  options: {
    ...policyFlags,
    policy: {
      type: "string",
      value: "FILE",
      help: "The policy file (default: the one in the folder of the cases, policy.json for policy.test.json).",
    },
  },
  examples: [
    { command: "test", does: "Tests policy.json by the cases of policy.test.json." },
    {
      command: "explain --service redshift --resource analytics --range 203.0.113.0/24 --as-test",
      does: "Prints a case to paste into policy.test.json.",
    },
  ],
  // Loaded on demand: the emulator, which events need, would slow the start of every command.
  run: async (input) => (await import("./run.ts")).run(input),
};
