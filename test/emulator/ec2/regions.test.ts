import { DescribeRegionsCommand, type DescribeRegionsCommandInput, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { DescribeClustersCommand } from "@aws-sdk/client-redshift";
import { ListWorkgroupsCommand } from "@aws-sdk/client-redshift-serverless";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { ec2Client, redshiftClient, refusalOf, serverlessClient, stsClient } from "../clients.ts";

/** The Regions that an account sees, each with its status. */
async function listed(emulator: Emulator, input: DescribeRegionsCommandInput = {}, region = "eu-west-1") {
  const { Regions = [] } = await ec2Client(emulator, { region }).send(new DescribeRegionsCommand(input));
  return Regions.map(({ RegionName, OptInStatus }) => `${RegionName} ${OptInStatus}`);
}

describe("DescribeRegions", () => {
  test("lists a few Regions of the partition if the test sets none, and every Region works", async () => {
    await using emulator = await startEmulator();
    const few = ["us-east-1", "us-west-2", "eu-central-1", "eu-west-1"];
    expect(await listed(emulator)).toEqual(few.map((name) => `${name} opt-in-not-required`));
    expect(await listed(emulator, {}, "us-gov-west-1")).toEqual(["us-gov-west-1 opt-in-not-required"]);
    expect(await listed(emulator, {}, "af-south-1")).toHaveLength(4);
  });

  test("lists the enabled Regions, the named ones or all", async () => {
    await using emulator = await startEmulator({ regions: ["eu-west-1", "af-south-1"] });
    expect(await listed(emulator)).toEqual(["eu-west-1 opt-in-not-required", "af-south-1 opted-in"]);
    expect(await listed(emulator, { RegionNames: ["ap-east-1"] })).toEqual(["ap-east-1 not-opted-in"]);
    const all = await listed(emulator, { AllRegions: true });
    expect(all).toEqual(expect.arrayContaining(["eu-west-1 opt-in-not-required", "af-south-1 opted-in", "me-south-1 not-opted-in"]));
    expect(all.length).toBeGreaterThan(30);
  });

  test("filters, states the endpoint, and refuses a Region that does not exist", async () => {
    await using emulator = await startEmulator({ regions: ["eu-west-1", "cn-north-1"] });
    const filtered = (Name: string, value: string) => listed(emulator, { Filters: [{ Name, Values: [value] }], AllRegions: true });
    expect(await filtered("opt-in-status", "opt-in-not-required")).toEqual(["eu-west-1 opt-in-not-required"]);
    expect(await filtered("region-name", "af-*")).toEqual(["af-south-1 not-opted-in"]);
    expect(await filtered("endpoint", "ec2.il-central-1.amazonaws.com")).toEqual(["il-central-1 not-opted-in"]);
    const { Regions } = await ec2Client(emulator, { region: "cn-north-1" }).send(new DescribeRegionsCommand({}));
    expect(Regions).toMatchObject([{ RegionName: "cn-north-1", Endpoint: "ec2.cn-north-1.amazonaws.com.cn" }]);
    await expect(listed(emulator, { RegionNames: ["us--east-1"] })).rejects.toThrow("Invalid region: [us--east-1]");
  });
});

describe("in a Region that is not enabled", () => {
  const role = "arn:aws:iam::222222222222:role/sweep";

  /** The results of a call to a service of each protocol, and of AssumeRole. */
  async function calls(emulator: Emulator, region: string) {
    const assume = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "nightly" });
    return Promise.all([
      refusalOf(redshiftClient(emulator, { region }).send(new DescribeClustersCommand({}))),
      refusalOf(ec2Client(emulator, { region }).send(new DescribeVpcsCommand({}))),
      refusalOf(serverlessClient(emulator, { region }).send(new ListWorkgroupsCommand({}))),
      refusalOf(stsClient(emulator, { region }).send(new GetCallerIdentityCommand({}))),
      refusalOf(stsClient(emulator, { region }).send(assume)),
    ]);
  }

  test.each([
    [
      "InvalidClientTokenId",
      [
        "InvalidClientTokenId InvalidClientTokenId 403",
        "AuthFailure AuthFailure 401",
        "UnrecognizedClientException - 400",
        "InvalidClientTokenId InvalidClientTokenId 403",
        "InvalidClientTokenId InvalidClientTokenId 403",
      ],
    ],
    [
      "OptInRequired",
      [
        "OptInRequired OptInRequired 403",
        "OptInRequired OptInRequired 401",
        "SubscriptionRequiredException - 400",
        "no error",
        "RegionDisabledException RegionDisabledException 403",
      ],
    ],
  ] as const)("every service answers its form of %s", async (disabledRegionError, refusals) => {
    await using emulator = await startEmulator({ regions: ["eu-west-1"], disabledRegionError });
    emulator.addRole({ arn: role });
    expect(await calls(emulator, "af-south-1")).toEqual(refusals);
    expect(emulator.requests[0]).toMatchObject({ account: "123456789012", region: "af-south-1", applied: false });
    expect(await calls(emulator, "eu-west-1")).toEqual(refusals.map(() => "no error"));
  });

  test("credentials are not known there by default", async () => {
    await using emulator = await startEmulator({ regions: ["eu-west-1"] });
    expect((await calls(emulator, "us-east-1"))[1]).toBe("AuthFailure AuthFailure 401");
  });
});
