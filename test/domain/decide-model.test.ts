import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Decision, decide as decideGrant } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import type { Policy } from "#domain/policy.ts";
import { runs } from "../support/long.ts";
import { addresses, grant, permits, policyOf, time, words } from "./arbitraries.ts";
import { fitting, left, permitted, rangesOf } from "./model.ts";

/** Decides a grant on one resource, which is never out of scope. */
const decide = (grant: Grant, policy: Policy, at: number) => decideGrant(grant, policy, at) as Exclude<Decision, { verdict: "outOfScope" }>;

const sorted = (list: readonly string[]) => [...new Set(list)].toSorted();

describe("for any grant and policy", () => {
  test("the verdict equals the model's", () => {
    fc.assert(
      fc.property(grant, permits, time, (asked, statements, at) => {
        expect(decide(asked, policyOf(statements), at).verdict === "permitted").toBe(permitted(asked, statements, at));
      }),
      { numRuns: 5 * runs },
    );
  });

  test("a violation lists exactly what no statement permits as uncovered, ascending and without duplicates", () => {
    fc.assert(
      fc.property(grant, permits, time, (asked, statements, at) => {
        const decision = decide(asked, policyOf(statements), at);
        if (decision.verdict === "permitted" || !decision.uncovered) return;
        const texts = rangesOf(asked.source);
        expect(sorted(decision.uncovered.flatMap(addresses))).toEqual(sorted(left(texts, fitting(statements, asked, at))));
        const places = decision.uncovered
          .flatMap(addresses)
          .map((address) => Number(address.slice(2)) + (address.startsWith("6") ? 100 : 0));
        expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
        expect(decision.uncoveredCount).toBe(decision.uncovered.length);
      }),
      { numRuns: 2 * runs },
    );
  });

  test("an additional statement never turns a permitted grant into a violation", () => {
    fc.assert(
      fc.property(grant, permits, words, time, (asked, statements, more, at) => {
        fc.pre(decide(asked, policyOf(statements), at).verdict === "permitted");
        expect(decide(asked, policyOf([more, ...statements]), at).verdict).toBe("permitted");
        expect(decide(asked, policyOf([...statements, more]), at).verdict).toBe("permitted");
      }),
      { numRuns: runs },
    );
  });

  test("the order of statements does not change the decision", () => {
    const shuffled = permits.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(
          all.map((_, i) => i),
          { minLength: all.length },
        ),
      ),
    );
    fc.assert(
      fc.property(grant, shuffled, time, (asked, [statements, order], at) => {
        const policy = policyOf(statements);
        const other = { ...policy, permit: order.flatMap((i) => policy.permit[i] ?? []) };
        const [one, two] = [decide(asked, policy, at), decide(asked, other, at)];
        if (one.verdict === "violation" || two.verdict === "violation") expect(two).toEqual(one);
        else expect(sorted(two.statements)).toEqual(sorted(one.statements));
      }),
      { numRuns: 2 * runs },
    );
  });

  test("the named statements permit the grant by themselves, and each of them contributes", () => {
    fc.assert(
      fc.property(grant, permits, time, (asked, statements, at) => {
        const policy = policyOf(statements);
        const decision = decide(asked, policy, at);
        if (decision.verdict === "violation") return;
        const named = policy.permit.filter((statement) => decision.statements.includes(statement.name));
        expect(decide(asked, { ...policy, permit: named }, at)).toEqual(decision);
        const texts = rangesOf(asked.source);
        for (const { name } of named) {
          const one = statements.filter((_, i) => name === `s${i}`);
          expect(permitted(asked, one, at) || left(texts, one).length < texts.flatMap(addresses).length).toBe(true);
        }
      }),
      { numRuns: 2 * runs },
    );
  });
});
