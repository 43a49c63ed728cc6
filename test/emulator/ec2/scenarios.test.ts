import { EC2Client } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client } from "../clients.ts";
import { networkScenarios } from "./network-scenarios.ts";
import { resourceScenarios } from "./resource-scenarios.ts";
import { ruleScenarios } from "./rule-scenarios.ts";
import { play } from "./scenario.ts";
import { severalRulesScenarios } from "./several-rules-scenarios.ts";

/** What the emulator and moto must both answer. */
const scenarios = [...ruleScenarios, ...resourceScenarios, ...networkScenarios, ...severalRulesScenarios];

describe("the emulator's EC2", () => {
  test.each(scenarios)("$name", async (scenario) => {
    await using emulator = await startEmulator();
    for (const { actual, expected } of await play(ec2Client(emulator), scenario, false)) expect(actual).toEqual(expected);
  });
});

/** The URL of a moto server. Without it, moto is not tested; CI starts one. */
const endpoint = process.env["MOTO_ENDPOINT"];

describe.skipIf(endpoint === undefined)("moto's EC2", () => {
  test.each(scenarios)("$name", async (scenario) => {
    const credentials = { accessKeyId: "x", secretAccessKey: "x" };
    const client = new EC2Client({ endpoint: endpoint ?? "", region: "eu-west-1", maxAttempts: 1, credentials });
    for (const { actual, expected } of await play(client, scenario, true)) expect(actual).toEqual(expected);
  });
});
