import { test } from "vitest";
import { cli } from "../support/run.ts";
import { expectWrongUsage } from "./wrong-usage.ts";

test.concurrent.each([
  [["replay", "--polcy", "x"], "did you mean --policy?"],
  [["rplay"], "did you mean replay?"],
  [["check", "--json"], "no flag --json; usage: ingress-warden check"],
  [["explain", "--service", "redshift", "--service", "elasticache", "--resource", "a", "--range", "::/8"], "--service is given twice"],
])("wrong usage prints one line with the fix and exits with 2: %j", async (args, words) => {
  expectWrongUsage(await cli(args), words);
});
