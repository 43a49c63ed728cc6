import { ModifyCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { expect, test } from "vitest";
import { type Envelope, withDetail } from "../../support/events.ts";
import { always } from "../../support/faults.ts";
import { writes } from "../../support/scene.ts";
import { ranges, sessions, startVpc, stranger, strangersGroup, tcp, type Vpc } from "../../support/vpc.ts";
import { changeEvent, later, vpcEvent } from "../../support/vpc-events.ts";
import { form, office } from "./modified-rules.ts";

const stays = ["203.0.113.0/24 tcp 6379-6379"];

/** The event that attaches groups to the cache "sessions". */
const attached = (...securityGroupIds: readonly string[]) =>
  vpcEvent("ModifyCacheCluster", { cacheClusterId: sessions.CacheClusterId, securityGroupIds }, null, "elasticache");

test("a rule that has been changed back since is evaluated in its current form, once no list is out of date", async () => {
  await using vpc = await startVpc({ permit: [office] });
  await vpc.open([ranges(["203.0.113.0/24"])]);
  const [id] = await vpc.ids();
  const event = await vpc.change([[id, form("0.0.0.0/0")]]);
  await vpc.change([[id, form("203.0.113.0/24")]]);

  expect((await vpc.invoke(later(event))).results).toEqual(["permitted"]);

  expect(await vpc.rules()).toEqual(stays);
  expect(writes(vpc.requests())).toEqual([]);
});

test("an old event has no outcome for a store that has other groups by now, or is deleted", async () => {
  await using vpc = await startVpc({ permit: [office] });
  await vpc.open([ranges(["0.0.0.0/0"])]);
  const event = attached(vpc.web);
  await vpc.elasticache.send(new ModifyCacheClusterCommand({ CacheClusterId: "sessions", SecurityGroupIds: [await vpc.group("closed")] }));
  expect(await vpc.invoke(later(event))).toEqual({ outcomes: [], results: [] });

  const gone = withDetail(event, { requestParameters: { cacheClusterId: "gone", securityGroupIds: [vpc.web] } });
  expect(await vpc.invoke(later(gone))).toEqual({ outcomes: [], results: [] });

  expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 6379-6379"]);
});

test("for an old event, the violations in the groups of its store are still revoked", async () => {
  await using vpc = await startVpc();
  await vpc.open([ranges(["0.0.0.0/0"])]);
  expect((await vpc.invoke(later(attached(vpc.web)))).results).toEqual(["revoked"]);
});

test("a new store that is not listed and whose groups are unknown fails a recent event, and has no outcome in an old one", async () => {
  await using vpc = await startVpc({ store: false });
  const event = vpcEvent("CreateCacheCluster", { cacheClusterId: "orders", securityGroupIds: { omitted: true } }, null, "elasticache");
  expect((await vpc.invoke(event)).error?.message).toContain("AWS does not list any security group of orders yet");
  expect(await vpc.invoke(later(event))).toEqual({ outcomes: [], results: [] });
});

test("a partner's group that is not listed yet is not revoked: the event fails, and a retry permits it", async () => {
  await using vpc = await startVpc({ permit: [{ name: "partner", owners: ["self", stranger] }] });
  await vpc.open([tcp({ UserIdGroupPairs: [{ GroupId: await vpc.group("app") }] })]);
  const [id] = await vpc.ids();
  const change = [id, { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, ReferencedGroupId: await strangersGroup(vpc) }] as const;

  const early = await vpc.invoke(changeEvent(vpc.web, [change]));
  expect(early.results).not.toContain("revoked");
  expect(early.error?.message).toContain("security group whose owner EC2 does not list");

  expect((await vpc.invoke(await vpc.change([change]))).results).toEqual(["permitted"]);
});

test("a rule that reaches no listed store stays for the next attempt if some stores cannot be listed", async () => {
  await using vpc = await startVpc();
  const event = await vpc.open([ranges(["0.0.0.0/0"], 5439), ranges(["0.0.0.0/0"])]);
  vpc.emulator.fail({ action: "ListWorkgroups", times: always, answer: "error", code: "AccessDenied", status: 403 });

  const { results, error } = await vpc.invoke(event);

  expect(results).toEqual(["revoked"]);
  expect(error?.message).toMatch(/cannot be listed: workgroups \(AccessDenied/);
  expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 5439-5439"]);
});

test("an outcome that is out of scope has the mode of the policy", async () => {
  await using vpc = await startVpc({ more: { mode: "audit" } });
  expect((await vpc.invoke(await vpc.open([ranges(["0.0.0.0/0"], 22)]))).outcomes).toMatchObject([
    { result: "outOfScope", policy: { mode: "audit" } },
  ]);
});

test("every listed rule is revoked although most rules are gone, and network interfaces are listed once", async () => {
  await using vpc = await startVpc();
  const event = await manyGone(vpc, 40);
  vpc.requests();

  const { results } = await vpc.invoke(event);

  expect(results).toEqual(["revoked", "revoked", ...Array.from({ length: 38 }, () => "alreadyGone")]);
  expect(vpc.requests().filter(({ action }) => action === "DescribeNetworkInterfaces")).toHaveLength(1);
});

/** The event of so many rules, of which all but two have been removed since. */
async function manyGone(vpc: Vpc, count: number): Promise<Envelope> {
  const event = await vpc.open([ranges(Array.from({ length: count }, (_, n) => `198.51.100.${n}/32`))]);
  for (const id of (await vpc.ids()).slice(0, count - 2)) await vpc.drop(id);
  return event;
}
