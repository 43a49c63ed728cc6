import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { vocabulary } from "#authorizations/index.ts";
import { policyText } from "#cli/learn/policy-text.ts";
import { decide } from "#domain/decide.ts";
import { type Grant, onEachStore } from "#domain/grant.ts";
import type { Policy } from "#domain/policy.ts";
import { formatRange, lastOf, network } from "#domain/range.ts";
import { covers, rangeSet } from "#domain/range-set.ts";
import type { Source } from "#domain/source.ts";
import { type Learned, learn } from "#learn/learn.ts";
import type { Seen } from "#learn/pair.ts";
import { readPolicy } from "#policy/file.ts";
import type { StatementDocument } from "#policy/schema.ts";
import { grantTo, home, read } from "../support/grants.ts";
import { runs } from "../support/long.ts";
import { accounts, calls, foreign, member, organization, targets } from "./organizations.ts";

const at = Date.parse("2026-11-21");
const learning = { own: new Set<string>([...accounts, member]), until: "2027-02-19", calls: vocabulary.calls };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingress-warden-learn-"));
});
afterAll(() => rm(folder, { recursive: true }));

function learned(grants: readonly Grant[]): Learned {
  return learn(grants.map(seen), learning);
}

function seen(grant: Grant): Seen {
  const listed = "2026-11-20T10:00:00.000Z";
  return { grant, firstSeen: listed, lastSeen: listed };
}

/** The policy, as `check` and a function read it: an error throws. */
async function policyOf(permit: readonly StatementDocument[]): Promise<Policy> {
  const file = join(folder, "policy.json");
  await writeFile(file, policyText(permit));
  return (await readPolicy(file, vocabulary)).policy;
}

/** What may be learned, in other words than the code's: by the names of the organization's sources. */
function mayBeLearned(grant: Grant, all: ReadonlyMap<string, readonly Source[]>): boolean {
  const { source, resource, place } = grant;
  const others = all.get(targetOf(grant)) ?? [];
  const has = (range: string) => others.some((other) => other.kind === "range" && other.range === range);
  if (/[*?]/.test(resource)) return false;
  switch (source.kind) {
    case "range":
      if (source.range === "54.0.0.0/16") return !has("54.1.0.0/16");
      if (source.range === "54.1.0.0/16") return !has("54.0.0.0/16");
      return /^(10\.|192\.168|198\.51|2001:db8:.*\/33|fd00)/.test(source.range);
    case "prefixList":
      return ["pl-00000001", "pl-00000004"].includes(source.prefixList);
    case "securityGroup":
      return source.owner !== foreign && source.owner !== "unknown" && !source.securityGroup.includes("*");
    case "account":
      if (source.vpcs) return others.some((other) => other.kind === "account" && other.owner === member && !other.vpcs);
      return source.owner === place.account || learning.own.has(source.owner);
  }
}

const targetOf = ({ place, service, authorization, resource }: Omit<Grant, "source">) =>
  JSON.stringify([place.account, place.region, service, authorization, resource]);

/** Both ends of a range and the addresses beside them. */
function probesOf(source: Source): Source[] {
  if (source.kind !== "range") return [source];
  const { family, words, prefix } = network(read(source.range));
  const size = family === 4 ? 32 : 128;
  const [whole, last] = [
    { family, words, prefix },
    { family, words: lastOf({ family, words, prefix }), prefix: size },
  ];
  const beside = [beyond(words, -1, family), beyond(last.words, 1, family)].map((each) => ({ family, words: each, prefix: size }) as const);
  return [whole, { family, words, prefix: size }, network(last), ...beside].map((range) => ({ kind: "range", range: formatRange(range) }));
}

/** The sources of every grant that is tried, by call: each once. */
const probes = new Map(
  calls.map(({ authorization, sources }) => [
    authorization,
    [...new Map(sources.flatMap(probesOf).map((each) => [JSON.stringify(each), each])).values()],
  ]),
);

type Words = readonly [number, number, number, number];
function beyond(words: Words, step: number, family: 4 | 6): Words {
  const bits = family === 4 ? 32 : 128;
  const value = words.slice(0, bits / 32).reduce((sum, word) => (sum << 32n) + BigInt(word), 0n) + BigInt(step);
  const wrapped = BigInt.asUintN(bits, value);
  const all = Array.from({ length: bits / 32 }, (_, i) => Number((wrapped >> BigInt(bits - 32 * (i + 1))) & 0xffffffffn));
  return [all[0] ?? 0, all[1] ?? 0, all[2] ?? 0, all[3] ?? 0];
}

test("whatever an organization has: what may be learned is permitted, nothing that was not seen is, and the rest is to be decided", async () => {
  await fc.assert(
    fc.asyncProperty(organization, fc.shuffledSubarray([...targets], { minLength: 8, maxLength: 8 }), async (grants, others) => {
      const judged = grants.flatMap(onEachStore);
      const all = Map.groupBy(judged, targetOf);
      const sources = new Map([...all].map(([key, same]) => [key, same.map(({ source }) => source)]));
      const may = judged.filter((grant) => mayBeLearned(grant, sources));
      const { permit, decisions } = learned(grants);

      expect(decisions.length > 0).toBe(may.length < judged.length);
      expect(permit.length > 0).toBe(may.length > 0);
      if (permit.length === 0) return;
      const policy = await policyOf(permit);
      const allowed = Map.groupBy(may, targetOf);
      const granted = targets.filter((target) => all.has(targetOf(target)));
      for (const target of [...granted, ...others]) {
        const ofTarget = (allowed.get(targetOf(target)) ?? []).map(({ source }) => source);
        const ranges = ofTarget.flatMap((source) => (source.kind === "range" ? [read(source.range)] : []));
        const union = rangeSet(ranges);
        const isSeen = (source: Source) => {
          if (source.kind === "range") return covers(union, read(source.range));
          const isCovered =
            source.kind === "prefixList" && source.entries.length > 0 && source.entries.every((entry) => covers(union, read(entry)));
          return isCovered || ofTarget.some((other) => nameOf(other) === nameOf(source));
        };
        for (const source of probes.get(target.authorization) ?? []) {
          const { verdict } = decide({ ...target, source }, policy, at);
          if ((verdict === "permitted") !== isSeen(source)) expect({ target, source, verdict }).toEqual({ seen: isSeen(source) });
        }
      }
    }),
    { numRuns: runs / 10 },
  );
});

/** A source as a statement names it. */
function nameOf(source: Source): string {
  if (source.kind === "account") return source.owner;
  if (source.kind === "securityGroup") return `${source.owner}/${source.securityGroup}`;
  return source.kind === "range" ? source.range : source.prefixList;
}

test("whatever an organization has: adding every permitWith makes a valid policy that permits what it was proposed for", async () => {
  await fc.assert(
    fc.asyncProperty(organization, async (grants) => {
      const { permit, decisions } = learned(grants);
      const proposed = decisions.flatMap(({ permitWith }, index) => (permitWith ? { ...permitWith, name: `${index}` } : []));
      const all = [...permit, ...proposed];
      if (all.length === 0) return;
      const policy = await policyOf(all);
      const without = new Set(decisions.flatMap(({ source, permitWith }) => (permitWith ? [] : nameOf(source))));
      for (const grant of grants)
        if (!without.has(nameOf(grant.source)))
          expect({ grant, decision: decide(grant, policy, at).verdict }).not.toMatchObject({ decision: "violation" });
    }),
    { numRuns: runs / 20 },
  );
});

test("whatever an organization has: the order of its grants does not change the policy", () => {
  fc.assert(
    fc.property(organization, fc.infiniteStream(fc.nat()), (grants, numbers) => {
      const shuffled = grants.map((grant) => ({ grant, key: numbers.next().value })).sort((a, b) => a.key - b.key);
      expect(learned(shuffled.map(({ grant }) => grant))).toEqual(learned(grants));
    }),
    { numRuns: runs / 20 },
  );
});

const rule = (source: Source, ...names: string[]): Grant => ({
  ...{ place: home, service: "ec2", authorization: "AuthorizeSecurityGroupIngress", resource: "sg-0a", source },
  stores: names.map((resource) => ({ service: "elasticache", resource })),
});
const range = (text: string): Source => ({ kind: "range", range: text });

test("50 sources on the same 20 resources are one statement", () => {
  const names = Array.from({ length: 20 }, (_, i) => `cache-${i}`);
  const sources = Array.from({ length: 50 }, (_, i) => range(`10.${2 * i}.0.0/16`));
  const { permit } = learned(sources.flatMap((source) => names.map((name) => rule(source, name))));
  expect(permit).toEqual([
    {
      name: "learned-10.0.0.0/16-and-49-more-to-elasticache-cache-0-and-19-more",
      ranges: sources.map((source) => (source.kind === "range" ? source.range : "")),
      services: ["elasticache"],
      resources: names.toSorted(),
      accounts: [home.account],
      regions: [home.region],
      until: "2027-02-19",
      reason: "learned, not reviewed; grants: 1000, resources: 20, first seen 2026-11-20, last seen 2026-11-20",
    },
  ]);
});

test("ranges, prefix lists and groups of the own account on the same resources are one statement", () => {
  const list: Source = { kind: "prefixList", prefixList: "pl-00000001", entries: ["10.9.0.0/16"] };
  const group: Source = { kind: "securityGroup", owner: home.account, securityGroup: "sg-01" };
  const { permit } = learned([range("10.1.0.0/16"), list, group].map((source) => rule(source, "cart", "web")));
  expect(permit).toMatchObject([
    { owners: ["self"], securityGroups: ["sg-01"], ranges: ["10.1.0.0/16"], prefixLists: ["pl-00000001"], resources: ["cart", "web"] },
  ]);
});

test.each([
  [["10.0.0.0/25", "10.0.0.128/25"], ["10.0.0.0/24"]],
  [
    ["10.0.0.0/24", "10.0.2.0/24"],
    ["10.0.0.0/24", "10.0.2.0/24"],
  ],
  [
    ["10.0.1.0/24", "10.0.2.0/24"],
    ["10.0.1.0/24", "10.0.2.0/24"],
  ],
  [["10.0.0.0/16", "10.0.3.0/24"], ["10.0.0.0/16"]],
  [["2001:db8::/49", "2001:db8:0:8000::/49"], ["2001:db8::/48"]],
])("%j are joined to %j, exactly their union", (texts, joined) => {
  const { permit } = learned(texts.map((text) => rule(range(text), "cart")));
  expect(permit).toMatchObject([{ ranges: joined, reason: expect.stringContaining(`grants: ${texts.length}, resources: 1,`) }]);
});

test("a range inside another one is left out only where the other one is permitted too", () => {
  const { permit } = learned([rule(range("10.0.0.0/16"), "cart"), rule(range("10.0.3.0/24"), "cart", "web")]);
  expect(permit).toMatchObject([
    { ranges: ["10.0.0.0/16"], resources: ["cart"] },
    { ranges: ["10.0.3.0/24"], resources: ["cart", "web"] },
  ]);
});

const elsewhere = { ...home, account: member };
test.each([
  [
    "the same resources in two accounts",
    [rule(range("10.0.0.0/8"), "cart", "web"), { ...rule(range("10.0.0.0/8"), "cart", "web"), place: elsewhere }],
    1,
  ],
  ["other resources in another account", [rule(range("10.0.0.0/8"), "cart"), { ...rule(range("10.0.0.0/8"), "web"), place: elsewhere }], 2],
  [
    "the same name in another service",
    [rule(range("10.0.0.0/8"), "cart"), { ...rule(range("10.0.0.0/8")), stores: [{ service: "redshift", resource: "cart" }] }],
    1,
  ],
  [
    "other resources in another service",
    [rule(range("10.0.0.0/8"), "cart"), { ...rule(range("10.0.0.0/8")), stores: [{ service: "redshift", resource: "dwh" }] }],
    2,
  ],
] as const)("%s: as many statements as needed", (_, grants, count) => {
  expect(learned(grants).permit).toHaveLength(count);
});

test("an owner is self only where everything that it has access to is in its own account", () => {
  const group = (owner: typeof member): Source => ({ kind: "securityGroup", owner, securityGroup: "default" });
  const [here, there] = [rule(group(home.account), "cart"), { ...rule(group(member), "cart"), place: elsewhere }];
  const across = { ...rule(group(home.account), "cart"), place: elsewhere };
  expect(learn([here, there].map(seen), learning).permit).toMatchObject([{ owners: ["self"], accounts: [home.account, member] }]);
  const own = { ...learning, own: new Set([home.account]) };
  expect(learn([here, there, across].map(seen), own).permit.map(({ owners, accounts: ids }) => [owners, ids])).toEqual([
    [[home.account], [home.account, member]],
    [["self"], [member]],
  ]);
});

test("one source with access by several calls is one statement, and a resource counts once", () => {
  const [access, registered] = ["AuthorizeEndpointAccess", "RegisterNamespace"].map((eventName) =>
    grantTo({ kind: "account", owner: member }, { service: "redshift", eventName }, { resource: "dwh" }),
  );
  const { permit } = learn(
    [access, registered].flatMap((grant) => (grant ? seen(grant) : [])),
    learning,
  );
  expect(permit).toMatchObject([
    {
      owners: [member],
      authorizations: ["AuthorizeEndpointAccess", "RegisterNamespace"],
      reason: expect.stringContaining("grants: 2, resources: 1,"),
    },
  ]);
});
