import { Logger } from "@aws-lambda-powertools/logger";
import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { logEach } from "#lambda/log.ts";
import { contextOf } from "./support/context.ts";
import { withDetail } from "./support/events.ts";
import { always, error } from "./support/faults.ts";
import { long } from "./support/long.ts";
import { captureOutput } from "./support/output.ts";
import { startScene, writes } from "./support/scene.ts";
import { ranges, sessions, startVpc, type Vpc } from "./support/vpc.ts";
import { later, unrelated, vpcEvent } from "./support/vpc-events.ts";

const everyone = ["0.0.0.0/0"];

function count(requests: readonly { readonly action: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { action } of requests) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

describe("an SQS batch", () => {
  test("returns the messages that failed, and only those, in their order", async () => {
    await using vpc = await startVpc();
    const denied = await vpc.open([ranges(["198.51.100.0/24"])], await vpc.group("other"));
    const violating = await vpc.open([ranges(everyone)]);
    const unwatched = withDetail(violating, { eventName: "RunInstances" });
    const cut = withDetail(violating, { requestParameters: { omitted: true }, responseElements: null });

    const response = await vpc.batch(["no JSON", violating, unwatched, denied, "[1]", cut, "null", unrelated(1)]);

    expect(response).toEqual({ batchItemFailures: ["m0", "m2", "m4", "m5", "m6"].map((itemIdentifier) => ({ itemIdentifier })) });
    expect(await vpc.rules()).toEqual([]);
  });

  test("of events that all succeed returns no failures", async () => {
    await using vpc = await startVpc();
    expect(await vpc.batch([await vpc.open([ranges(everyone)])])).toEqual({ batchItemFailures: [] });
  });

  test("has a line for each outcome, with the event's own correlation id", async () => {
    await using vpc = await startVpc({ logFor: logEach(new Logger({ serviceName: "ingress-warden" })) });
    const events = await Promise.all(
      [1, 2, 3].map(async (n) => withDetail(await vpc.open([ranges([`198.51.100.${n}/32`])]), { eventID: `event-${n}` })),
    );
    const printed = captureOutput();

    await vpc.batch([...events, { detail: { eventID: "broken" } }]);

    const lines = printed().map((line) => JSON.parse(line));
    const ranged = lines
      .filter(({ outcome }) => outcome)
      .map(({ correlation_id, outcome }) => [correlation_id, outcome.grant.source.range]);
    expect(ranged.toSorted()).toEqual([1, 2, 3].map((n) => [`event-${n}`, `198.51.100.${n}/32`]));
    expect(lines.filter(({ level }) => level === "ERROR")).toMatchObject([{ correlation_id: "broken", error: { name: "EventError" } }]);
  });

  test("returns messages that there is no time to begin, without a call", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([ranges(everyone)]);
    const { batchItemFailures } = await vpc.batch([event, event], contextOf({ remaining: 2_500 }));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(["m0", "m1"]);
    expect(vpc.requests()).toEqual([]);
  });

  test("in which AWS does not answer for some events still has the others handled, and ends in time", async () => {
    await using vpc = await startVpc();
    const events = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => later(await vpc.open([ranges([`198.51.100.${n}/32`])]), 10_000)),
    );
    vpc.emulator.fail({ action: "RevokeSecurityGroupIngress", times: 5, answer: "never" });
    const context = contextOf({ remaining: 20_000 });

    const { batchItemFailures } = await vpc.batch(events, context);

    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(batchItemFailures.length).toBeLessThanOrEqual(5);
    expect(await vpc.rules()).toHaveLength(batchItemFailures.length);
  });

  test("of 10,000 messages of hostile text returns them all", async () => {
    await using scene = await startScene();
    const texts = [
      "",
      "{",
      "\u0000\u001b[31m",
      '{"detail":{"eventID":"\u2028"}}',
      '{"detail":[]}',
      "[".repeat(5_000),
      '{"__proto__":1}',
      '"x"',
    ];
    const bodies = Array.from({ length: 10_000 }, (_, n) => texts[n % texts.length]);
    const { batchItemFailures } = await scene.batch(bodies, contextOf({ remaining: 60_000 }));
    expect(batchItemFailures).toHaveLength(10_000);
  });

  test.each([
    { Records: [] },
    { Records: [{ eventSource: "aws:s3", s3: {} }] },
    { Records: [{ eventSource: "aws:sqs", messageId: "m", body: 1 }] },
  ])("is not what %j is: that is an event that cannot be read", async (event) => {
    await using scene = await startScene();
    expect((await scene.invoke(event)).error?.name).toBe("InvocationError");
  });
});

describe("the time of a batch", () => {
  const many = (event: unknown) => [event, ...Array.from({ length: 99 }, (_, n) => later(unrelated(n), 10_000))];

  test("is shared when the lists are read, so a slow one leaves the others' time", async () => {
    await using vpc = await startVpc();
    const event = later(await vpc.open([ranges(everyone)]), 10_000);
    vpc.emulator.fail({ action: "DescribeCacheClusters", answer: "late", ms: 2_500 });
    expect((await vpc.batch(many(event), contextOf({ remaining: 11_000 }))).batchItemFailures).toEqual([]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("suffices for what can be judged although one list never answers", async () => {
    await using vpc = await startVpc();
    const event = later(await vpc.open([ranges(everyone)]), 10_000);
    vpc.emulator.fail({ action: "ListEndpointAccess", times: always, ...error("ThrottlingException") });
    const { batchItemFailures } = await vpc.batch(many(event), contextOf({ remaining: 8_000 }));
    expect(batchItemFailures).toHaveLength(100);
    expect(await vpc.rules()).toEqual([]);
  });

  test("that is over leaves a line that says how many messages were not begun", async () => {
    await using vpc = await startVpc();
    await vpc.batch([unrelated(1), unrelated(2)], contextOf({ remaining: 2_500 }));
    expect(vpc.lines).toMatchObject([{ level: "warn", text: "2 of 2 messages were not started: no time was left" }]);
  });
});

describe("the events of a batch share", () => {
  test("the lists of stores, and no rules are read of groups that guard no store", async () => {
    await using vpc = await startVpc();
    const events = Array.from({ length: 100 }, (_, n) => later(unrelated(n), 10_000));
    vpc.requests();

    expect((await vpc.batch(events)).batchItemFailures).toEqual([]);

    const counts = count(vpc.requests());
    expect(Object.values(counts).every((times) => times === 1)).toBe(true);
    expect(Object.keys(counts)).not.toContain("DescribeSecurityGroupRules");
  });

  test("the requests for rules of several groups", async () => {
    await using vpc = await startVpc({ permit: [{ name: "all", ranges: everyone, everyone: true }] });
    const events = [];
    for (let n = 0; n < 15; n++) {
      const group = await vpc.group(`g${n}`);
      await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, CacheClusterId: `c${n}`, SecurityGroupIds: [group] }));
      events.push(later(await vpc.open([ranges(everyone)], group), 10_000));
    }
    vpc.requests();

    expect((await vpc.batch(events)).batchItemFailures).toEqual([]);

    expect(count(vpc.requests())).toMatchObject({ DescribeSecurityGroupRules: 1, DescribeCacheClusters: 1 });
    expect(vpc.lines.filter(({ extra }) => (extra as { outcome?: { result?: string } })?.outcome?.result === "permitted")).toHaveLength(15);
  });

  test("nothing that was read before an event's call: a group that is attached in between is judged", async () => {
    await using vpc = await startVpc({ store: false });
    const first = later(unrelated(1), 10_000);
    const opened = await vpc.open([ranges(everyone)]);
    // The store appears after the first look has begun; the second event's call was made a moment ago.
    vpc.emulator.fail({ action: "DescribeCacheClusters", answer: "late", ms: 300 });
    const ended = vpc.batch([first, later(opened, 0)]);
    await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [vpc.web] }));

    expect((await ended).batchItemFailures).toEqual([]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("a failed list, and fail only where it could matter", async () => {
    await using vpc = await startVpc();
    vpc.emulator.fail({ action: "ListWorkgroups", times: always, answer: "error", code: "AccessDeniedException", status: 403 });
    const { batchItemFailures } = await vpc.batch([later(unrelated(1), 10_000), later(unrelated(2), 10_000)]);
    expect(batchItemFailures).toHaveLength(2);
    expect(count(vpc.requests())).toMatchObject({ ListWorkgroups: 1 });
  });
});

describe("the rules of one group", () => {
  const many = (length: number) => [ranges(Array.from({ length }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`))];
  const revokes = (vpc: Vpc) =>
    writes(vpc.requests()).map(({ parameters }) => [...parameters.keys()].filter((key) => key.startsWith("SecurityGroupRuleId")).length);

  test("are revoked in one call: 60 within 3 s at 200 ms a call, each with its outcome and its undo", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(many(60));
    vpc.emulator.fail({ times: always, answer: "late", ms: 200 });
    const before = Date.now();

    const { outcomes } = await vpc.invoke(event);

    expect(Date.now() - before).toBeLessThan(3_000);
    expect(outcomes.map(({ result }) => result)).toEqual(Array.from({ length: 60 }, () => "revoked"));
    expect(new Set(outcomes.map((outcome) => "undo" in outcome && outcome.undo)).size).toBe(60);
    vpc.emulator.heal();
    expect(revokes(vpc)).toEqual([60]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("are revoked one by one only as far as AWS does not list them", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(many(20));
    const [gone] = await vpc.ids();
    await vpc.drop(gone);

    const { results } = await vpc.invoke(later(event));

    expect(results).toEqual([...Array.from({ length: 19 }, () => "revoked"), "alreadyGone"]);
    expect(revokes(vpc)).toEqual([20, 19, 1]);
  });

  test("are revoked although the event names a rule by an id that EC2 refuses", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(many(3));
    const { securityGroupRuleSet, ...answer } = event.detail.responseElements as { securityGroupRuleSet: { items: [object] } };
    const [first] = securityGroupRuleSet.items;
    const items = [...securityGroupRuleSet.items, { ...first, securityGroupRuleId: "sgr-malformed" }];
    const forged = withDetail(event, { responseElements: { ...answer, securityGroupRuleSet: { items } } });
    vpc.emulator.fail({ action: "RevokeSecurityGroupIngress", ...error("InvalidSecurityGroupRuleId.Malformed") });

    const { results } = await vpc.invoke(forged);

    expect(results).toEqual(["revoked", "revoked", "revoked", "alreadyGone"]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("that are gone, as in a duplicate event, are found gone with few requests", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(many(60));
    await vpc.invoke(event);
    vpc.requests();
    vpc.emulator.fail({ times: always, answer: "late", ms: 100 });
    const { results } = await vpc.invoke(later(event, 360_000), contextOf({ remaining: 6_000 }));
    expect(new Set(results)).toEqual(new Set(["alreadyGone"]));
    expect(revokes(vpc)).toEqual([60]);
  });

  test("whose revoke has no answer are found gone with few requests", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(many(60));
    vpc.emulator.fail({ action: "RevokeSecurityGroupIngress", answer: "reset", applied: true });
    const { results } = await vpc.invoke(event);
    expect(new Set(results)).toEqual(new Set(["alreadyGone"]));
    expect(revokes(vpc).length).toBeLessThan(10);
  });

  test("have their undo although the list after the revoke fails", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(many(2));
    vpc.emulator.fail({ action: "DescribeSecurityGroupRules", after: 1, times: always, ...error("RequestLimitExceeded", 503) });
    const { outcomes } = await vpc.invoke(event, contextOf({ remaining: 4_000 }));
    expect(outcomes).toMatchObject(
      [1, 2].map(() => ({ result: "failed", undo: expect.stringContaining("authorize-security-group-ingress") })),
    );
  });

  test("are revoked although the answer also names an unknown permission", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open(many(5));
    const rewrite = (response: string) =>
      response.replace("</return>", "</return><unknownIpPermissionSet><item/></unknownIpPermissionSet>");
    vpc.emulator.fail({ action: "RevokeSecurityGroupIngress", answer: "rewritten", rewrite });
    expect((await vpc.invoke(event)).results).toEqual(Array.from({ length: 5 }, () => "revoked"));
  });

  test("that are permitted are never in the call", async () => {
    await using vpc = await startVpc({ permit: [{ name: "even", ranges: ["10.0.0.0/24", "10.0.2.0/24"] }] });
    expect((await vpc.invoke(await vpc.open(many(4)))).results).toEqual(["permitted", "revoked", "permitted", "revoked"]);
    expect(await vpc.rules()).toEqual(["10.0.0.0/24 tcp 6379-6379", "10.0.2.0/24 tcp 6379-6379"]);
  });

  const delay = long ? 200 : 20;
  test(`of 20 groups with 50 rules each are revoked within the function's time at ${delay} ms a call`, async () => {
    await using vpc = await startVpc({ store: false });
    const groups = await Promise.all(Array.from({ length: 20 }, (_, n) => vpc.group(`g${n}`)));
    for (const group of groups) await vpc.open(many(50), group);
    await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: groups }));
    const event = vpcEvent("CreateCacheCluster", { cacheClusterId: "sessions", securityGroupIds: groups }, null, "elasticache");
    vpc.emulator.fail({ times: always, answer: "late", ms: delay });

    const { results, error } = await vpc.invoke(event, contextOf({ remaining: 60_000 }));

    expect(error).toBeUndefined();
    expect(results).toEqual(Array.from({ length: 1_000 }, () => "revoked"));
  }, 70_000);
});
