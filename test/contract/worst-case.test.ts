import { describe, expect, test } from "vitest";
import { events as watched } from "#authorizations/index.ts";
import { type InvocationError, makeHandler, type Setup, silent } from "#handler.ts";
import { caseOf } from "../support/authorizations.ts";
import { contextOf } from "../support/context.ts";
import { type Envelope, eventOf, withDetail } from "../support/events.ts";
import { grantTo, id } from "../support/grants.ts";
import { policyOf } from "../support/scene.ts";
import { vpcEvent } from "../support/vpc-events.ts";

const [mostPolicy, mostEvent] = [64 * 1024, 1024 * 1024];
const group = "sg-0a1b2c3d4e5f60718";
const longName = "a".repeat(255);

/** As many items as fit into so many bytes. */
function filled<Item>(bytes: number, each: (n: number) => Item): Item[] {
  const items: Item[] = [];
  for (let size = 0, n = 0; ; n++) {
    const item = each(n);
    size += JSON.stringify(item).length + 1;
    if (size > bytes) return items;
    items.push(item);
  }
}

const stars = `${"*a".repeat(100)}*b`;
const owner = id("999988887777");
const permits: Readonly<Record<string, readonly object[]>> = {
  "statements with patterns full of stars": filled(mostPolicy - 200, (n) => ({
    name: `s${n}`,
    resources: [stars],
    accounts: ["*1*2*3*"],
    regions: ["*-*-*"],
    ranges: ["10.0.0.0/8"],
  })),
  "one statement with patterns full of stars": [
    { name: "s", ranges: ["10.0.0.0/8"], resources: filled(mostPolicy - 200, (n) => `${stars}${n}`) },
  ],
  "group patterns full of stars": [{ name: "s", owners: [owner], securityGroups: filled(mostPolicy - 200, (n) => `${stars}${n}`) }],
  "one statement with every other address": [
    { name: "s", ranges: filled(mostPolicy - 200, (n) => `10.${n >> 15}.${(n >> 7) & 255}.${(n & 127) * 2}/32`) },
  ],
  "many statements with a few addresses": filled(mostPolicy - 200, (n) => ({
    name: `s${n}`,
    ranges: [`10.0.${n >> 7}.${(n & 127) * 2}/32`],
  })),
};

const cluster = caseOf("AuthorizeClusterSecurityGroupIngress");
const toRange = eventOf(grantTo({ kind: "range", range: "10.0.0.0/8" }, cluster, { resource: longName }));
const toGroup = eventOf(grantTo({ kind: "securityGroup", owner, securityGroup: longName }, cluster, { resource: longName }));
const withRequest = (event: Envelope, more: object) =>
  withDetail(event, { requestParameters: { ...(event.detail.requestParameters as object), ...more } });
const deep = `${"[".repeat(mostEvent / 2 - 2_000)}${"]".repeat(mostEvent / 2 - 2_000)}`;
const inMany = (bag: object, key: string) =>
  Object.fromEntries(filled(mostEvent - 4_000, (n) => [casing(key, n), Object.values(bag)[0]] as const));

/** The key in a different case for each number. */
function casing(key: string, n: number): string {
  return [...key].map((letter, i) => ((n >> i) & 1 ? letter.toUpperCase() : letter.toLowerCase())).join("");
}

const rules = filled(mostEvent - 4_000, (n) => ({
  securityGroupRuleId: `sgr-${n.toString(16).padStart(17, "0")}`,
  groupId: group,
  isEgress: false,
  ipProtocol: "-1",
  fromPort: -1,
  toPort: -1,
}));
const toRanges = rules.map((rule, n) => ({ ...rule, cidrIpv4: `10.${n >> 8}.${n & 255}.0/24` }));
const toGroups = rules.map((rule, n) => ({ ...rule, referencedGroupInfo: { groupId: `sg-${n}-${"a".repeat(100)}`, userId: owner } }));

const events: Readonly<Record<string, Envelope>> = {
  "one range": toRange,
  "one group with a long name": toGroup,
  "a key in thousands of cases": withRequest(toGroup, inMany({ owner }, "eC2SecurityGroupOwnerId")),
  "deep JSON": withRequest(toRange, { more: "deep" }),
  "a megabyte of text": withRequest(toGroup, { ec2SecurityGroupName: "*".repeat(mostEvent - 4_000) }),
  "many thousands of members": withRequest(toRange, Object.fromEntries(filled(mostEvent - 4_000, (n) => [`key${n}`, n]))),
  "all the ranges of a huge answer": answer(toRanges),
  "all the groups of a huge answer": answer(toGroups),
};

/** The event of a call that adds these rules, as many as 1 MB holds. */
function answer(made: readonly object[]): Envelope {
  const items = filled(mostEvent - 4_000, (n) => made[n] ?? {}).slice(0, made.length);
  return vpcEvent("AuthorizeSecurityGroupIngress", { groupId: group }, { securityGroupRuleSet: { items } });
}

/** An AWS that responds at once, with the group attached to a cache: the time of calls is not part of the decision. */
const cache = { CacheClusterId: longName, SecurityGroups: [{ SecurityGroupId: group }] };
const lists = {
  SecurityGroupRules: [],
  ServerlessCaches: [],
  Clusters: [],
  workgroups: [],
  EndpointAccessList: [],
  endpoints: [],
  ClusterSecurityGroups: [],
};
const aws: Setup["aws"] = {
  sender: (_, deadline) => Object.assign(async () => ({ CacheClusters: [cache], ...lists }) as never, { deadline }),
  destroy: () => {},
};

describe.each(Object.entries(permits))("%s", (_, permit) => {
  test.each(Object.entries(events))("%s: each grant is decided within 50 ms, including the read of the event", async (name, event) => {
    // JSON.parse accepts this depth, JSON.stringify does not.
    const text = JSON.stringify(event).replace('"deep"', deep);
    expect(text.length).toBeLessThanOrEqual(mostEvent);
    const document = { mode: "audit", permit };
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(mostPolicy);
    const handle = makeHandler({ policy: await policyOf(document), audit: false, watched, aws, logFor: () => silent, clock: Date.now });
    let fastest = Number.POSITIVE_INFINITY;
    let grants = 1;
    for (let run = 0; run < 3 && (run === 0 || fastest < 100); run++) {
      const fresh: unknown = JSON.parse(text);
      // Processor time, because other processes share the machine.
      const before = process.cpuUsage();
      const ended = await handle(fresh, contextOf()).catch((error: unknown) => error as InvocationError);
      const { user, system } = process.cpuUsage(before);
      fastest = Math.min(fastest, (user + system) / 1_000);
      grants = Math.max(1, ended.outcomes.length);
    }
    if (/^all /.test(name)) expect(grants).toBeGreaterThan(1_000);
    expect(fastest / grants).toBeLessThan(grants > 1 ? 5 : 50);
  });
});

test.each(["awsRegion", "recipientAccountId"])("%s nested as deep as 1 MB allows is a clear error", async (field) => {
  const handle = makeHandler({
    policy: await policyOf({ mode: "audit", permit: [{ name: "x", owners: [owner] }] }),
    audit: false,
    watched,
    aws,
    logFor: () => silent,
    clock: Date.now,
  });
  const event: unknown = JSON.parse(JSON.stringify(withDetail(toRange, { [field]: "deep" })).replace('"deep"', deep));
  await expect(handle(event, contextOf())).rejects.toThrow(/^The record names no .+nested too deeply/);
});
