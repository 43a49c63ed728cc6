import { AuthorizeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand, ModifyCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { withDetail } from "../../support/events.ts";
import { noRules } from "../../support/faults.ts";
import { writes } from "../../support/scene.ts";
import { ranges, sessions, startVpc } from "../../support/vpc.ts";
import { itemsOf, later, vpcEvent, withoutRules } from "../../support/vpc-events.ts";

const office = { name: "office", ranges: ["203.0.113.0/25", "203.0.113.128/25", "2001:db8:10::/48"] };

describe("AuthorizeSecurityGroupIngress without the rules in its response:", () => {
  const structured = (groupId: string) => ({
    groupId,
    ipPermissions: itemsOf([
      {
        ipProtocol: "tcp",
        fromPort: 6379,
        toPort: 6379,
        groups: {},
        ipRanges: itemsOf([{ cidrIp: "0.0.0.0/0" }]),
        ipv6Ranges: {},
        prefixListIds: {},
      },
    ]),
  });
  const flat = (groupId: string) => ({ groupId, ipPermissions: {}, ipProtocol: "tcp", fromPort: 6379, toPort: 6379, cidrIp: "0.0.0.0/0" });

  test.each([
    ["structured", structured],
    ["flat", flat],
  ])("for a request in the %s form, the group is listed, and the rule is revoked", async (_shape, request) => {
    await using vpc = await startVpc();
    await vpc.open([ranges(["0.0.0.0/0"])]);
    const event = vpcEvent("AuthorizeSecurityGroupIngress", request(vpc.web), { _return: true });
    const { results, error } = await vpc.invoke(event);
    expect({ results, error }).toEqual({ results: ["revoked"], error: undefined });
    expect(await vpc.rules()).toEqual([]);
  });

  test("for a cut request with a null response, every rule of the group is evaluated", async () => {
    await using vpc = await startVpc({ permit: [office] });
    await vpc.open([ranges(["0.0.0.0/0", "203.0.113.0/24"]), ranges(["::/0"], 6000, 7000)]);
    const event = vpcEvent("AuthorizeSecurityGroupIngress", { groupId: vpc.web, ipPermissions: { omitted: true } }, null);
    expect((await vpc.invoke(event)).results.toSorted()).toEqual(["permitted", "revoked", "revoked"]);
    expect(await vpc.rules()).toEqual(["203.0.113.0/24 tcp 6379-6379"]);
  });

  test("a group name in a request is that of the default VPC's group, and a group of that name in another VPC stays", async () => {
    await using vpc = await startVpc({ emulator: { createMissing: true, pageSize: 2 } });
    await vpc.open([ranges(["198.51.100.0/24"])]);
    const IpPermissions = [ranges(["0.0.0.0/0", "198.51.100.0/24", "2001:db8::/32"])];
    const { SecurityGroupRules = [] } = await vpc.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupName: "web", IpPermissions }));
    const named = SecurityGroupRules[0]?.GroupId ?? "";
    await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, CacheClusterId: "orders", SecurityGroupIds: [named] }));
    const event = vpcEvent("AuthorizeSecurityGroupIngress", { ...structured(""), groupId: undefined, groupName: "web" }, null);
    expect((await vpc.invoke(event)).results).toEqual(["revoked", "revoked", "revoked"]);
    expect(await vpc.rules(named)).toEqual([]);
    expect(await vpc.rules()).toEqual(["198.51.100.0/24 tcp 6379-6379"]);
  });

  test("an unknown group name fails a recent event, and has no outcome in an old one", async () => {
    await using vpc = await startVpc();
    const event = vpcEvent("AuthorizeSecurityGroupIngress", { ...structured(""), groupId: undefined, groupName: "gone" }, null);
    expect((await vpc.invoke(event)).error?.message).toContain("does not list all rules");
    expect(await vpc.invoke(later(event))).toEqual({ outcomes: [], results: [] });
  });

  test("a requested rule that is not listed fails a recent event, and has no outcome in an old one", async () => {
    await using vpc = await startVpc();
    const event = withoutRules(await vpc.open([ranges(["0.0.0.0/0"])]));
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: Number.POSITIVE_INFINITY, answer: "rewritten", rewrite: noRules });
    expect((await vpc.invoke(event)).error?.message).toContain("does not list all rules");
    expect(await vpc.invoke(later(event))).toEqual({ outcomes: [], results: [] });
  });

  test("a response about another group than the request's is ignored", async () => {
    await using vpc = await startVpc();
    const other = await vpc.group("other");
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    await vpc.open([ranges(["0.0.0.0/0"])], other);
    await vpc.elasticache.send(new ModifyCacheClusterCommand({ CacheClusterId: "sessions", SecurityGroupIds: [vpc.web, other] }));
    const { requestParameters } = event.detail;
    await vpc.invoke(withDetail(event, { requestParameters: { ...(requestParameters as object), groupId: other } }));
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 6379-6379"]);
    expect(await vpc.rules(other)).toEqual([]);
  });

  test("the rules are listed again until the list has the requested rule", async () => {
    await using vpc = await startVpc();
    const event = withoutRules(await vpc.open([ranges(["0.0.0.0/0"])]));
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", answer: "rewritten", rewrite: noRules });
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("a record that names no group is an error, and nothing is written", async () => {
    await using vpc = await startVpc();
    for (const requestParameters of [null, {}, { groupId: "web" }, { groupId: ["sg-1"] }]) {
      const { error } = await vpc.invoke(vpcEvent("AuthorizeSecurityGroupIngress", requestParameters, null));
      expect(error?.message).toContain("names no security group");
    }
    expect(writes(vpc.requests())).toEqual([]);
  });
});
