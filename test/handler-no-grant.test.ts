import { DescribeSecurityGroupRulesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { caseOf, cases, grantsOf } from "./support/authorizations.ts";
import { cutEventOf, type Envelope, eventOf, withDetail } from "./support/events.ts";
import { type Scene, startScene } from "./support/scene.ts";
import { ranges, startVpc, type Vpc } from "./support/vpc.ts";
import { changeEvent, later, vpcEvent, withoutRules } from "./support/vpc-events.ts";

/** Expects that the event has no outcome, and that one info line has its id and this reason. */
async function expectReason(scene: Scene, event: Envelope, reason: string): Promise<void> {
  const { outcomes, error } = await scene.invoke(event);
  const { eventName, eventID } = event.detail;
  expect([outcomes, error]).toEqual([[], undefined]);
  expect(scene.lines).toEqual([
    { level: "info", text: `No grant to judge in the ${eventName} event ${eventID}: ${reason}`, extra: undefined },
  ]);
}

describe.each(cases)("a $eventName that", (entry) => {
  const [grant] = grantsOf(entry) as [Grant];

  test("failed is one line in the log", async () => {
    await using scene = await startScene();
    await expectReason(scene, eventOf(grant, { errorCode: "AccessDenied" }), "the call failed");
    expect(scene.requests()).toEqual([]);
  });

  test("shows only a resource that has no entries, or is gone, is one line in the log", async () => {
    await using scene = await startScene();
    await expectReason(scene, cutEventOf(grant), `${grant.resource} does not exist, or AWS lists no entry on it`);
  });
});

test("an AuthorizeEndpointAccess without a cluster whose authorization is gone is one line in the log", async () => {
  await using scene = await startScene();
  const event = eventOf(grantsOf(caseOf("AuthorizeEndpointAccess"))[0] as Grant, { requestParameters: { account: "999988887777" } });
  await expectReason(scene, event, "the event does not name its resource, and AWS lists no entry that the call can have added");
});

const change = (parameters: object) => vpcEvent("ModifyCacheCluster", { cacheClusterId: "sessions", ...parameters }, null, "elasticache");
const ports = { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379 };

describe("an event of a VPC security group that", () => {
  test.each<readonly [string, (vpc: Vpc) => Promise<Envelope>, string | ((vpc: Vpc) => string)]>([
    ["failed", async (vpc) => withDetail(await vpc.open([ranges(["0.0.0.0/0"])]), { errorCode: "Client.X" }), "the call failed"],
    [
      "shows no rules, and whose rules are gone",
      async (vpc) => {
        const event = await vpc.open([ranges(["0.0.0.0/0"])]);
        await vpc.drop((await vpc.ids())[0]);
        return later(withoutRules(event));
      },
      "EC2 lists no ingress rule of the group any more",
    ],
    [
      "names a group that is gone",
      async (vpc) => withDetail(later(withoutRules(await vpc.open([ranges(["0.0.0.0/0"])]))), { requestParameters: { groupName: "gone" } }),
      "EC2 lists no ingress rule of the group any more",
    ],
    [
      "changed rules that are gone",
      async (vpc) => later(changeEvent(vpc.web, [["sgr-00000000000000000", ports]])),
      "EC2 does not list the changed rules any more",
    ],
    [
      "changed only egress rules",
      async (vpc) => {
        const Filters = [{ Name: "group-id", Values: [vpc.web] }];
        const { SecurityGroupRules = [] } = await vpc.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
        return changeEvent(vpc.web, [
          [SecurityGroupRules.find(({ IsEgress }) => IsEgress)?.SecurityGroupRuleId, { ...ports, CidrIpv4: "0.0.0.0/0" }],
        ]);
      },
      "the call changed only egress rules",
    ],
    [
      "changed neither groups nor port of a cache",
      async () => change({ cacheNodeType: "cache.t4g.small" }),
      "the call changed no security group, port or name",
    ],
    [
      "changed a cache that is gone",
      async (vpc) => later(vpcEvent("CreateCacheCluster", { cacheClusterId: "gone", securityGroupIds: [vpc.web] }, null, "elasticache")),
      "gone does not exist, or AWS lists no security group of it",
    ],
    [
      "attached a group without rules",
      async (vpc) => change({ securityGroupIds: [vpc.web] }),
      (vpc) => `EC2 lists no ingress rule of ${vpc.web}`,
    ],
  ])("%s is one line in the log", async (_case, eventFor, reason) => {
    await using vpc = await startVpc();
    const event = await eventFor(vpc);
    await expectReason(vpc, event, typeof reason === "string" ? reason : reason(vpc));
  });
});

test("an id that is not printable is escaped", async () => {
  await using scene = await startScene();
  const event = eventOf(grantsOf(caseOf("AuthorizeDataShare"))[0] as Grant, { errorCode: "x", eventID: "a\nb\u001b[2J" });
  await scene.invoke(event);
  expect(scene.lines.map(({ text }) => text)).toEqual([
    "No grant to judge in the AuthorizeDataShare event a\\u{a}b\\u{1b}[2J: the call failed",
  ]);
});
