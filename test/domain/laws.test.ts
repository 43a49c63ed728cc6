import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import { nearest } from "#domain/nearest.ts";
import { matches } from "#domain/pattern.ts";
import { modeFor } from "#domain/policy.ts";
import { formatRange, halves, network, sameNetwork } from "#domain/range.ts";
import { covers, outermost, overlaps, rangeSet, uncovered } from "#domain/range-set.ts";
import { partOf, type Source, sameSource } from "#domain/source.ts";
import { readPolicy } from "#policy/file.ts";
import { anyCall } from "../policy/vocabulary.ts";
import { read } from "../support/grants.ts";
import { runs } from "../support/long.ts";
import { addresses, authorizations, grant, permits, policyOf, range, services, source, time, type Words } from "./arbitraries.ts";

const numRuns = { numRuns: runs };
const ranges = fc.array(range, { maxLength: 8 });
const networks = ranges.map((texts) => texts.map((text) => network(read(text))));
const textsOf = (some: readonly string[]) => [...new Set(some.flatMap(addresses))].toSorted();

describe("ranges", () => {
  test("the order in which ranges are given changes nothing of their set, nor does giving them twice", () => {
    fc.assert(
      fc.property(networks, fc.infiniteStream(fc.nat()), (some, keys) => {
        const shuffled = [...some, ...some].map((each) => ({ each, key: keys.next().value })).toSorted((a, b) => a.key - b.key);
        expect(rangeSet(shuffled.map(({ each }) => each))).toEqual(rangeSet(some));
      }),
      numRuns,
    );
  });

  test("the outermost networks hold what all of them hold, and none lies in another", () => {
    fc.assert(
      fc.property(networks, (some) => {
        const kept = outermost(some);
        expect(textsOf(kept.map(formatRange))).toEqual(textsOf(some.map(formatRange)));
        for (const one of kept) expect(kept.filter((other) => overlaps(rangeSet([other]), one))).toEqual([one]);
      }),
      numRuns,
    );
  });

  test("two halves are the whole, and have nothing in common", () => {
    fc.assert(
      fc.property(range, (text) => {
        const whole = network(read(text));
        fc.pre(whole.prefix < (whole.family === 4 ? 32 : 128));
        const [low, high] = halves(whole);
        expect(covers(rangeSet([low, high]), whole)).toBe(true);
        expect(overlaps(rangeSet([low]), high)).toBe(false);
      }),
      numRuns,
    );
  });

  test("what is left and what is held are together the whole, and have nothing in common", () => {
    fc.assert(
      fc.property(networks, range, (some, text) => {
        const whole = network(read(text));
        const { ranges: left } = uncovered([rangeSet(some)], whole, Number.POSITIVE_INFINITY);
        expect(covers(rangeSet([...some, ...left]), whole)).toBe(true);
        for (const gap of left) expect(overlaps(rangeSet(some), gap)).toBe(false);
      }),
      numRuns,
    );
  });
});

describe("sources", () => {
  test("being the same goes both ways, and each is the same as itself", () => {
    fc.assert(
      fc.property(source, source, (a, b) => {
        expect(sameSource(a, a)).toBe(true);
        expect(sameSource(a, b)).toBe(sameSource(b, a));
      }),
      numRuns,
    );
  });

  test("ranges are the same when they are one network, however it is written", () => {
    fc.assert(
      fc.property(range, fc.nat(7), (text, host) => {
        const { words, ...rest } = read(text);
        const last = rest.family === 4 ? 0 : 3;
        const written = formatRange({ ...rest, words: words.with(last, (words[last] ?? 0) | host) as unknown as typeof words });
        const [a, b] = [text, written].map((each): Source => ({ kind: "range", range: each })) as [Source, Source];
        expect(sameSource(a, b)).toBe(sameNetwork(read(text), read(written)));
        expect(textsOf([formatRange(network(read(written)))]).join() === textsOf([text]).join()).toBe(sameSource(a, b));
      }),
      numRuns,
    );
  });

  test("of VPCs, the part that is taken back is in what stands and in what was named", () => {
    const vpcs = fc.option(fc.uniqueArray(fc.constantFrom("vpc-1", "vpc-2", "vpc-3", "vpc-4"), { minLength: 1 }), { nil: undefined });
    fc.assert(
      fc.property(vpcs, vpcs, (standing, named) => {
        const [a, b] = [standing, named].map((each): Source => ({ kind: "account", owner: "ADX", ...(each && { vpcs: each }) })) as [
          Source,
          Source,
        ];
        fc.pre(sameSource(a, b));
        const part = partOf(a, b);
        const kept = "vpcs" in part ? part.vpcs : undefined;
        expect(kept).toEqual(standing && named ? standing.filter((vpc) => named.includes(vpc)) : standing);
        expect(kept?.length).not.toBe(0);
      }),
      numRuns,
    );
  });
});

describe("patterns", () => {
  test("a star instead of any character, or beside it, fits all that was fitted before", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, fc.nat(), fc.boolean(), (from, asked, at, instead) => {
        fc.pre(matches(from, asked));
        const place = at % (from.length + 1);
        expect(matches(`${from.slice(0, place)}*${from.slice(place + (instead ? 1 : 0))}`, asked)).toBe(true);
      }),
      numRuns,
    );
  });

  test("a pattern fits two texts one after the other when its two parts fit them", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "*", "?"), maxLength: 5 });
    fc.assert(
      fc.property(part, part, part, part, (one, two, first, second) => {
        fc.pre(matches(one, first) && matches(two, second));
        expect(matches(one + two, first + second)).toBe(true);
      }),
      numRuns,
    );
  });
});

describe("decisions", () => {
  test("a smaller range in a permitted one is permitted, and a larger one around a violation is a violation", () => {
    fc.assert(
      fc.property(grant, permits, range, range, (asked, statements, text, other) => {
        fc.pre(addresses(other).every((address) => addresses(text).includes(address)));
        const policy = policyOf(statements);
        const [large, small] = [text, other].map((each) => decide({ ...asked, source: { kind: "range", range: each } }, policy, 0).verdict);
        expect([large, small]).not.toEqual(["permitted", "violation"]);
      }),
      numRuns,
    );
  });

  test("what is permitted was permitted before: time only takes permissions away", () => {
    fc.assert(
      fc.property(grant, permits, time, time, (asked, statements, a, b) => {
        const policy = policyOf(statements);
        fc.pre(decide(asked, policy, Math.max(a, b)).verdict === "permitted");
        expect(decide(asked, policy, Math.min(a, b)).verdict).toBe("permitted");
      }),
      numRuns,
    );
  });

  test("a violation is permitted once all that it lists as uncovered is", () => {
    fc.assert(
      fc.property(grant, permits, range, (asked, statements, text) => {
        const one: Grant = { ...asked, source: { kind: "range", range: text } };
        const decision = decide(one, policyOf(statements), 0);
        fc.pre(decision.verdict === "violation");
        const gaps = decision.verdict === "violation" ? (decision.uncovered ?? []) : [];
        expect(decide(one, policyOf([...statements, everywhere(gaps)]), 0).verdict).toBe("permitted");
        for (const left of gaps) {
          const fewer = gaps.filter((gap) => gap !== left);
          expect(decide(one, policyOf([...statements, everywhere(fewer)]), 0).verdict).toBe("violation");
        }
      }),
      numRuns,
    );
  });

  test("a rule is permitted when it is on each store that it reaches, and out of scope when it reaches none", () => {
    const store = fc.record({ service: fc.constantFrom(...services), resource: fc.constantFrom("web", "etl", "etl-1") });
    fc.assert(
      fc.property(grant, fc.array(store, { maxLength: 3 }), permits, time, (asked, stores, statements, at) => {
        const policy = policyOf(statements);
        const apart = stores.map((each) => decide({ ...asked, ...each }, policy, at).verdict);
        const expected = stores.length === 0 ? "outOfScope" : apart.includes("violation") ? "violation" : "permitted";
        expect(decide({ ...asked, stores }, policy, at).verdict).toBe(expected);
      }),
      numRuns,
    );
  });

  test("one exception more never turns audit into enforce for a policy that enforces", () => {
    const scope = fc.record({
      services: fc.subarray([...services], { minLength: 1 }),
      resources: fc.constantFrom(["*"], ["etl*"], ["web"]),
    });
    fc.assert(
      fc.property(grant, fc.array(scope, { maxLength: 3 }), scope, (asked, exceptions, more) => {
        const policy = { ...policyOf([]), exceptions };
        fc.pre(modeFor(asked, policy) === "audit");
        expect(modeFor(asked, { ...policy, exceptions: [...exceptions, more] })).toBe("audit");
      }),
      numRuns,
    );
  });

  test("the statement that comes nearest has the grant in its scope", () => {
    fc.assert(
      fc.property(grant, permits, time, (asked, statements, at) => {
        fc.pre(statements.length > 0);
        const best = nearest(asked, policyOf(statements), at);
        fc.pre(best !== undefined);
        expect(best?.scope.services?.includes(asked.service) ?? true).toBe(true);
        expect(best?.scope.resources?.some((pattern) => matches(pattern, asked.resource)) ?? true).toBe(true);
      }),
      numRuns,
    );
  });
});

test("a policy that is written to a file and read back decides the same", async () => {
  const folder = await mkdtemp(join(tmpdir(), "policy-"));
  const file = join(folder, "policy.json");
  const statement = permits.map((all) => all.map(sayable));
  await fc.assert(
    fc.asyncProperty(grant, statement, async (asked, statements) => {
      const permit = statements.map(({ ranges: texts, owners, groups, lists, services: some, resources }, i) =>
        given({ name: `s${i}`, ranges: texts, owners, securityGroups: groups, prefixLists: lists, services: some, resources }),
      );
      await writeFile(file, JSON.stringify({ mode: "enforce", permit: [nobody, ...permit] }));
      const { policy } = await readPolicy(file, anyCall({ services, authorizations }));
      expect(decide(asked, policy, 0)).toEqual(decide(asked, policyOf(statements), 0));
    }),
    numRuns,
  );
  await rm(folder, { recursive: true });
});

const nobody = { name: "nobody", owners: ["000000000000"] };

/** A statement for these ranges and whatever grant. */
function everywhere(texts: readonly string[]): Words {
  return { ranges: texts, owners: [], groups: undefined, lists: [], services: undefined, resources: undefined, expires: undefined };
}

/** As a policy file can say it: networks without host bits, nothing twice, somebody permitted, and groups beside accounts only. */
function sayable(words: Words): Words {
  const texts = [...new Set(words.ranges.map((text) => formatRange(network(read(text)))))];
  const owners = [...new Set(words.owners)];
  const isEmpty = texts.length + owners.length + words.lists.length === 0;
  return {
    ...words,
    ranges: isEmpty ? ["192.0.2.0/24"] : texts,
    owners,
    groups: owners.some((owner) => /^([0-9]{12}|self)$/.test(owner)) ? words.groups : undefined,
    expires: undefined,
  };
}

/** Without what is absent or empty. */
function given(bag: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(bag).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}
