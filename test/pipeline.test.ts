import { expect, test } from "vitest";
import { contextOf } from "./support/context.ts";
import { withDetail } from "./support/events.ts";
import { noRules } from "./support/faults.ts";
import { ranges, startVpc, type Vpc } from "./support/vpc.ts";

/** The event of a call that made so many rules, each a violation; the emulator has none of them but the first. */
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
  "five hundred violations and a silent %s: it ends by itself, with every one accounted for and the event kept",
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

test("more violations than there is time for: it takes back what it can, and the event is kept for the rest", async () => {
  await using vpc = await startVpc();
  const event = await manyRules(vpc, 500);
  vpc.emulator.fail({ action: "RevokeSecurityGroupIngress", times: Number.POSITIVE_INFINITY, answer: "late", ms: 50 });
  const context = contextOf({ remaining: 3_000 });

  const { results, error } = await vpc.invoke(event, context);

  expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
  expect(results[0]).toBe("revoked");
  expect(results).toContain("failed");
  expect(error?.name).toBe("InvocationError");
});

test("pauses for reads that lag behind end with the time: what AWS cannot show by then is no answer", async () => {
  await using vpc = await startVpc();
  const event = withDetail(await vpc.open([ranges(["0.0.0.0/0"])]), { responseElements: { _return: true } });
  vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: Number.POSITIVE_INFINITY, answer: "rewritten", rewrite: noRules });
  const context = contextOf({ remaining: 2_000 });

  const { error } = await vpc.invoke(event, context);

  expect(context.getRemainingTimeInMillis()).toBeGreaterThan(1_000);
  expect(error?.message).toContain("EC2 does not list all the rules of the event yet");
});
