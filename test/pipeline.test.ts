import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { expect, test } from "vitest";
import { contextOf } from "./support/context.ts";
import { withDetail } from "./support/events.ts";
import { noRules } from "./support/faults.ts";
import { ranges, sessions, startVpc, type Vpc } from "./support/vpc.ts";
import { vpcEvent } from "./support/vpc-events.ts";

/** The event of a call that made a number of rules, each a violation; the emulator has only the first. */
async function manyRules(vpc: Vpc, count: number): Promise<ReturnType<typeof withDetail>> {
  const event = await vpc.open([ranges(["0.0.0.0/0"])]);
  const { securityGroupRuleSet, ...answer } = event.detail.responseElements as { securityGroupRuleSet: { items: [object] } };
  const [first] = securityGroupRuleSet.items;
  const others = Array.from({ length: count - 1 }, (_, i) => ({
    ...first,
    securityGroupRuleId: `sgr-f${i.toString(16).padStart(16, "0")}`,
    cidrIpv4: `10.${i >> 8}.${i & 255}.0/24`,
  }));
  return withDetail(event, { responseElements: { ...answer, securityGroupRuleSet: { items: [first, ...others] } } });
}

test.each(["DescribeNetworkInterfaces", "RevokeSecurityGroupIngress"])(
  "with five hundred violations and a silent %s it ends by itself: every violation has an outcome, and the invocation fails",
  async (action) => {
    await using vpc = await startVpc();
    const event = await manyRules(vpc, 500);
    vpc.emulator.fail({ action, times: Number.POSITIVE_INFINITY, answer: "never" });
    const context = contextOf({ remaining: 3_000 });

    const { results, error } = await vpc.invoke(event, context);

    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(results).toEqual(Array.from({ length: 500 }, () => "failed"));
    expect(error?.name).toBe("InvocationError");
  },
);

test("with more violations than there is time for it revokes some of them, and the invocation fails", async () => {
  await using vpc = await startVpc({ store: false });
  const groups = await Promise.all(Array.from({ length: 40 }, (_, n) => vpc.group(`g${n}`)));
  for (const group of groups) await vpc.open([ranges(["0.0.0.0/0"])], group);
  await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: groups }));
  const event = vpcEvent("CreateCacheCluster", { cacheClusterId: "sessions", securityGroupIds: groups }, null, "elasticache");
  vpc.emulator.fail({ action: "RevokeSecurityGroupIngress", times: Number.POSITIVE_INFINITY, answer: "late", ms: 100 });
  const context = contextOf({ remaining: 4_000 });

  const { results, error } = await vpc.invoke(event, context);

  expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
  expect(results).toHaveLength(40);
  expect(results[0]).toBe("revoked");
  expect(results).toContain("failed");
  expect(error?.name).toBe("InvocationError");
});

test("reading a list again that is out of date ends in time, and the invocation fails", async () => {
  await using vpc = await startVpc();
  const event = withDetail(await vpc.open([ranges(["0.0.0.0/0"])]), { responseElements: { _return: true } });
  vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: Number.POSITIVE_INFINITY, answer: "rewritten", rewrite: noRules });
  const context = contextOf({ remaining: 2_000 });

  const { error } = await vpc.invoke(event, context);

  expect(context.getRemainingTimeInMillis()).toBeGreaterThan(1_000);
  expect(error?.message).toContain("EC2 does not list all rules of the event yet");
});
