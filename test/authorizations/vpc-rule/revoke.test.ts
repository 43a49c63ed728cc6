import { describe, expect, test } from "vitest";
import type { Misbehaviour } from "#emulator/index.ts";
import { contextOf } from "../../support/context.ts";
import { always, error, garbled, noRules, shortPauses } from "../../support/faults.ts";
import { writes } from "../../support/scene.ts";
import { ranges, startVpc, type Vpc } from "../../support/vpc.ts";

const everyone = [ranges(["0.0.0.0/0"])];
const action = "RevokeSecurityGroupIngress";

shortPauses();

/** The next lists of rules, or all of them, repeat the first of them. */
function holdList({ emulator }: Vpc, times: number = always): void {
  let first: string | undefined;
  const rewrite = (response: string) => {
    first ??= response;
    return first;
  };
  emulator.fail({ action: "DescribeSecurityGroupRules", times, answer: "rewritten", rewrite });
}

/** Responses of success for a rule that was not revoked, as EC2 sends them for a default VPC. */
const unrevoked: readonly (readonly [string, (response: string) => string])[] = [
  [
    "names the rule as unknown",
    (response) => response.replace(/<revokedSecurityGroupRuleSet>.*Set>/s, "<unknownIpPermissionSet><item/></unknownIpPermissionSet>"),
  ],
  ["names no revoked rule", (response) => response.replace(/<revokedSecurityGroupRuleSet>.*Set>/s, "<revokedSecurityGroupRuleSet/>")],
  ["names another revoked rule", (response) => response.replaceAll(/sgr-\w+/g, "sgr-0123456789abcdef0")],
  ["returns false", (response) => response.replace("<return>true", "<return>false")],
];

describe.concurrent("a response to a revoke", () => {
  describe.each(unrevoked)("that %s", (_how, rewrite) => {
    test("is alreadyGone if the rule is not listed", async () => {
      await using vpc = await startVpc();
      const event = await vpc.open(everyone);
      vpc.emulator.fail({ action, answer: "rewritten", rewrite });
      expect((await vpc.invoke(event)).results).toEqual(["alreadyGone"]);
    });

    test("is a failure while the rule is listed", async () => {
      await using vpc = await startVpc();
      const event = await vpc.open(everyone);
      holdList(vpc);
      vpc.emulator.fail({ action, answer: "rewritten", rewrite });
      const { outcomes } = await vpc.invoke(event, contextOf({ remaining: 6_000 }));
      expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized", retryable: true } }]);
    });
  });

  test("without a list of rules, like older responses, is a success if the rule is not listed", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(everyone);
    const rewrite = (response: string) => response.replace(/<revokedSecurityGroupRuleSet>.*Set>/s, "");
    vpc.emulator.fail({ action, answer: "rewritten", rewrite });
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("of success is a failure if the rule stays listed", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(everyone);
    holdList(vpc);
    const { outcomes } = await vpc.invoke(event);
    expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized" } }]);
    expect(writes(vpc.requests())).toMatchObject([{ action }]);
  });

  test("of success is a success if the rule is listed for only a moment", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(everyone);
    holdList(vpc, 2);
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("of success is a failure if the rule is listed in another form, because the id counts", async () => {
    await using vpc = await startVpc({ permit: [{ name: "office", ranges: ["203.0.113.0/24"] }] });
    await vpc.open([ranges(["203.0.113.0/24"])]);
    const [id] = await vpc.ids();
    holdList(vpc);
    const event = await vpc.change([[id, { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, CidrIpv4: "0.0.0.0/0" }]]);
    expect((await vpc.invoke(event)).outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized" } }]);
  });
});

test.concurrent.each(["InvalidPermission.NotFound", "InvalidSecurityGroupRuleId.NotFound", "InvalidGroup.NotFound"])(
  "%s is alreadyGone if the rule is not listed",
  async (code) => {
    await using vpc = await startVpc();
    const event = await vpc.open(everyone);
    await vpc.drop((await vpc.ids())[0]);
    vpc.emulator.fail({ action, times: always, ...error(code) });
    const { results } = await vpc.invoke(event);
    expect(results).toEqual(["alreadyGone"]);
    expect(vpc.requests().at(-1)?.action).toBe("DescribeSecurityGroupRules");
  },
);

test.concurrent("a not-found error is not alreadyGone while the rule is listed", async () => {
  await using vpc = await startVpc();
  const event = await vpc.open(everyone);
  vpc.emulator.fail({ action, times: 2, ...error("InvalidPermission.NotFound") });
  expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  const again = await vpc.open(everyone);
  vpc.emulator.fail({ action, times: always, ...error("InvalidPermission.NotFound") });
  const { outcomes } = await vpc.invoke(again, contextOf({ remaining: 6_000 }));
  expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StillAuthorized" } }]);
});

test.concurrent("a rule that EC2 neither finds nor lists yet is listed again before it counts as removed", async () => {
  await using vpc = await startVpc();
  const event = await vpc.open(everyone);
  vpc.emulator.fail({ action, ...error("InvalidSecurityGroupRuleId.NotFound") });
  vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: 2, answer: "rewritten", rewrite: noRules });
  expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
});

test("a listed rule is revoked before the removal of other rules is verified", async () => {
  await using vpc = await startVpc();
  const many = Array.from({ length: 20 }, (_, n) => `10.0.0.${n}/32`);
  const event = await vpc.open([ranges([...many, "203.0.113.0/24"])]);
  for (const id of (await vpc.ids()).slice(0, 20)) await vpc.drop(id);
  const before = Date.now();
  const { results } = await vpc.invoke(event, contextOf({ remaining: 8_000 }));
  expect(results).toEqual(["revoked", ...many.map(() => "alreadyGone")]);
  expect(Date.now() - before).toBeLessThan(8_000);
});

const passing: readonly (readonly [string, Misbehaviour])[] = [
  ["RequestLimitExceeded", error("RequestLimitExceeded", 503)],
  ["Throttling", error("Throttling", 400)],
  ["InternalError", error("InternalError", 500)],
  ["a web page", garbled("html", 503)],
  ["an empty response", garbled("empty", 200)],
  ["half of the XML", garbled("truncated", 200)],
  ["a reset", { answer: "reset" }],
];

const calls = [
  "DescribeSecurityGroupRules",
  "DescribeCacheClusters",
  "DescribeServerlessCaches",
  "DescribeClusters",
  "ListWorkgroups",
  "DescribeNetworkInterfaces",
  action,
];

describe.concurrent.each(calls)("%s", (call) => {
  test.each(passing)("is retried after %s", async (_what, misbehaviour) => {
    await using vpc = await startVpc();
    const event = await vpc.open(everyone);
    vpc.emulator.fail({ action: call, ...misbehaviour });
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
    expect(vpc.requests().filter((request) => request.action === call).length).toBeGreaterThan(1);
  });

  test("fails the event if it is denied, and prevents only the revokes that need it", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(everyone);
    vpc.emulator.fail({ action: call, times: always, ...error("AccessDenied", 403) });
    const { results, error: thrown } = await vpc.invoke(event);
    expect(thrown?.message).toContain("AccessDenied");
    vpc.emulator.heal();
    // The rule reaches the cache, so its decision does not need the other stores.
    const isCertain = ["DescribeServerlessCaches", "DescribeClusters", "ListWorkgroups"].includes(call);
    expect(results.filter((result) => result !== "failed")).toEqual(isCertain ? ["revoked"] : []);
    expect(await vpc.rules()).toEqual(isCertain ? [] : ["0.0.0.0/0 tcp 6379-6379"]);
  });

  test("that never gets through ends in time", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(everyone);
    vpc.emulator.fail({ action: call, times: always, answer: "never" });
    const before = Date.now();
    const { error: thrown } = await vpc.invoke(event, contextOf({ remaining: 1_600 }));
    expect(thrown).toBeDefined();
    expect(Date.now() - before).toBeLessThan(1_600);
  });
});

test.concurrent.each(passing)("a completed revoke whose response is %s is alreadyGone", async (_what, misbehaviour) => {
  await using vpc = await startVpc();
  const event = await vpc.open(everyone);
  vpc.emulator.fail({ action, ...misbehaviour, applied: true } as Misbehaviour & { action: string });
  expect((await vpc.invoke(event)).results).toEqual(["alreadyGone"]);
  expect(await vpc.rules()).toEqual([]);
});

test.concurrent("a rule that cannot be revoked does not stop the others", async () => {
  await using vpc = await startVpc();
  const event = await vpc.open([ranges(["0.0.0.0/0", "198.51.100.0/24", "::/0"])]);
  // The call for all rules, and then the one for the first.
  vpc.emulator.fail({ action, times: 2, ...error("UnauthorizedOperation", 403) });
  const { results, error: thrown } = await vpc.invoke(event);
  expect(results).toEqual(["failed", "revoked", "revoked"]);
  expect(thrown?.message).toContain("UnauthorizedOperation");
});
