import { expect, onTestFinished, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";
import { cacheBehind, openClusterGroup, startWorld } from "../sweep/world.ts";
import { temporaryFiles } from "../temporary-files.ts";

const run = sharedProcess();
const put = temporaryFiles();

test("--inventory warns of patterns that match nothing that exists, and only of these", async () => {
  const { emulator, env } = await startWorld();
  onTestFinished(() => emulator.close());
  await cacheBehind(emulator, "sessions", [["203.0.113.0/24", 6379]]);
  await openClusterGroup(emulator, "analytics", "203.0.113.0/24");
  const scope = {
    accounts: ["1234-5678-9012", "999988887777"],
    regions: ["eu-*", "us-east-1"],
    resources: ["sess*", "analytics", "anlytics*"],
  };
  const policy = await put("policy.json", JSON.stringify({ mode: "audit", permit: [{ name: "a", ranges: ["10.0.0.0/24"], ...scope }] }));
  const inventory = await put("i.ndjson", (await run(["inventory"], { env })).stdout);
  const { code, stdout } = await run(["check", policy, "--inventory", inventory, "--strict"]);
  expect(stdout.split("\n").filter((line) => line.includes("matches nothing"))).toEqual([
    'warning: a: "anlytics*" in resources matches nothing in the inventory',
    'warning: a: "999988887777" in accounts matches nothing in the inventory',
    'warning: a: "us-east-1" in regions matches nothing in the inventory',
  ]);
  expect(code).toBe(2);
});
