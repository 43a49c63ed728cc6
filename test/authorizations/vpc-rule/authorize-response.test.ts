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

describe("AuthorizeSecurityGroupIngress, whose answer shows the rules,", () => {
  test.each(["198.51.100.0/24", "0.0.0.0/0", "2001:db8:20::/48", "::/0"])("to %s is taken back, by its id", async (range) => {
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

  test("in the union of what is permitted stays, in IPv4 and in IPv6, and nothing is changed", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const end = await vpc.invoke(await vpc.open([ranges(["203.0.113.0/24", "2001:db8:10:1::/64"])]));
    expect(end.results).toEqual(["permitted", "permitted"]);
    expect(writes(vpc.requests())).toEqual([]);
  });

  test("a range with host bits is judged and taken back as EC2 stored it", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([ranges(["198.51.100.77/24"])]);
    const end = await vpc.invoke(event);
    expect(end.results).toEqual(["revoked"]);
    expect(sources(end)).toEqual([{ kind: "range", range: "198.51.100.0/24" }]);
  });

  test("the two halves of everything are each taken back", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const end = await vpc.invoke(await vpc.open([ranges(["0.0.0.0/1", "128.0.0.0/1"])]));
    expect(end.results).toEqual(["revoked", "revoked"]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("of a mixed request one rule goes and the rest stays", async () => {
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

  test("a rule that the answer shows twice is taken back once", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    const { securityGroupRuleSet } = event.detail.responseElements as { securityGroupRuleSet: { items: object[] } };
    const twice = itemsOf([...securityGroupRuleSet.items, ...securityGroupRuleSet.items]);
    expect((await vpc.invoke(withDetail(event, { responseElements: { securityGroupRuleSet: twice } }))).results).toEqual(["revoked"]);
    expect(writes(vpc.requests())).toMatchObject([{ action: "RevokeSecurityGroupIngress" }]);
  });

  test("a rule that the answer shows in no readable form has its group listed", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    const responseElements = JSON.parse(JSON.stringify(event.detail.responseElements).replace("0.0.0.0/0", "everyone"));
    expect((await vpc.invoke(withDetail(event, { responseElements }))).results).toEqual(["revoked"]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("a group that only the answer names is the one that is listed", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    const responseElements = JSON.parse(JSON.stringify(event.detail.responseElements).replace("0.0.0.0/0", "everyone"));
    const requestParameters = { ...Object(event.detail.requestParameters), groupId: undefined };
    const { results, error } = await vpc.invoke(withDetail(event, { requestParameters, responseElements }));
    expect({ results, error }).toEqual({ results: ["revoked"], error: undefined });
  });

  test.each([
    ["cut short, as CloudTrail says", { omitted: true }],
    ["shorter than the request", {}],
  ])("an answer that is %s hides no rule", async (_case, more) => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["198.51.100.0/24", "0.0.0.0/0"])]);
    const { securityGroupRuleSet } = event.detail.responseElements as { securityGroupRuleSet: { items: object[] } };
    const requestParameters = "omitted" in more ? { groupId: vpc.web, omitted: true } : event.detail.requestParameters;
    const responseElements = { ...more, securityGroupRuleSet: itemsOf(securityGroupRuleSet.items.slice(0, 1)) };
    expect((await vpc.invoke(withDetail(event, { requestParameters, responseElements }))).results).toEqual(["revoked", "revoked"]);
  });

  test("a rule that was changed since is judged as it now is: a late event takes nothing compliant back", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    await vpc.change([[(await vpc.ids())[0], { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, CidrIpv4: "203.0.113.0/24" }]]);
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
    expect(await vpc.rules()).toEqual(["203.0.113.0/24 tcp 6379-6379"]);
  });

  test("a rule that no read shows yet is judged by the event", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(["0.0.0.0/0"])]);
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", answer: "rewritten", rewrite: noRules });
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });
});
