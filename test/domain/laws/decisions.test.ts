import fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import { type Near, nearest } from "#domain/nearest.ts";
import { modeFor, type Statement } from "#domain/policy.ts";
import { rangeSet } from "#domain/range-set.ts";
import type { Owner } from "#domain/source.ts";
import { read } from "../../support/grants.ts";
import { runs } from "../../support/long.ts";
import { addresses, grant, permits, policyOf, range, services, time, type Words } from "../arbitraries.ts";

const numRuns = { numRuns: runs };

test("a range within a permitted one is permitted, and a range around a violation is a violation", () => {
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

test("a permitted grant was permitted at every earlier time", () => {
  fc.assert(
    fc.property(grant, permits, time, time, (asked, statements, a, b) => {
      const policy = policyOf(statements);
      fc.pre(decide(asked, policy, Math.max(a, b)).verdict === "permitted");
      expect(decide(asked, policy, Math.min(a, b)).verdict).toBe("permitted");
    }),
    numRuns,
  );
});

test("a violation is permitted once all of its uncovered ranges are", () => {
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

test("a rule is permitted when it is permitted on each store that it reaches, and is out of scope when it reaches none", () => {
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

test("an additional exception of an enforcing policy never turns audit into enforce", () => {
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

test("the nearest statement permits the grant once the named keys are changed, and no other needs fewer changes", () => {
  fc.assert(
    fc.property(grant, permits, time, (asked, statements, at) => {
      const policy = policyOf(statements);
      const best = nearest(asked, policy, at);
      fc.pre(best !== undefined);
      if (!best) return;
      const permit = [changed(best, asked)];
      expect(decide(asked, { ...policy, permit }, at).verdict).toBe("permitted");
      for (const one of policy.permit)
        expect(nearest(asked, { ...policy, permit: [one] }, at)?.changes.length ?? 9).toBeGreaterThanOrEqual(best.changes.length);
    }),
    numRuns,
  );
});

/** The statement after the changes that it needs. */
function changed({ statement, changes }: Near, { source }: Grant): Statement {
  const scope = Object.fromEntries(Object.entries(statement.scope).filter(([key]) => !changes.some((change) => change === key)));
  const { owner } = source as { owner: Owner };
  const rest: { -readonly [Key in keyof Statement]?: Statement[Key] } = {};
  if (changes.includes("until")) rest.expires = undefined;
  if (changes.includes("ranges")) rest.ranges = rangeSet([read((source as { range: string }).range)]);
  if (changes.includes("owners")) rest.owners = new Set([owner]);
  if (changes.includes("securityGroups")) rest.securityGroups = undefined;
  if (changes.includes("prefixLists")) rest.prefixLists = new Set([(source as { prefixList: string }).prefixList]);
  return { ...statement, ...rest, scope };
}

/** A statement that permits ranges in every scope. */
function everywhere(texts: readonly string[]): Words {
  return { ranges: texts, owners: [], groups: undefined, lists: [], services: undefined, resources: undefined, expires: undefined };
}
