import { expect, onTestFinished, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";
import { cacheBehind, linesIn, startWorld } from "../sweep/world.ts";
import { temporaryFiles } from "../temporary-files.ts";

const run = sharedProcess();
const put = temporaryFiles();

/** The event that opens a port of a group to everyone, in the account and Region of the inventory. */
function eventOf(group: string, region = "eu-west-1"): object {
  const requestParameters = {
    groupId: group,
    ipPermissions: { items: [{ ipProtocol: "tcp", fromPort: 6379, toPort: 6379, ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] } }] },
  };
  return {
    "detail-type": "AWS API Call via CloudTrail",
    detail: {
      eventSource: "ec2.amazonaws.com",
      eventName: "AuthorizeSecurityGroupIngress",
      eventTime: "2026-11-20T10:00:00Z",
      eventID: "e1",
      awsRegion: region,
      recipientAccountId: "123456789012",
      requestParameters,
      responseElements: { _return: true },
    },
  };
}

test("--inventory says what stands behind groups; a group that it does not have guards nothing there, and is assumed elsewhere", async () => {
  const { emulator, env } = await startWorld();
  onTestFinished(() => emulator.close());
  const group = await cacheBehind(emulator, "sessions", []);
  const { stdout } = await run(["inventory"], { env });
  const inventory = await put("inventory.ndjson", stdout);
  const replay = async (event: object, ...flags: string[]) =>
    linesIn((await run(["replay", await put("event.json", JSON.stringify(event)), "--json", "--inventory", inventory, ...flags])).stdout);

  expect(await replay(eventOf(group))).toMatchObject([
    { result: "reported", grant: { stores: [{ service: "elasticache", resource: "sessions" }] } },
  ]);
  expect(await replay(eventOf("sg-0a1b2c3d4e5f60718"))).toMatchObject([{ result: "outOfScope" }]);
  expect(await replay(eventOf("sg-0a1b2c3d4e5f60718", "us-east-1"))).toMatchObject([
    { grant: { stores: [{ resource: "replayed-cache" }] } },
  ]);
  expect(await replay(eventOf(group), "--store", `${group}=redshift:dwh:6379`)).toMatchObject([
    { grant: { stores: [{ resource: "dwh" }] } },
  ]);
});

test("--inventory is for the emulator", async () => {
  const { code, stderr } = await run(["replay", "--inventory", "i.ndjson", "--endpoint", "http://127.0.0.1:9"]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("--inventory is for the emulator") });
});
