import {
  AuthorizeSecurityGroupIngressCommand,
  type AuthorizeSecurityGroupIngressCommandInput,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { authorization } from "#authorizations/vpc-rule/authorization.ts";
import { readRecord } from "#cloudtrail/record.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { caseOf } from "../../support/authorizations.ts";
import { withDetail } from "../../support/events.ts";
import { prefixList, startVpc, stranger, strangersGroup, tcp, type Vpc } from "../../support/vpc.ts";
import { withoutRules } from "../../support/vpc-events.ts";

const Description = "DATA-1422: o'ffice (a, b) #1; $HOME";
const tags = [
  { key: "team", value: "data & platform" },
  { key: "empty", value: "" },
  { key: "aws:cloudformation:stack-name", value: "net" },
];
const own = [
  { Key: "team", Value: "data & platform" },
  { Key: "empty", Value: "" },
];

/** Tags in EC2's XML, which shows them on a rule. */
const tagSet = `<tagSet>${tags
  .map(({ key, value }) => `<item><key>${key}</key><value>${value.replace("&", "&amp;")}</value></item>`)
  .join("")}</tagSet>`;

/** Makes every list of rules show these tags on each ingress rule. */
function tagRules({ emulator }: Vpc): void {
  const rewrite = (xml: string) =>
    xml.replaceAll(/<tagSet\/>|<tagSet>.*?<\/tagSet>/g, "").replaceAll("<isEgress>false", `${tagSet}<isEgress>false`);
  emulator.fail({ action: "DescribeSecurityGroupRules", times: Number.POSITIVE_INFINITY, answer: "rewritten", rewrite });
}

function undoOf(outcome: Outcome | undefined) {
  if (outcome?.result !== "revoked") throw new Error("It was not revoked");
  return { command: outcome.undo, input: authorization.undo(outcome.grant).input as unknown as AuthorizeSecurityGroupIngressCommandInput };
}

/** A described permission for each kind of source. */
const kinds: readonly (readonly [string, (vpc: Vpc) => Promise<IpPermission>])[] = [
  ["an IPv4 range", async () => tcp({ IpRanges: [{ CidrIp: "198.51.100.0/24", Description }] })],
  ["an IPv6 range", async () => tcp({ Ipv6Ranges: [{ CidrIpv6: "2001:db8::/32", Description }] })],
  ["a prefix list", async (vpc) => tcp({ PrefixListIds: [{ PrefixListId: await prefixList(vpc, ["198.51.100.0/24"]), Description }] })],
  ["a group", async (vpc) => tcp({ UserIdGroupPairs: [{ GroupId: await strangersGroup(vpc), UserId: stranger, Description }] })],
];

describe("the undo of a rule gives back its description and tags:", () => {
  test.each(kinds)("%s", async (_kind, permissionFor) => {
    await using vpc = await startVpc();
    const permission = await permissionFor(vpc);
    const event = await vpc.open([permission]);
    tagRules(vpc);

    const { outcomes } = await vpc.invoke(event);

    expect(outcomes).toMatchObject([{ grant: { rule: { description: Description, tags } } }]);
    const { command, input } = undoOf(outcomes[0]);
    const TagSpecifications = [{ ResourceType: "security-group-rule", Tags: own }];
    expect(input).toEqual({ GroupId: vpc.web, IpPermissions: [permission], TagSpecifications });
    expect(command).toContain(` --tag-specifications '${JSON.stringify(TagSpecifications)}' --region `);
    await vpc.ec2.send(new AuthorizeSecurityGroupIngressCommand(input));
    const again = await vpc.invoke(withoutRules(event));
    expect(again.outcomes).toMatchObject([{ result: "revoked", grant: { rule: { description: Description } } }]);
  });

  test("only tags of AWS: the undo sets no tag", async () => {
    const { input } = authorization.undo({
      ...(await grantOf({})),
      rule: { protocol: "tcp", tags: [{ key: "AWS:team", value: "x" }] },
    });
    expect(input).not.toHaveProperty("TagSpecifications");
  });

  test("a description that ModifySecurityGroupRules changes, even before EC2 lists it", async () => {
    await using vpc = await startVpc();
    await vpc.open([tcp({ IpRanges: [{ CidrIp: "198.51.100.0/24", Description: "before" }] })]);
    const form = { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, CidrIpv4: "203.0.113.0/24", Description: "after" };
    const event = await vpc.change([[(await vpc.ids())[0], form]]);
    const rewrite = (xml: string) => xml.replace("203.0.113.0/24", "198.51.100.0/24").replace("after", "before");
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: 4, answer: "rewritten", rewrite });
    const { outcomes } = await vpc.invoke(event);
    expect(undoOf(outcomes[0]).input.IpPermissions?.[0]?.IpRanges).toEqual([{ CidrIp: "203.0.113.0/24", Description: "after" }]);
  });

  /** The grant that a record of a tagged rule claims; `more` overrides the rule in its response. */
  async function grantOf(more: object) {
    await using vpc = await startVpc();
    const event = await vpc.open([tcp({ IpRanges: [{ CidrIp: "198.51.100.0/24" }] })]);
    const [rule] = (event.detail.responseElements as { securityGroupRuleSet: { items: object[] } }).securityGroupRuleSet.items;
    const shown = withDetail(event, { responseElements: { securityGroupRuleSet: { items: [{ ...rule, ...more }] } } });
    const [claim] = caseOf("AuthorizeSecurityGroupIngress").event.claims(readRecord(shown));
    if (claim?.kind !== "granted") throw new Error("The record claims no grant");
    return claim.grant;
  }

  test.each([
    ["tagSet with items", { tagSet: { items: tags } }],
    ["tags as an array", { tags }],
  ])("as a record shows them, %s", async (_form, more) => {
    expect((await grantOf({ description: Description, ...more })).rule).toMatchObject({ description: Description, tags });
  });

  test.each([
    [{ description: "a\u202eb", tagSet: { items: [{ key: "a\nb", value: "x" }, { key: "c", value: "\u0000" }, "x", null] } }],
    [{ description: 5, tagSet: "x", tags: 7 }],
    [{ description: "x".repeat(256), tagSet: {} }],
  ])("text that EC2 accepts in neither is left out: %j", async (more) => {
    const { rule } = await grantOf(more);
    expect([rule?.description, rule?.tags]).toEqual([undefined, undefined]);
  });
});
