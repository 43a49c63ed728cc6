import { expect, test } from "vitest";
import { vocabulary } from "#authorizations/index.ts";
import type { Grant } from "#domain/grant.ts";
import type { Source } from "#domain/source.ts";
import { type Learned, learn } from "#learn/learn.ts";
import type { Granter, Seen } from "#learn/pair.ts";
import { grantTo, home, id } from "../support/grants.ts";

const member = id("111122223333");
const foreign = id("999988887777");
const seenAt = (time: string, granter?: Granter) => ({ firstSeen: time, lastSeen: time, ...(granter && { granter }) });
const listed = seenAt("2026-11-20T10:00:00.000Z");

function learned(...seen: readonly Seen[]): Learned {
  return learn(seen, { own: new Set([member]), until: "2027-02-19", calls: vocabulary.calls });
}
const onStore = (source: Source, resource = "cart"): Grant => ({
  ...grantTo(source, { service: "ec2", eventName: "AuthorizeSecurityGroupIngress" }, { resource: "sg-0a" }),
  stores: [{ service: "elasticache", resource }],
});
const onCluster = (source: Source, eventName = "AuthorizeEndpointAccess"): Grant => grantTo(source, { service: "redshift", eventName });
const range = (text: string): Source => ({ kind: "range", range: text });
const list = (...entries: string[]): Source => ({ kind: "prefixList", prefixList: "pl-63a5400a", entries });
const group = (owner: typeof member | "unknown", securityGroup = "sg-01"): Source => ({ kind: "securityGroup", owner, securityGroup });
const decide = (...grants: readonly Grant[]) => learned(...grants.map((grant) => ({ grant, ...listed })));

test.each([
  [[range("0.0.0.0/0")], ["everyone"], "everyone is let in (0.0.0.0/0)"],
  [[range("::/0")], ["everyone"], "everyone is let in (::/0)"],
  [[range("0.0.0.0/1"), range("128.0.0.0/1")], ["wideRange", "wideRange"], "0.0.0.0/1 is public and wider than /16"],
  [[range("54.0.0.0/15")], ["wideRange"], "54.0.0.0/15 is public and wider than /16"],
  [[range("2001:db8::/31")], ["wideRange"], "2001:db8::/31 is public and wider than /32"],
  [[range("0.0.0.0/4")], ["wideRange"], "0.0.0.0/4 is public"],
  [
    [range("54.0.0.0/16"), range("54.1.0.0/16"), range("54.9.0.0/16")],
    ["wideRange", "wideRange"],
    "with the other ranges on the resource it covers 54.0.0.0/15, which is public and wider than /16",
  ],
  [[range("54.0.0.0/16"), list("54.1.0.0/16")], ["wideRange", "wideRange"], "covers 54.0.0.0/15"],
  [[list("54.0.0.0/16", "54.1.0.0/16")], ["wideRange"], "in prefix list pl-63a5400a, 54.0.0.0/15 is public"],
  [[list("10.0.0.0/8", "0.0.0.0/0")], ["everyone"], "in prefix list pl-63a5400a, everyone is let in (0.0.0.0/0)"],
  [[list()], ["unknownSource"], "the entries of prefix list pl-63a5400a are not known"],
  [[group(foreign)], ["foreignAccount"], "999988887777 is not one of your own accounts"],
  [[group("unknown")], ["unknownSource"], "the owner of the security group is unknown"],
  [[group(member, "a*")], ["notExact"], 'no pattern fits "a*" and nothing else'],
  [[range("::ffff:a00:0/112")], ["notExact"], "a policy cannot name the source: is an IPv4-mapped IPv6 range"],
  [[range("0.0.0.0/0"), group(foreign)], ["everyone", "foreignAccount"], "everyone"],
] as const)("%j are to be decided: %j", (sources, kinds, reason) => {
  const { decisions } = decide(...sources.map((source) => onStore(source)));
  expect(decisions.map(({ kind }) => kind)).toEqual(kinds);
  expect(decisions[0]?.reason).toContain(reason);
});

test.each([
  [{ kind: "account", owner: "*" }, "everyone"],
  [{ kind: "account", owner: "ADX" }, "awsOwner"],
  [{ kind: "account", owner: foreign }, "foreignAccount"],
  [{ kind: "account", owner: member, vpcs: ["vpc-1"] }, "widerThanSeen"],
] as const)("%j is to be decided: %s", (source, kind) => {
  expect(decide(onCluster(source)).decisions).toMatchObject([{ kind }]);
  expect(decide(onCluster(source)).permit).toEqual([]);
});

test.each([
  [range("10.0.0.0/8")],
  [range("fd00::/8")],
  [range("54.0.0.0/16")],
  [list("54.1.0.0/16", "10.0.0.0/8")],
  [group(member)],
  [group(home.account)],
])("%j is learned", (source) => {
  expect(decide(onStore(source))).toMatchObject({ permit: [{ until: "2027-02-19" }], decisions: [] });
});

test("ranges that are too wide do not make the others on the resource doubtful", () => {
  const { permit, decisions } = decide(onStore(range("0.0.0.0/0")), onStore(range("54.0.0.0/16")));
  expect(permit).toMatchObject([{ ranges: ["54.0.0.0/16"] }]);
  expect(decisions).toHaveLength(1);
});

test("ranges on different resources are not wide together", () => {
  expect(decide(onStore(range("54.0.0.0/16")), onStore(range("54.1.0.0/16"), "web")).decisions).toEqual([]);
});

test("VPCs of an account that has access as a whole are learned with it", () => {
  const grants = [{ kind: "account", owner: member } as const, { kind: "account", owner: member, vpcs: ["vpc-1"] } as const].map((source) =>
    onCluster(source),
  );
  expect(decide(...grants)).toMatchObject({ permit: [{ owners: [member] }], decisions: [] });
});

test("a name that is too long for a policy is to be decided without permitWith", () => {
  const { decisions } = decide(onStore(range("10.0.0.0/8"), "a".repeat(257)));
  expect(decisions).toMatchObject([{ kind: "notExact" }]);
  expect(decisions[0]).not.toHaveProperty("permitWith");
});

test("one source with one doubt is one decision: how many grants, who granted them and the statement that permits exactly them", () => {
  const grant = (resource: string) => onStore(group(foreign), resource);
  const bob = { actor: "bob", time: "2026-03-01T00:00:00.000Z", call: "AuthorizeSecurityGroupIngress" };
  const { decisions } = learned(
    { grant: grant("cart"), ...listed, firstSeen: bob.time, granter: bob },
    { grant: grant("web"), ...listed, firstSeen: bob.time, granter: bob },
    { grant: grant("etl"), ...seenAt("2026-11-19T10:00:00.000Z") },
  );
  expect(decisions).toEqual([
    {
      kind: "foreignAccount",
      reason: "999988887777 is not one of your own accounts",
      source: group(foreign),
      on: { services: ["elasticache"], resources: ["cart", "etl", "web"], accounts: [home.account], regions: [home.region] },
      grants: 3,
      firstSeen: bob.time,
      lastSeen: listed.lastSeen,
      granters: [bob],
      withoutEvent: 1,
      permitWith: {
        name: "permit-999988887777/sg-01-to-elasticache-cart-and-2-more",
        owners: [foreign],
        securityGroups: ["sg-01"],
        services: ["elasticache"],
        authorizations: ["AuthorizeSecurityGroupIngress"],
        resources: ["cart", "etl", "web"],
        accounts: [home.account],
        regions: [home.region],
      },
    },
  ]);
});
