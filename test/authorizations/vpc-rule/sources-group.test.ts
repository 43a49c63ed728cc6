import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { withDetail } from "../../support/events.ts";
import { error } from "../../support/faults.ts";
import { writes } from "../../support/scene.ts";
import { sessions, startVpc, stranger, strangersGroup, tcp, type Vpc } from "../../support/vpc.ts";
import { vpcEvent } from "../../support/vpc-events.ts";

describe("a reference to a group", () => {
  const self = { name: "own", owners: ["self"] };
  const partner = { name: "partner", owners: [stranger] };
  const to = (GroupId: string, UserId?: string) => tcp({ UserIdGroupPairs: [{ GroupId, ...(UserId && { UserId }) }] });

  test("is evaluated by its owner, which only the response has", async () => {
    await using vpc = await startVpc({ permit: [self, { ...partner, securityGroups: ["sg-0*"] }] });
    const [own, other] = [await vpc.group("app"), await strangersGroup(vpc)];

    const { results, outcomes } = await vpc.invoke(await vpc.open([to(own), to(other, stranger)]));

    expect(results).toEqual(["permitted", "permitted"]);
    expect(outcomes.map(({ grant }) => grant.source)).toEqual([
      { kind: "securityGroup", owner: "123456789012", securityGroup: own },
      { kind: "securityGroup", owner: stranger, securityGroup: other },
    ]);
  });

  test("of another account is revoked, and one to the account's own group stays", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await vpc.open([to(await vpc.group("app")), to(await strangersGroup(vpc), stranger)]);
    expect(JSON.stringify(event.detail.requestParameters)).not.toContain(stranger);
    expect((await vpc.invoke(event)).results).toEqual(["permitted", "revoked"]);
    expect(await vpc.rules()).toEqual([expect.stringContaining("123456789012/")]);
  });

  test("gets its owner from the list, without a wait, if the response shows no rules", async () => {
    await using vpc = await startVpc({ permit: [partner] });
    const event = await vpc.open([to(await vpc.group("app")), to(await strangersGroup(vpc), stranger)]);
    const before = Date.now();
    const { results } = await vpc.invoke(withDetail(event, { responseElements: { _return: true } }));
    expect(results).toEqual(["revoked", "permitted"]);
    expect(Date.now() - before).toBeLessThan(1_000);
  });

  /** The event of a reference to a group whose owner neither the event nor the list of rules names. */
  async function ownerless(vpc: Vpc, group: string, owner: string) {
    const event = await vpc.open([to(group, owner)]);
    const without = (text: string) => text.replace(/,?"userId":"\d+"/g, "");
    vpc.emulator.fail({
      action: "DescribeSecurityGroupRules",
      times: Number.POSITIVE_INFINITY,
      answer: "rewritten",
      rewrite: (response) => response.replace(/<userId>\d+<\/userId>/g, ""),
    });
    return withDetail(event, { responseElements: JSON.parse(without(JSON.stringify(event.detail.responseElements))) });
  }

  test("without an owner is the account's own if EC2 lists the group with that owner", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await ownerless(vpc, await vpc.group("app"), "123456789012");
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
  });

  test("without an owner is listed again if the group is not found soon after it is created", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await ownerless(vpc, await vpc.group("app"), "123456789012");
    vpc.emulator.fail({ action: "DescribeSecurityGroups", times: 2, ...error("InvalidGroup.NotFound") });
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
  });

  test("without an owner has an unknown owner if EC2 does not find the group, and is revoked", async () => {
    await using vpc = await startVpc({ permit: [self, partner] });
    const event = await ownerless(vpc, await strangersGroup(vpc), stranger);
    const { outcomes } = await vpc.invoke(event);
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { owner: "unknown" } } }]);
    expect(outcomes[0]).not.toHaveProperty("permitWith");
  });

  test("that EC2 lists without an owner has an unknown owner, and is revoked", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await ownerless(vpc, await vpc.group("app"), "123456789012");
    const rewrite = (response: string) => response.replace(/<ownerId>\d+<\/ownerId>/g, "");
    vpc.emulator.fail({ action: "DescribeSecurityGroups", answer: "rewritten", rewrite });
    const { outcomes } = await vpc.invoke(event);
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { owner: "unknown" } } }]);
  });

  test("whose owner cannot be read fails the event, and stays", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await ownerless(vpc, await vpc.group("app"), "123456789012");
    vpc.emulator.fail({ action: "DescribeSecurityGroups", answer: "error", code: "UnauthorizedOperation", status: 403 });
    const { results, error } = await vpc.invoke(event);
    expect(results).toEqual([]);
    expect(error?.message).toContain("UnauthorizedOperation");
    expect(writes(vpc.requests())).toEqual([]);
  });

  test("in the flat form, by name, is a rule for each protocol, and the rule for TCP is revoked", async () => {
    await using vpc = await startVpc({ store: false });
    const { GroupId = "" } = await vpc.ec2.send(new CreateSecurityGroupCommand({ GroupName: "legacy", Description: "for tests" }));
    await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [GroupId] }));
    const request = { GroupName: "legacy", SourceSecurityGroupName: "default", SourceSecurityGroupOwnerId: "123456789012" };
    await vpc.ec2.send(new AuthorizeSecurityGroupIngressCommand(request));
    const requestParameters = {
      groupName: "legacy",
      ipPermissions: {},
      sourceSecurityGroupName: "default",
      sourceSecurityGroupOwnerId: "123456789012",
    };

    const { results } = await vpc.invoke(vpcEvent("AuthorizeSecurityGroupIngress", requestParameters, { _return: true }));

    expect(results.toSorted()).toEqual(["outOfScope", "outOfScope", "revoked"]);
    expect((await vpc.rules(GroupId)).map((rule) => rule.split(" ")[1])).toEqual(["icmp", "udp"]);
  });
});
