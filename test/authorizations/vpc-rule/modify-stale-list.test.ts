import { describe, expect, test } from "vitest";
import { noRules } from "../../support/faults.ts";
import { prefixList, ranges, startVpc, strangersGroup, tcp } from "../../support/vpc.ts";
import { changeEvent, later } from "../../support/vpc-events.ts";
import { compliant, form, open } from "./modified-rules.ts";

describe.concurrent("ModifySecurityGroupRules", () => {
  test("a rule that is listed in its old form for a moment is evaluated in the form of the event", async () => {
    const { vpc, ids } = await compliant(undefined, { emulator: { settleMs: 300 } });
    await using _ = vpc;
    await new Promise((resolve) => setTimeout(resolve, 350));
    const [id] = await vpc.ids();
    const { results, outcomes } = await vpc.invoke(await vpc.change([[id, open]]));
    expect(ids).toEqual([]);
    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([{ grant: { source: { range: "0.0.0.0/0" } } }]);
  });

  test("a rule that is always listed in its old form is evaluated in the form of the event", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    const event = changeEvent(vpc.web, [[ids[0], open]]);
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("a rule that is listed as a violation is revoked even if the event has a permitted form", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    await vpc.change([[ids[0], open]]);
    expect((await vpc.invoke(changeEvent(vpc.web, [[ids[0], form("203.0.113.0/24")]]))).results).toEqual(["revoked"]);
  });

  test("a changed rule that is not listed yet is listed again before it counts as removed", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    await vpc.change([[ids[0], open]]);
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: 2, answer: "rewritten", rewrite: noRules });
    const { outcomes } = await vpc.invoke(changeEvent(vpc.web, [[ids[0], { Description: "nothing else" }]]));
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { range: "0.0.0.0/0" } } }]);
  });

  test("a changed rule that has been removed has no outcome if the event names no source, and is alreadyGone if it does", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    await vpc.drop(ids[0]);
    const ofPorts = changeEvent(vpc.web, [[ids[0], { FromPort: 0, ToPort: 65535 }]]);
    expect((await vpc.invoke(ofPorts)).error?.message).toContain(`EC2 does not list ${ids[0]} yet`);
    expect(await vpc.invoke(later(ofPorts, 61_000))).toEqual({ outcomes: [], results: [] });
    expect((await vpc.invoke(changeEvent(vpc.web, [[ids[0], open]]))).results).toEqual(["alreadyGone"]);
  });

  test("a change of only the first port keeps the last port, even while the old form is listed", async () => {
    await using vpc = await startVpc();
    await vpc.open([ranges(["0.0.0.0/0"], 6380, 7000)]);
    const [id] = await vpc.ids();
    const { results, outcomes } = await vpc.invoke(changeEvent(vpc.web, [[id, { FromPort: 6379 }]]));
    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([{ grant: { rule: { fromPort: 6379, toPort: 7000 } } }]);
  });

  test("a change to all protocols counts even while the old form is listed", async () => {
    await using vpc = await startVpc();
    await vpc.open([ranges(["0.0.0.0/0"], 443)]);
    const [id] = await vpc.ids();
    const { outcomes, error } = await vpc.invoke(changeEvent(vpc.web, [[id, { IpProtocol: "-1", CidrIpv4: "0.0.0.0/0" }]]));
    expect({ outcomes, error }).toMatchObject({ outcomes: [{ result: "revoked", grant: { rule: { protocol: "-1" } } }], error: undefined });
  });

  test("a change to a prefix list counts even while the old form is listed", async () => {
    const { vpc, ids } = await compliant();
    await using _ = vpc;
    const PrefixListId = await prefixList(vpc, ["0.0.0.0/0"]);
    const { outcomes, error } = await vpc.invoke(changeEvent(vpc.web, [[ids[0], { PrefixListId }]]));
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { prefixList: PrefixListId, entries: ["0.0.0.0/0"] } } }]);
    expect(error).toBeUndefined();
  });

  test("a source group that is not listed yet does not prevent the revoke of another rule", async () => {
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
    expect(error?.message).toContain("security group whose owner EC2 does not list");
  });

  test("a listed source group without an owner has an unknown owner, and does not fail the event", async () => {
    await using vpc = await startVpc({ permit: [{ name: "own", owners: ["self"] }] });
    const app = await vpc.group("app");
    await vpc.open([tcp({ UserIdGroupPairs: [{ GroupId: app }] }, 6379, 7000)]);
    const [id] = await vpc.ids();
    const rewrite = (response: string) => response.replaceAll(app, "sg-0123456789abcdef0").replaceAll(/<userId>.*?<\/userId>/g, "");
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: 1, answer: "rewritten", rewrite });
    const event = changeEvent(vpc.web, [[id, { IpProtocol: "tcp", FromPort: 6379, ToPort: 7000 }]]);
    const { outcomes, error } = await vpc.invoke(event);
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { owner: "unknown" } } }]);
    expect(error).toBeUndefined();
  });
});
