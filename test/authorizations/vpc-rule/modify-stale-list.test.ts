import { describe, expect, test } from "vitest";
import { noRules } from "../../support/faults.ts";
import { prefixList, ranges, startVpc, strangersGroup, tcp } from "../../support/vpc.ts";
import { changeEvent, later } from "../../support/vpc-events.ts";
import { compliant, form, open } from "./modified-rules.ts";

describe.concurrent("ModifySecurityGroupRules", () => {
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
});
