import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Outcome } from "#outcome/outcome.ts";
import { type Envelope, withDetail } from "../../support/events.ts";
import { changeEvent, itemsOf, later, vpcEvent } from "../../support/vpc-events.ts";
import { sharedProcess } from "../shared-process.ts";
import { outcomesIn, problemsIn } from "./results.ts";

const sample = (path: string) => JSON.parse(readFileSync(`events/${path}`, "utf8"));
const opening = sample("AuthorizeSecurityGroupIngress/violating-group-attached-later.json");
const attaching = sample("CreateCluster/violating-open-group.json");
const [rule] = opening.detail.responseElements.securityGroupRuleSet.items;
const group: string = rule.groupId;
const other = "sg-0fedcba9876543210";
const run = sharedProcess();

async function replayed(events: readonly object[], flags: readonly string[] = []) {
  const input = events.map((event) => JSON.stringify(event)).join("\n");
  const { stdout, stderr, code } = await run(["replay", "-", "--json", "--at", "2026-11-21", ...flags], { input });
  const all = outcomesIn(stdout);
  return { code, stderr, notes: problemsIn(stderr), all, ofLast: all.filter(({ file }) => file === `-:${events.length}`) };
}

/** The opening of the group with another rule. */
function openedWith(change: object): Envelope {
  return withDetail(opening, { responseElements: { securityGroupRuleSet: itemsOf([{ ...rule, ...change }]) } });
}

const sources = (outcomes: readonly Outcome[]) => outcomes.map(({ grant }) => ("range" in grant.source ? grant.source.range : ""));

test("a group is judged with the rules that earlier events show, in either mode, by the ids of its rules", async () => {
  for (const mode of ["enforce", "audit"]) {
    const { code, ofLast, notes } = await replayed([opening, attaching], ["--mode", mode]);

    expect(ofLast).toMatchObject([
      {
        result: mode === "enforce" ? "revoked" : "reported",
        grant: { rule: { id: rule.securityGroupRuleId }, stores: [{ service: "redshift", resource: "analytics" }] },
        event: { name: "CreateCluster" },
      },
    ]);
    expect([code, notes]).toEqual([
      mode === "enforce" ? 0 : 3,
      expect.stringContaining(`rules: those of ${group} that earlier events show\n`),
    ]);
  }
});

test("a permitted rule stays permitted when its group is attached", async () => {
  const { ofLast } = await replayed([
    openedWith({ cidrIpv4: "203.0.113.0/24", ipProtocol: "tcp", fromPort: 5439, toPort: 5439 }),
    attaching,
  ]);

  expect(ofLast).toMatchObject([{ result: "permitted" }]);
});

test.each([
  ["no event shows a rule", []],
  ["only later events show rules", [attaching, opening]],
  ["only another group has rules", [withDetail(openedWith({ groupId: other }), { requestParameters: { groupId: other } })]],
  ["the call that opened it failed", [withDetail(opening, { errorCode: "Client.UnauthorizedOperation" })]],
  ["it was opened in another Region", [withDetail(opening, { awsRegion: "us-east-1" })]],
])("a group of which %s is not judged, and the exit code is 1", async (_name, before) => {
  const events = before.includes(attaching) ? before : [...before, attaching];
  const { code, stderr, all } = await replayed(events);

  expect(all.filter(({ event }) => event?.name === "CreateCluster")).toEqual([]);
  expect(stderr).toContain(
    `cannot be staged here: the rules of ${group} are not known; replay the events that added them before this one\n`,
  );
  expect([code, stderr.trim().split("\n").at(-1)]).toEqual([1, expect.stringContaining("1 cannot be staged")]);
});

test("the known rules of some groups are judged, and the record counts once as not staged", async () => {
  const both = withDetail(attaching, { requestParameters: { ...attaching.detail.requestParameters, vpcSecurityGroupIds: [group, other] } });
  const { code, stderr, ofLast } = await replayed([opening, both]);

  expect(ofLast).toMatchObject([{ result: "reported" }]);
  expect(stderr).toContain(`the rules of ${other} are not known`);
  expect([code, stderr.trim().split("\n").at(-1)]).toEqual([1, "2 reported, 1 cannot be staged"]);
});

test("a changed rule counts in its new form, and one that was added again counts once", async () => {
  const narrow = { CidrIpv4: "198.18.0.0/16", IpProtocol: "tcp", FromPort: 5439, ToPort: 5439 };
  const changed = later(changeEvent(group, [[rule.securityGroupRuleId, narrow]]));
  const again = openedWith({ securityGroupRuleId: "sgr-00000000000abc0ff" });

  expect(sources((await replayed([opening, changed, attaching])).ofLast)).toEqual(["198.18.0.0/16"]);
  expect((await replayed([opening, again, attaching])).ofLast).toMatchObject([{ grant: { rule: { id: "sgr-00000000000abc0ff" } } }]);
});

test("the port of the store is that of the record", async () => {
  const on5439 = openedWith({ ipProtocol: "tcp", fromPort: 5439, toPort: 5439 });
  const at = (requestParameters: object, responseElements: unknown = null) =>
    withDetail(attaching, { requestParameters, responseElements });
  const request = { clusterIdentifier: "analytics", vpcSecurityGroupIds: [group] };
  const results = async (event: object) => (await replayed([on5439, event])).ofLast.map(({ result }) => result);

  expect(await results(at({ ...request, port: 5455 }))).toEqual(["outOfScope"]);
  expect(await results(at(request, { endpoint: { address: "x", port: 5455 } }))).toEqual(["outOfScope"]);
  expect(await results(at({ ...request, port: 5439 }))).toEqual(["reported"]);
});

test.each([
  [
    "CreateCacheCluster",
    "elasticache",
    { cacheClusterId: "orders", engine: "memcached" },
    { securityGroups: [{ securityGroupId: group }] },
  ],
  ["CreateCluster", "redshift", { clusterIdentifier: "orders" }, { vpcSecurityGroups: [{ vpcSecurityGroupId: group, status: "active" }] }],
  ["CreateWorkgroup", "redshift-serverless", { workgroupName: "orders" }, { workgroup: { securityGroupIds: [group] } }],
  ["CreateServerlessCache", "elasticache", { serverlessCacheName: "orders" }, { securityGroupIds: [group] }],
  ["ModifyEndpointAccess", "redshift", { endpointName: "r", vpcSecurityGroupIds: [group] }, { clusterIdentifier: "orders", port: 5440 }],
])("a group that only the answer of %s of %s shows counts", async (eventName, service, request, answer) => {
  const { ofLast } = await replayed([opening, later(vpcEvent(eventName, request, answer, service))]);

  expect(ofLast).toMatchObject([{ result: "reported", grant: { stores: [{ service, resource: "orders" }] } }]);
});

test("--store names what else stands behind an attached group, and the store of the event is made once", async () => {
  const { ofLast, notes } = await replayed([opening, attaching], ["--store", `${group}=redshift:analytics,redshift-serverless:reports`]);

  const stores = ofLast.map(({ grant }) => grant.stores?.map((each) => `${each.service} ${each.resource}`).sort());
  expect(stores).toEqual([["redshift analytics", "redshift-serverless reports"]]);
  expect(notes).not.toContain("assumed");
});

test.each([
  [
    "the cluster of an endpoint",
    5440,
    "redshift",
    "ModifyEndpointAccess",
    { endpointName: "r" },
    { clusterIdentifier: "orders", port: 5440 },
  ],
  ["a memcached cache", 11_211, "elasticache", "CreateCacheCluster", { cacheClusterId: "orders", engine: "memcached" }, null],
  [
    "a serverless memcached cache",
    11_211,
    "elasticache",
    "CreateServerlessCache",
    { serverlessCacheName: "orders", engine: "memcached" },
    null,
  ],
])("a rule for the port of %s, %i, reaches it", async (_name, port, service, eventName, request, answer) => {
  const rules = openedWith({ ipProtocol: "tcp", fromPort: port, toPort: port });
  const groups = { [service === "redshift" ? "vpcSecurityGroupIds" : "securityGroupIds"]: [group] };
  const { ofLast } = await replayed([rules, later(vpcEvent(eventName, { ...request, ...groups }, answer, service))]);

  expect(ofLast).toMatchObject([{ result: "reported", grant: { stores: [{ service, resource: "orders" }] } }]);
});

test("each of several attached groups reaches its own stores only", async () => {
  const openedOther = withDetail(openedWith({ groupId: other, securityGroupRuleId: "sgr-00000000000abc0ff" }), {
    requestParameters: { groupId: other },
  });
  const both = withDetail(attaching, { requestParameters: { ...attaching.detail.requestParameters, vpcSecurityGroupIds: [group, other] } });
  const flags = ["--store", `${group}=elasticache:one`, "--store", `${other}=elasticache:two`];
  const { ofLast } = await replayed([opening, openedOther, both], flags);

  expect(ofLast.map(({ grant }) => grant.stores?.map(({ resource }) => resource).sort())).toEqual([
    ["analytics", "one"],
    ["analytics", "two"],
  ]);
});
