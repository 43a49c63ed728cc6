import { describe, expect, test } from "vitest";
import type { Source } from "#domain/source.ts";
import { withDetail } from "../../support/events.ts";
import { noRules } from "../../support/faults.ts";
import type { End } from "../../support/scene.ts";
import { writes } from "../../support/scene.ts";
import { ranges, startVpc } from "../../support/vpc.ts";
import { itemsOf } from "../../support/vpc-events.ts";

const office = { name: "office", ranges: ["203.0.113.0/25", "203.0.113.128/25", "2001:db8:10::/48"] };
const sources = ({ outcomes }: End): readonly Source[] => outcomes.map(({ grant }) => grant.source);

describe("AuthorizeSecurityGroupIngress with the rules in its response:", () => {
  test.each(["198.51.100.0/24", "0.0.0.0/0", "2001:db8:20::/48", "::/0"])("a rule for %s is revoked by its id", async (range) => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([ranges([range])]);
    const [id] = await vpc.ids();

    const { outcomes, results } = await vpc.invoke(event);

    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([{ grant: { service: "ec2", resource: vpc.web, rule: { id }, source: { kind: "range", range } } }]);
    const [revoke] = vpc.requests().filter(({ action }) => action.startsWith("Revoke"));
    expect(Object.fromEntries(revoke?.parameters ?? [])).toEqual({ GroupId: vpc.web, "SecurityGroupRuleId.1": id });
    expect(await vpc.rules()).toEqual([]);
  });

  test("a range that permitted ranges cover together stays, in IPv4 and in IPv6, and nothing is written", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const end = await vpc.invoke(await vpc.open([ranges(["203.0.113.0/24", "2001:db8:10:1::/64"])]));
    expect(end.results).toEqual(["permitted", "permitted"]);
    expect(writes(vpc.requests())).toEqual([]);
  });

  test("a range with host bits is evaluated and revoked as EC2 stores it", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([ranges(["198.51.100.77/24"])]);
    const end = await vpc.invoke(event);
    expect(end.results).toEqual(["revoked"]);
    expect(sources(end)).toEqual([{ kind: "range", range: "198.51.100.0/24" }]);
  });

  test("0.0.0.0/1 and 128.0.0.0/1 are both revoked", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const end = await vpc.invoke(await vpc.open([ranges(["0.0.0.0/1", "128.0.0.0/1"])]));
    expect(end.results).toEqual(["revoked", "revoked"]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("only the violating rule of a request is revoked, and the others stay", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([
      ranges(["203.0.113.7/32", "0.0.0.0/0"]),
      ranges(["0.0.0.0/0"], 443),
      ranges(["2001:db8:10::/64"], 6000, 7000),
    ]);

    const { results } = await vpc.invoke(event);

    expect(results.toSorted()).toEqual(["outOfScope", "permitted", "permitted", "revoked"]);
    expect(writes(vpc.requests())).toMatchObject([{ action: "RevokeSecurityGroupIngress" }]);
    expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 443-443", "2001:db8:10::/64 tcp 6000-7000", "203.0.113.7/32 tcp 6379-6379"]);
  });

  test("a rule that the response shows twice is revoked once", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    const { securityGroupRuleSet } = event.detail.responseElements as { securityGroupRuleSet: { items: object[] } };
    const twice = itemsOf([...securityGroupRuleSet.items, ...securityGroupRuleSet.items]);
    expect((await vpc.invoke(withDetail(event, { responseElements: { securityGroupRuleSet: twice } }))).results).toEqual(["revoked"]);
    expect(writes(vpc.requests())).toMatchObject([{ action: "RevokeSecurityGroupIngress" }]);
  });

  test("if a rule in the response is unreadable, its group is listed", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    const responseElements = JSON.parse(JSON.stringify(event.detail.responseElements).replace("0.0.0.0/0", "everyone"));
    expect((await vpc.invoke(withDetail(event, { responseElements }))).results).toEqual(["revoked"]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("a group that only the response names is listed", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    const responseElements = JSON.parse(JSON.stringify(event.detail.responseElements).replace("0.0.0.0/0", "everyone"));
    const requestParameters = { ...Object(event.detail.requestParameters), groupId: undefined };
    const { results, error } = await vpc.invoke(withDetail(event, { requestParameters, responseElements }));
    expect({ results, error }).toEqual({ results: ["revoked"], error: undefined });
  });

  test.each([
    ["marked as cut by CloudTrail", { omitted: true }],
    ["shorter than the request", {}],
  ])("a response that is %s hides no rule", async (_case, more) => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["198.51.100.0/24", "0.0.0.0/0"])]);
    const { securityGroupRuleSet } = event.detail.responseElements as { securityGroupRuleSet: { items: object[] } };
    const requestParameters = "omitted" in more ? { groupId: vpc.web, omitted: true } : event.detail.requestParameters;
    const responseElements = { ...more, securityGroupRuleSet: itemsOf(securityGroupRuleSet.items.slice(0, 1)) };
    expect((await vpc.invoke(withDetail(event, { requestParameters, responseElements }))).results).toEqual(["revoked", "revoked"]);
  });

  test("a rule that has been changed since is evaluated in its current form", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    await vpc.change([[(await vpc.ids())[0], { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, CidrIpv4: "203.0.113.0/24" }]]);
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
    expect(await vpc.rules()).toEqual(["203.0.113.0/24 tcp 6379-6379"]);
  });

  test("a rule that is not listed yet is evaluated in the form of the event", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", answer: "rewritten", rewrite: noRules });
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });
});
