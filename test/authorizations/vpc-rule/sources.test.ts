import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, ModifyManagedPrefixListCommand } from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { withDetail } from "../../support/events.ts";
import { writes } from "../../support/scene.ts";
import { prefixList, ranges, sessions, startVpc, stranger, strangersGroup, tcp, type Vpc } from "../../support/vpc.ts";
import { vpcEvent } from "../../support/vpc-events.ts";

const always = Number.POSITIVE_INFINITY;
const absent = (code: string) => ({ answer: "error", code, status: 400 }) as const;
const office = { name: "office", ranges: ["203.0.113.0/24"] };

describe("a prefix list", () => {
  const listed = (id: string, from?: number, to?: number) => tcp({ PrefixListIds: [{ PrefixListId: id }] }, from, to);

  test("is permitted by its id, whatever it holds", async () => {
    await using vpc = await startVpc();
    const list = await prefixList(vpc, ["0.0.0.0/0"]);
    await using same = await startVpc({ permit: [{ name: "list", prefixLists: [list] }] });
    expect(await prefixList(same, ["0.0.0.0/0"])).toBe(list);
    expect((await same.invoke(await same.open([listed(list)]))).results).toEqual(["permitted"]);
    expect(writes(same.requests())).toEqual([]);
  });

  test("is permitted when all that it holds is, over every page of it", async () => {
    await using vpc = await startVpc({ permit: [office], emulator: { pageSize: 2 } });
    const list = await prefixList(
      vpc,
      [0, 1, 2, 3, 4].map((n) => `203.0.113.${n}/32`),
    );
    const { outcomes, results } = await vpc.invoke(await vpc.open([listed(list)]));
    expect(results).toEqual(["permitted"]);
    expect(outcomes).toMatchObject([{ grant: { source: { prefixList: list, entries: { length: 5 } } } }]);
  });

  test("with one entry outside, on its last page, is taken back whole", async () => {
    await using vpc = await startVpc({ permit: [office], emulator: { pageSize: 2 } });
    const list = await prefixList(vpc, ["203.0.113.1/32", "203.0.113.2/32", "203.0.113.3/32", "203.0.113.4/32", "250.0.0.0/8"]);
    const { outcomes, results } = await vpc.invoke(await vpc.open([listed(list)]));
    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([{ decision: { reason: expect.stringContaining("250.0.0.0/8"), uncovered: ["250.0.0.0/8"] } }]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("that another event shows is judged by what it holds now", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const list = await prefixList(vpc, ["203.0.113.1/32"]);
    const event = await vpc.open([listed(list)]);
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
    const AddEntries = [{ Cidr: "0.0.0.0/1" }];
    await vpc.ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId: list, CurrentVersion: 1, MaxEntries: 5, AddEntries }));
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("that is empty, or gone, is permitted by its id alone", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const empty = await vpc.invoke(await vpc.open([listed(await prefixList(vpc, []))]));
    expect(empty.results).toEqual(["revoked"]);
    const event = await vpc.open([listed(await prefixList(vpc, ["203.0.113.1/32"]))]);
    vpc.emulator.fail({ action: "GetManagedPrefixListEntries", times: always, ...absent("InvalidPrefixListID.NotFound") });
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("that a read soon after its making misses is asked for again, and stays when it is permitted", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([listed(await prefixList(vpc, ["203.0.113.1/32"]))]);
    vpc.emulator.fail({ action: "GetManagedPrefixListEntries", times: 2, ...absent("InvalidPrefixListID.NotFound") });
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
  });

  test("that must not be read fails the event and stays; every other rule is judged", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([listed(await prefixList(vpc, ["203.0.113.1/32"])), ranges(["0.0.0.0/0"])]);
    vpc.emulator.fail({ action: "GetManagedPrefixListEntries", answer: "error", code: "UnauthorizedOperation", status: 403 });

    const { results, error } = await vpc.invoke(event);

    expect(results).toEqual(["revoked"]);
    expect(error?.message).toContain("UnauthorizedOperation");
    expect(await vpc.rules()).toEqual([expect.stringContaining("pl-")]);
  });

  test("is not read for a rule that reaches nothing", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([listed(await prefixList(vpc, ["0.0.0.0/0"]), 22)]);
    expect((await vpc.invoke(event)).results).toEqual(["outOfScope"]);
    expect(vpc.requests().map(({ action }) => action)).not.toContain("GetManagedPrefixListEntries");
  });
});

describe("a reference to a group", () => {
  const self = { name: "own", owners: ["self"] };
  const partner = { name: "partner", owners: [stranger] };
  const to = (GroupId: string, UserId?: string) => tcp({ UserIdGroupPairs: [{ GroupId, ...(UserId && { UserId }) }] });

  test("has its owner in the answer only, and is judged by it", async () => {
    await using vpc = await startVpc({ permit: [self, { ...partner, securityGroups: ["sg-0*"] }] });
    const [own, other] = [await vpc.group("app"), await strangersGroup(vpc)];

    const { results, outcomes } = await vpc.invoke(await vpc.open([to(own), to(other, stranger)]));

    expect(results).toEqual(["permitted", "permitted"]);
    expect(outcomes.map(({ grant }) => grant.source)).toEqual([
      { kind: "securityGroup", owner: "123456789012", securityGroup: own },
      { kind: "securityGroup", owner: stranger, securityGroup: other },
    ]);
  });

  test("of a stranger is taken back, and the own one beside it stays", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await vpc.open([to(await vpc.group("app")), to(await strangersGroup(vpc), stranger)]);
    expect(JSON.stringify(event.detail.requestParameters)).not.toContain(stranger);
    expect((await vpc.invoke(event)).results).toEqual(["permitted", "revoked"]);
    expect(await vpc.rules()).toEqual([expect.stringContaining("123456789012/")]);
  });

  test("whose answer shows no rules has its owner from the list, without a wait", async () => {
    await using vpc = await startVpc({ permit: [partner] });
    const event = await vpc.open([to(await vpc.group("app")), to(await strangersGroup(vpc), stranger)]);
    const before = Date.now();
    const { results } = await vpc.invoke(withDetail(event, { responseElements: { _return: true } }));
    expect(results).toEqual(["revoked", "permitted"]);
    expect(Date.now() - before).toBeLessThan(1_000);
  });

  /** The event of a reference that nothing says the owner of. */
  async function ownerless(vpc: Vpc, group: string, owner: string) {
    const event = await vpc.open([to(group, owner)]);
    const without = (text: string) => text.replace(/,?"userId":"\d+"/g, "");
    vpc.emulator.fail({
      action: "DescribeSecurityGroupRules",
      times: Number.POSITIVE_INFINITY,
      answer: "rewritten",
      rewrite: (right) => right.replace(/<userId>\d+<\/userId>/g, ""),
    });
    return withDetail(event, { responseElements: JSON.parse(without(JSON.stringify(event.detail.responseElements))) });
  }

  test("without any owner is the account's own when EC2 shows the group as its own", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await ownerless(vpc, await vpc.group("app"), "123456789012");
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
  });

  test("without any owner is asked for again when a read soon after its making misses it", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await ownerless(vpc, await vpc.group("app"), "123456789012");
    vpc.emulator.fail({ action: "DescribeSecurityGroups", times: 2, ...absent("InvalidGroup.NotFound") });
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
  });

  test("without any owner is nobody's when EC2 does not know the group: never the account's own", async () => {
    await using vpc = await startVpc({ permit: [self, partner] });
    const event = await ownerless(vpc, await strangersGroup(vpc), stranger);
    const { outcomes } = await vpc.invoke(event);
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { owner: "unknown" } } }]);
    expect(outcomes[0]).not.toHaveProperty("permitWith");
  });

  test("that EC2 shows without an owner is not the account's own either", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await ownerless(vpc, await vpc.group("app"), "123456789012");
    const rewrite = (right: string) => right.replace(/<ownerId>\d+<\/ownerId>/g, "");
    vpc.emulator.fail({ action: "DescribeSecurityGroups", answer: "rewritten", rewrite });
    const { outcomes } = await vpc.invoke(event);
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { owner: "unknown" } } }]);
  });

  test("whose owner must not be described fails the event, and stays", async () => {
    await using vpc = await startVpc({ permit: [self] });
    const event = await ownerless(vpc, await vpc.group("app"), "123456789012");
    vpc.emulator.fail({ action: "DescribeSecurityGroups", answer: "error", code: "UnauthorizedOperation", status: 403 });
    const { results, error } = await vpc.invoke(event);
    expect(results).toEqual([]);
    expect(error?.message).toContain("UnauthorizedOperation");
    expect(writes(vpc.requests())).toEqual([]);
  });

  test("in the flat form, by name, opens every protocol: the rule of TCP is taken back", async () => {
    await using vpc = await startVpc({ store: false });
    const { GroupId = "" } = await vpc.ec2.send(new CreateSecurityGroupCommand({ GroupName: "legacy", Description: "for tests" }));
    await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [GroupId] }));
    const request = { GroupName: "legacy", SourceSecurityGroupName: "default", SourceSecurityGroupOwnerId: "123456789012" };
    await vpc.ec2.send(new AuthorizeSecurityGroupIngressCommand(request));
    const withDetail = {
      groupName: "legacy",
      ipPermissions: {},
      sourceSecurityGroupName: "default",
      sourceSecurityGroupOwnerId: "123456789012",
    };

    const { results } = await vpc.invoke(vpcEvent("AuthorizeSecurityGroupIngress", withDetail, { _return: true }));

    expect(results.toSorted()).toEqual(["outOfScope", "outOfScope", "revoked"]);
    expect((await vpc.rules(GroupId)).map((rule) => rule.split(" ")[1])).toEqual(["icmp", "udp"]);
  });
});
