import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import type { Emulator, LoggedRequest } from "#emulator/index.ts";
import { ec2Client, post } from "../../emulator/clients.ts";
import { writes } from "../../support/scene.ts";
import { sharedProcess } from "../shared-process.ts";
import { cacheBehind, linesIn, member, openCacheGroup, openClusterGroup, shareSnapshot, startWorld } from "./world.ts";

const run = sharedProcess();
const policy = join(mkdtempSync(join(tmpdir(), "ingress-warden-scale-")), "policy.json");
const permit = [
  { name: "office", ranges: ["203.0.113.0/24"] },
  { name: "own", owners: ["self"] },
];
writeFileSync(policy, JSON.stringify({ mode: "enforce", permit }));

/** Opens rules to strangers in groups that guard no store: half of the groups are attached to servers, and the others to nothing. */
async function openUnrelated(emulator: Emulator, groups: number, rulesEach: number): Promise<void> {
  const ec2 = ec2Client(emulator);
  const VpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId;
  const SubnetId = (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.1.0/24" }))).Subnet?.SubnetId;
  for (let n = 0; n < groups; n++) {
    const { GroupId = "" } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: `group ${n}`, Description: "for tests", VpcId }));
    const form = new URLSearchParams({ Action: "AuthorizeSecurityGroupIngress", Version: "2016-11-15", GroupId });
    form.set("IpPermissions.1.IpProtocol", "-1");
    for (let rule = 1; rule <= rulesEach; rule++) form.set(`IpPermissions.1.IpRanges.${rule}.CidrIp`, `${rule}.0.0.0/8`);
    // Not by the SDK, which would read all rules in the responses.
    expect((await post(emulator, "ec2", String(form))).status).toBe(200);
    if (n % 2 === 0) continue;
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups: [GroupId] }));
    const { NetworkInterfaceId } = NetworkInterface ?? {};
    await ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId: "i-0123456789abcdef0", DeviceIndex: 1 }));
  }
}

test("10,000 rules of groups that guard no store cost no request, and none of them is a violation", async () => {
  const { emulator, env } = await startWorld({ rulesPerGroup: 100 });
  await using _ = emulator;
  await cacheBehind(emulator, "sessions", [["203.0.113.0/24", 6379]]);
  const requests = async () => {
    const before = emulator.requests.length;
    const { code, stdout } = await run(["sweep", "--policy", policy], { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("1 place, 1 grant: 0 would be revoked, 0 only reported") });
    return emulator.requests.slice(before);
  };
  const alone = await requests();
  await openUnrelated(emulator, 100, 100);

  const found = await requests();

  expect(found).toHaveLength(alone.length);
  expect(writes(found.filter(({ service }) => service !== "sts"))).toEqual([]);
});

describe("throttling", () => {
  const regions = ["eu-west-1", "us-east-1"];
  const flags = ["--accounts", `self,${member}`, "--regions", regions.join(), "--role", "reader", "--external-id", "secret"];

  /** The same grants of every kind in both accounts and Regions; every list has several pages. */
  async function violating(): Promise<Awaited<ReturnType<typeof startWorld>>> {
    const world = await startWorld({ pageSize: 2 });
    for (const account of [undefined, member])
      for (const region of regions) {
        const place = { region, ...(account && { account }) };
        await cacheBehind(
          world.emulator,
          "sessions",
          [
            ["0.0.0.0/0", 6379],
            ["203.0.113.0/24", 6379],
            ["10.0.0.0/8", 6379],
          ],
          place,
        );
        for (const range of ["0.0.0.0/0", "10.0.0.0/8"]) await openClusterGroup(world.emulator, "analytics", range, place);
        await openClusterGroup(world.emulator, "reports", "203.0.113.0/24", place);
        await openCacheGroup(world.emulator, "web", "999988887777", place);
        await shareSnapshot(world.emulator, "dwh", "999988887777", place);
      }
    return world;
  }

  /** What is the same for two requests for the same page of a place. */
  const pageOf = ({ account, region, service, action, parameters }: LoggedRequest) =>
    JSON.stringify([account, region, service, action, ...parameters]);

  test.each<[string, (emulator: Emulator) => void]>([
    ["10 % of the requests", (emulator) => emulator.throttleShare(0.1)],
    ["requests above a rate", (emulator) => emulator.limitRate({ perSecond: 3, burst: 1 })],
  ])("of %s changes no outcome, over several accounts and Regions, and each page is asked for once", async (_, throttle) => {
    const { emulator, env } = await violating();
    await using _closed = emulator;
    const swept = async () => {
      const { code, stdout, stderr } = await run(["sweep", "--policy", policy, "--json", ...flags], { env });
      const outcomes = linesIn(stdout).map(({ sweep: _id, ...outcome }) => JSON.stringify(outcome));
      return { code, outcomes: outcomes.toSorted(), totals: stderr.replace(/, \d+ requests.*/s, ""), stderr };
    };
    const { stderr: usual, ...expected } = await swept();
    expect(usual).toContain(", 0 throttled");
    throttle(emulator);
    const before = emulator.requests.length;

    const { stderr, ...found } = await swept();

    expect(found).toEqual(expected);
    expect(found).toMatchObject({ code: 3, totals: expect.stringMatching(/^4 places, \d+ grants: \d+ would be revoked/) });
    const asked = emulator.requests.slice(before);
    const throttled = asked.filter((request) => request.throttled).length;
    expect(throttled).toBeGreaterThan(0);
    expect(stderr).toContain(`${throttled} throttled`);
    const answered = asked.filter((request) => !request.throttled && request.service !== "sts").map(pageOf);
    expect(new Set(answered).size).toBe(answered.length);
  });
});
