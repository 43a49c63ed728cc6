import { EC2Client } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client } from "../clients.ts";
import { play, scenarios } from "./scenarios.ts";

describe("EC2 as the emulator has it", () => {
  test.each(scenarios)("$name", async (scenario) => {
    await using emulator = await startEmulator();
    for (const { said, expected } of await play(ec2Client(emulator), scenario, false)) expect(said).toEqual(expected);
  });
});

/** Only where `MOTO_ENDPOINT` names a moto server; CI starts one. */
const endpoint = process.env["MOTO_ENDPOINT"];

describe.skipIf(endpoint === undefined)("EC2 as moto has it", () => {
  test.each(scenarios)("$name", async (scenario) => {
    const credentials = { accessKeyId: "x", secretAccessKey: "x" };
    const client = new EC2Client({ endpoint: endpoint ?? "", region: "eu-west-1", maxAttempts: 1, credentials });
    for (const { said, expected } of await play(client, scenario, true)) expect(said).toEqual(expected);
  });
});
