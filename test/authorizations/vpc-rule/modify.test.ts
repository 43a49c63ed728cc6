import { DescribeSecurityGroupRulesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { writes } from "../../support/scene.ts";
import { noRules, prefixList, ranges, startVpc, stranger, strangersGroup, tcp } from "../../support/vpc.ts";
import { changeEvent, itemsOf, later, vpcEvent } from "../../support/vpc-events.ts";

const office = { name: "office", ranges: ["203.0.113.0/24"] };
const form = (CidrIpv4: string, FromPort = 6379, ToPort = FromPort) => ({ IpProtocol: "tcp", FromPort, ToPort, CidrIpv4 });
const open = form("0.0.0.0/0");
const note = expect.stringContaining("the rule's form before the change is unknown");

/** A network with one compliant rule for each range, and their ids. */
async function compliant(texts: readonly string[] = ["203.0.113.0/24"], options: Parameters<typeof startVpc>[0] = {}) {
  const vpc = await startVpc({ permit: [office], ...options });
  await vpc.open([ranges(texts)]);
  return { vpc, ids: await vpc.ids() };
}

describe.concurrent("ModifySecurityGroupRules", () => {
  test("a compliant rule that is changed into an open one is taken back, and the outcome says what the undo cannot restore", async () => {
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

  test("a change within what is permitted stays, and nothing is changed", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    expect((await vpc.invoke(await vpc.change([[ids[0], form("203.0.113.0/25")]]))).results).toEqual(["permitted"]);
    expect(writes(vpc.requests())).toEqual([]);
  });

  test("a read that still shows the rule as it was hides nothing: the event says what it is", async () => {
    const { vpc, ids } = await compliant(undefined, { emulator: { settleMs: 300 } });
    await using _ = vpc;
    await new Promise((resolve) => setTimeout(resolve, 350));
    const [id] = await vpc.ids();
    const { results, outcomes } = await vpc.invoke(await vpc.change([[id, open]]));
    expect(ids).toEqual([]);
    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([{ grant: { source: { range: "0.0.0.0/0" } } }]);
  });

  test("a read that shows the old form for ever does not either", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    const event = changeEvent(vpc.web, [[ids[0], open]]);
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("a read that shows a violation, where the event says none, is one", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    await vpc.change([[ids[0], open]]);
    expect((await vpc.invoke(changeEvent(vpc.web, [[ids[0], form("203.0.113.0/24")]]))).results).toEqual(["revoked"]);
  });

  test("a change of ports alone has its source read, and the other way round", async () => {
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
  ])("the change is read from %s, with the wrapper or without", async (_shape, shape) => {
    for (const wrap of [(request: object) => ({ ModifySecurityGroupRulesRequest: request }), (request: object) => request]) {
      const { vpc, ids } = await compliant(["203.0.113.0/24", "203.0.113.7/32"]);
      await using _ = vpc;
      await vpc.change([[ids[0], open]]);
      const request = wrap({ GroupId: vpc.web, SecurityGroupRule: shape(ids[0] ?? "") });
      expect((await vpc.invoke(vpcEvent("ModifySecurityGroupRules", request, { _return: true }))).results).toEqual(["revoked"]);
    }
  });

  test("of several rules changed at once each is judged alone", async () => {
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

  test("an id that is not found yet is asked for again before it is gone", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    await vpc.change([[ids[0], open]]);
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: 2, answer: "rewritten", rewrite: noRules });
    const { outcomes } = await vpc.invoke(changeEvent(vpc.web, [[ids[0], { Description: "nothing else" }]]));
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { range: "0.0.0.0/0" } } }]);
  });

  test("a rule that is gone by then is no outcome when the event does not say whom it let in, else alreadyGone", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    await vpc.drop(ids[0]);
    const ofPorts = changeEvent(vpc.web, [[ids[0], { FromPort: 0, ToPort: 65535 }]]);
    expect((await vpc.invoke(ofPorts)).error?.message).toContain(`EC2 does not list ${ids[0]} yet`);
    expect(await vpc.invoke(later(ofPorts, 61_000))).toEqual({ outcomes: [], results: [] });
    expect((await vpc.invoke(changeEvent(vpc.web, [[ids[0], open]]))).results).toEqual(["alreadyGone"]);
  });

  test("a change of one port alone leaves the other as it was, also where a read still shows the rule as it was", async () => {
    await using vpc = await startVpc();
    await vpc.open([ranges(["0.0.0.0/0"], 6380, 7000)]);
    const [id] = await vpc.ids();
    const { results, outcomes } = await vpc.invoke(changeEvent(vpc.web, [[id, { FromPort: 6379 }]]));
    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([{ grant: { rule: { fromPort: 6379, toPort: 7000 } } }]);
  });

  test("a change to every protocol counts, also where a read still shows the rule as it was", async () => {
    await using vpc = await startVpc();
    await vpc.open([ranges(["0.0.0.0/0"], 443)]);
    const [id] = await vpc.ids();
    const { outcomes, error } = await vpc.invoke(changeEvent(vpc.web, [[id, { IpProtocol: "-1", CidrIpv4: "0.0.0.0/0" }]]));
    expect({ outcomes, error }).toMatchObject({ outcomes: [{ result: "revoked", grant: { rule: { protocol: "-1" } } }], error: undefined });
  });

  test("a change to a prefix list counts, also where a read still shows the rule as it was", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    const PrefixListId = await prefixList(vpc, ["0.0.0.0/0"]);
    const { outcomes, error } = await vpc.invoke(changeEvent(vpc.web, [[ids[0], { PrefixListId }]]));
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { prefixList: PrefixListId, entries: ["0.0.0.0/0"] } } }]);
    expect(error).toBeUndefined();
  });

  test("a group that no list shows yet does not keep another rule's violation from being taken back", async () => {
    const { vpc, ids } = await compliant(["203.0.113.1/32", "203.0.113.2/32"]);
    await using _ = vpc;
    const [first, second] = ids;
    const theirs = await strangersGroup(vpc);
    const event = changeEvent(vpc.web, [
      [first, { ReferencedGroupId: theirs }],
      [second, open],
    ]);
    const { results, error } = await vpc.invoke(event);
    expect(results.toSorted()).toEqual(["permitted", "revoked"]);
    expect(error?.message).toContain("whose the security group is");
  });

  test("a listed group that EC2 knows no owner of is nobody's, and keeps no event", async () => {
    await using vpc = await startVpc({ permit: [{ name: "own", owners: ["self"] }] });
    const app = await vpc.group("app");
    await vpc.open([tcp({ UserIdGroupPairs: [{ GroupId: app }] }, 6379, 7000)]);
    const [id] = await vpc.ids();
    const rewrite = (right: string) => right.replaceAll(app, "sg-0123456789abcdef0").replaceAll(/<userId>.*?<\/userId>/g, "");
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: 1, answer: "rewritten", rewrite });
    const event = changeEvent(vpc.web, [[id, { IpProtocol: "tcp", FromPort: 6379, ToPort: 7000 }]]);
    const { outcomes, error } = await vpc.invoke(event);
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { owner: "unknown" } } }]);
    expect(error).toBeUndefined();
  });

  test("a change of what a group lets out is none of ours", async () => {
    await using vpc = await startVpc();
    const Filters = [{ Name: "group-id", Values: [vpc.web] }];
    const { SecurityGroupRules = [] } = await vpc.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    vpc.requests();
    const egress = SecurityGroupRules.find(({ IsEgress }) => IsEgress)?.SecurityGroupRuleId;
    const { results, error } = await vpc.invoke(changeEvent(vpc.web, [[egress, { IpProtocol: "-1", CidrIpv4: "0.0.0.0/0" }]]));
    expect({ results, error }).toEqual({ results: [], error: undefined });
    expect(writes(vpc.requests())).toEqual([]);
  });

  test("a permitted group of another account stays permitted when its ports change", async () => {
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
      "names one of two",
      ([id]) => ({ SecurityGroupRule: [{ SecurityGroupRuleId: id, SecurityGroupRule: form("203.0.113.1/32") }, { tag: 2 }] }),
    ],
  ])("a request that %s has every rule of its group judged", async (_case, more) => {
    const { vpc, ids } = await compliant(["203.0.113.1/32", "203.0.113.2/32"]);
    await using _ = vpc;
    await vpc.change([[ids[1], open]]);
    const request = { ModifySecurityGroupRulesRequest: { GroupId: vpc.web, ...more(ids) } };
    expect((await vpc.invoke(vpcEvent("ModifySecurityGroupRules", request, null))).results.toSorted()).toEqual(["permitted", "revoked"]);
  });

  test("a request that names no group is an error, and nothing is called", async () => {
    await using vpc = await startVpc();
    for (const request of [null, { omitted: true }, { ModifySecurityGroupRulesRequest: { GroupId: "web" } }]) {
      const { error } = await vpc.invoke(vpcEvent("ModifySecurityGroupRules", request, null));
      expect(error?.message).toContain("names no group");
    }
    expect(vpc.requests()).toEqual([]);
  });
});
