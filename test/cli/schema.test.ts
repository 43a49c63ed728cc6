import { test } from "vitest";
import { cli } from "../support/run.ts";
import { expectWrongUsage } from "./wrong-usage.ts";

test.each([[["schema", "cat"], "policy, outcome or inventory"]])(
  "wrong usage prints one line with the fix and exits with 2: %j",
  async (args, words) => {
    expectWrongUsage(await cli(args), words);
  },
);
