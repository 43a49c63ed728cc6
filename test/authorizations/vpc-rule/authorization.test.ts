import { AuthorizeSecurityGroupIngressCommand, type IpPermission } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { authorization } from "#authorizations/vpc-rule/authorization.ts";
import { contextOf } from "../../support/context.ts";
import { withDetail } from "../../support/events.ts";
import { nobody, policyOf, writes } from "../../support/scene.ts";
import { prefixList, ranges, startVpc, stranger, strangersGroup, tcp, type Vpc } from "../../support/vpc.ts";

/** A permission for each kind of source, and one for all protocols. */
const kinds: readonly (readonly [string, (vpc: Vpc) => Promise<IpPermission>])[] = [
  ["an IPv4 range", async () => ranges(["198.51.100.0/24"])],
  ["everyone", async () => ranges(["0.0.0.0/0"])],
  ["an IPv6 range", async () => ranges(["2001:db8::/32"], 0, 65535)],
  ["a prefix list", async (vpc) => tcp({ PrefixListIds: [{ PrefixListId: await prefixList(vpc, ["198.51.100.0/24"]) }] })],
  ["a stranger's group", async (vpc) => tcp({ UserIdGroupPairs: [{ GroupId: await strangersGroup(vpc), UserId: stranger }] })],
  ["every protocol", async () => ({ IpProtocol: "-1", IpRanges: [{ CidrIp: "198.51.100.0/24" }] })],
];

describe.concurrent.each(kinds)("a rule for %s", (_kind, permissionFor) => {
  test("is revoked once, then alreadyGone, and its undo restores it", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([await permissionFor(vpc)]);
    const before = await vpc.rules();

    const { outcomes, results } = await vpc.invoke(event);

    expect(results).toEqual(["revoked"]);
    expect(await vpc.rules()).toEqual([]);
    expect((await vpc.invoke(event)).results).toEqual(["alreadyGone"]);
    const [outcome] = outcomes;
    if (outcome?.result !== "revoked") throw new Error("It was not revoked");
    const { operation, input } = authorization.undo(outcome.grant);
    expect(operation).toBe("AuthorizeSecurityGroupIngress");
    await vpc.ec2.send(new AuthorizeSecurityGroupIngressCommand(input as { GroupId: string; IpPermissions: IpPermission[] }));
    expect(await vpc.rules()).toEqual(before);
    expect(outcome.undo).toBe(
      `aws ec2 authorize-security-group-ingress --group-id ${vpc.web} --ip-permissions '${JSON.stringify(input["IpPermissions"])}' --region eu-west-1`,
    );
  });

  test("stays if the policy has its permitWith statement, and nothing is written", async () => {
    await using audit = await startVpc({ audit: true });
    const { outcomes } = await audit.invoke(await audit.open([await permissionFor(audit)]));
    const permit = outcomes.flatMap((outcome) => ("permitWith" in outcome ? outcome.permitWith : []));
    await using vpc = await startVpc({ permit });
    expect((await vpc.invoke(await vpc.open([await permissionFor(vpc)]))).results).toEqual(["permitted"]);
    expect(writes(vpc.requests())).toEqual([]);
  });

  test("is reported in audit mode, and nothing is written", async () => {
    for (const options of [{ audit: true }, { policy: await policyOf({ mode: "audit", permit: [nobody] }) }]) {
      await using vpc = await startVpc(options);
      const { outcomes } = await vpc.invoke(await vpc.open([await permissionFor(vpc)]));
      expect(outcomes).toMatchObject([{ result: "reported", policy: { mode: "audit" } }]);
      expect(outcomes.flatMap(({ note }) => note ?? [])).toEqual([]);
      expect(writes(vpc.requests())).toEqual([]);
      expect(await vpc.rules()).toHaveLength(1);
    }
  });

  test.each([{ account: "210987654321" }, { partition: "aws-us-gov" }])("causes no call by a function with %j", async (context) => {
    await using vpc = await startVpc();
    const event = await vpc.open([await permissionFor(vpc)]);
    const { error, outcomes } = await vpc.invoke(event, contextOf(context));
    expect(error?.message).toContain("123456789012");
    expect(outcomes).toEqual([]);
    expect(vpc.requests()).toEqual([]);
  });
});

test.each(["CreateCacheCluster", "ModifySecurityGroupRules"])("%s of another account makes no call", async (eventName) => {
  await using vpc = await startVpc();
  const requestParameters = { groupId: vpc.web, cacheClusterId: "sessions", securityGroupIds: [vpc.web] };
  const eventSource = eventName.startsWith("Create") ? "elasticache.amazonaws.com" : "ec2.amazonaws.com";
  const event = withDetail(await vpc.open([ranges(["0.0.0.0/0"])]), { eventName, eventSource, requestParameters });
  expect((await vpc.invoke(event, contextOf({ account: "210987654321" }))).error).toBeDefined();
  expect(vpc.requests()).toEqual([]);
});

test("an event of another Region makes calls only in that Region", async () => {
  await using vpc = await startVpc();
  const event = withDetail(await vpc.open([ranges(["0.0.0.0/0"])]), { awsRegion: "us-east-1" });
  expect((await vpc.invoke(event)).results).toEqual(["outOfScope"]);
  expect(new Set(vpc.requests().map(({ region }) => region))).toEqual(new Set(["us-east-1"]));
  expect(await vpc.rules()).toHaveLength(1);
});

test("a call that failed has no outcome, and no call is made", async () => {
  await using vpc = await startVpc();
  const event = withDetail(await vpc.open([ranges(["0.0.0.0/0"])]), {
    errorCode: "Client.InvalidPermission.Duplicate",
    responseElements: null,
  });
  expect((await vpc.invoke(event)).outcomes).toEqual([]);
  expect(vpc.requests()).toEqual([]);
});

test("a call by an AWS service is evaluated like a call by a person", async () => {
  await using vpc = await startVpc();
  const userIdentity = { type: "AWSService", invokedBy: "cloudformation.amazonaws.com" };
  const event = withDetail(await vpc.open([ranges(["0.0.0.0/0"])]), { userIdentity, sourceIPAddress: "AWS Internal" });
  expect((await vpc.invoke(event)).outcomes).toMatchObject([{ result: "revoked", event: { actor: "cloudformation.amazonaws.com" } }]);
});

test("a rule that is added again is revoked again", async () => {
  await using vpc = await startVpc();
  for (const _ of [1, 2, 3]) expect((await vpc.invoke(await vpc.open([ranges(["0.0.0.0/0"])]))).results).toEqual(["revoked"]);
  expect(await vpc.rules()).toEqual([]);
});

test("a retry after a failure revokes the remaining rules", async () => {
  await using vpc = await startVpc();
  const event = await vpc.open([ranges(["0.0.0.0/0", "::/0"])]);
  // The call for both rules, and then the one for the first.
  vpc.emulator.fail({ action: "RevokeSecurityGroupIngress", times: 2, answer: "error", code: "UnauthorizedOperation", status: 403 });
  expect((await vpc.invoke(event)).results).toEqual(["failed", "revoked"]);
  expect((await vpc.invoke(event)).results).toEqual(["revoked", "alreadyGone"]);
});

test("in a chain of groups, only the rules of the group that is attached to a store are in scope", async () => {
  await using vpc = await startVpc({ permit: [{ name: "own", owners: ["self"], services: ["elasticache"], resources: ["sessions"] }] });
  const app = await vpc.group("app");
  const inner = await vpc.open([tcp({ UserIdGroupPairs: [{ GroupId: app }] })]);
  const outer = await vpc.open([ranges(["0.0.0.0/0"])], app);
  expect((await vpc.invoke(inner)).results).toEqual(["permitted"]);
  expect((await vpc.invoke(outer)).results).toEqual(["outOfScope"]);
});
