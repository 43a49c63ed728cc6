import { DescribeSecurityGroupRulesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { writes } from "../../support/scene.ts";
import { ranges, startVpc, stranger, strangersGroup, tcp } from "../../support/vpc.ts";
import { changeEvent, itemsOf, vpcEvent } from "../../support/vpc-events.ts";
import { compliant, form, office, open } from "./modified-rules.ts";

const note = expect.stringContaining("the rule before the change is unknown");

describe.concurrent("ModifySecurityGroupRules", () => {
  test("a permitted rule that is changed into a violating one is revoked, and the outcome states what the undo cannot restore", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    const event = await vpc.change([[ids[0], open]]);

    const { outcomes, results } = await vpc.invoke(event);

    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([
      { note, grant: { authorization: "AuthorizeSecurityGroupIngress", rule: { id: ids[0] }, source: { range: "0.0.0.0/0" } } },
    ]);
    expect(outcomes).toMatchObject([{ undo: expect.stringContaining('"CidrIp":"0.0.0.0/0"') }]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("a rule that is changed within the permitted ranges stays, and nothing is written", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    expect((await vpc.invoke(await vpc.change([[ids[0], form("203.0.113.0/25")]]))).results).toEqual(["permitted"]);
    expect(writes(vpc.requests())).toEqual([]);
  });

  test("for a change of only the ports the source is listed, and for a change of only the source the ports are listed", async () => {
    await using vpc = await startVpc({ permit: [office] });
    await vpc.open([ranges(["198.51.100.0/24"], 443)]);
    const [id] = await vpc.ids();
    await vpc.change([[id, form("198.51.100.0/24", 0, 65535)]]);
    const event = changeEvent(vpc.web, [[id, { IpProtocol: "tcp", FromPort: 0, ToPort: 65535 }]]);
    const { outcomes, error } = await vpc.invoke(event);
    expect(outcomes).toMatchObject([
      { result: "revoked", grant: { source: { range: "198.51.100.0/24" }, rule: { fromPort: 0, toPort: 65535 } } },
    ]);
    expect(error).toBeUndefined();

    await vpc.open([ranges(["203.0.113.0/24"])]);
    const [other] = await vpc.ids();
    await vpc.change([[other, open]]);
    expect((await vpc.invoke(changeEvent(vpc.web, [[other, { CidrIpv4: "0.0.0.0/0" }]]))).results).toEqual(["revoked"]);
  });

  test.each<[string, (id: string) => object]>([
    ["an object", (id) => ({ SecurityGroupRuleId: id, tag: 1, SecurityGroupRule: open })],
    ["a list", (id) => [{ SecurityGroupRuleId: id, tag: 1, SecurityGroupRule: open }]],
    ["a list under items", (id) => itemsOf([{ SecurityGroupRuleId: id, tag: 1, SecurityGroupRule: open }])],
  ])("a change is read from %s, with and without the element ModifySecurityGroupRulesRequest", async (_shape, shape) => {
    for (const wrap of [(request: object) => ({ ModifySecurityGroupRulesRequest: request }), (request: object) => request]) {
      const { vpc, ids } = await compliant(["203.0.113.0/24", "203.0.113.7/32"]);
      await using _ = vpc;
      await vpc.change([[ids[0], open]]);
      const request = wrap({ GroupId: vpc.web, SecurityGroupRule: shape(ids[0] ?? "") });
      expect((await vpc.invoke(vpcEvent("ModifySecurityGroupRules", request, { _return: true }))).results).toEqual(["revoked"]);
    }
  });

  test("each rule of a request that changes several rules is evaluated separately", async () => {
    const { vpc, ids } = await compliant(["203.0.113.1/32", "203.0.113.2/32", "203.0.113.3/32"]);
    await using _ = vpc;
    const [first, second, third] = ids;
    const event = await vpc.change([
      [first, form("198.51.100.0/24")],
      [second, form("203.0.113.9/32")],
      [third, form("0.0.0.0/0", 443)],
    ]);
    expect((await vpc.invoke(event)).results).toEqual(["revoked", "permitted", "outOfScope"]);
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 443-443", "203.0.113.9/32 tcp 6379-6379"]);
  });

  test("a change of an egress rule has no outcome", async () => {
    await using vpc = await startVpc();
    const Filters = [{ Name: "group-id", Values: [vpc.web] }];
    const { SecurityGroupRules = [] } = await vpc.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    vpc.requests();
    const egress = SecurityGroupRules.find(({ IsEgress }) => IsEgress)?.SecurityGroupRuleId;
    const { results, error } = await vpc.invoke(changeEvent(vpc.web, [[egress, { IpProtocol: "-1", CidrIpv4: "0.0.0.0/0" }]]));
    expect({ results, error }).toEqual({ results: [], error: undefined });
    expect(writes(vpc.requests())).toEqual([]);
  });

  test("a permitted group of another account stays permitted if the ports of its rule change", async () => {
    await using vpc = await startVpc({ permit: [{ name: "partner", owners: [stranger] }] });
    const theirs = await strangersGroup(vpc);
    await vpc.open([tcp({ UserIdGroupPairs: [{ GroupId: theirs, UserId: stranger }] }, 443)]);
    const [id] = await vpc.ids();
    const event = await vpc.change([[id, { IpProtocol: "tcp", FromPort: 6379, ToPort: 6380, ReferencedGroupId: theirs }]]);
    const { outcomes } = await vpc.invoke(event);
    expect(outcomes).toMatchObject([{ result: "permitted", grant: { source: { owner: stranger, securityGroup: theirs } } }]);
    const wider = { IpProtocol: "tcp", FromPort: 0, ToPort: 65535, ReferencedGroupId: theirs };
    expect((await vpc.invoke(changeEvent(vpc.web, [[id, wider]]))).results).toEqual(["permitted"]);
  });

  test.each<[string, (ids: readonly string[]) => object]>([
    ["is cut", () => ({ omitted: true })],
    [
      "is cut after one change",
      ([id]) => ({ omitted: true, SecurityGroupRule: { SecurityGroupRuleId: id, SecurityGroupRule: form("203.0.113.1/32") } }),
    ],
    ["names no rule", () => ({ SecurityGroupRule: {} })],
    [
      "names one of two rules",
      ([id]) => ({ SecurityGroupRule: [{ SecurityGroupRuleId: id, SecurityGroupRule: form("203.0.113.1/32") }, { tag: 2 }] }),
    ],
  ])("if a request %s, every rule of its group is evaluated", async (_case, more) => {
    const { vpc, ids } = await compliant(["203.0.113.1/32", "203.0.113.2/32"]);
    await using _ = vpc;
    await vpc.change([[ids[1], open]]);
    const request = { ModifySecurityGroupRulesRequest: { GroupId: vpc.web, ...more(ids) } };
    expect((await vpc.invoke(vpcEvent("ModifySecurityGroupRules", request, null))).results.toSorted()).toEqual(["permitted", "revoked"]);
  });

  test("a request that names no group is an error, and no call is made", async () => {
    await using vpc = await startVpc();
    for (const request of [null, { omitted: true }, { ModifySecurityGroupRulesRequest: { GroupId: "web" } }]) {
      const { error } = await vpc.invoke(vpcEvent("ModifySecurityGroupRules", request, null));
      expect(error?.message).toContain("names no group");
    }
    expect(vpc.requests()).toEqual([]);
  });
});
