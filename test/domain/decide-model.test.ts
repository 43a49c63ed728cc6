import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Decision, decide as decideGrant } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import type { Policy } from "#domain/policy.ts";
import type { Source } from "#domain/source.ts";
import { permitWith } from "#outcome/permit-with.ts";
import { readPolicy } from "#policy/file.ts";
import { anyCall } from "../policy/vocabulary.ts";
import { id } from "../support/grants.ts";
import { runs } from "../support/long.ts";
import { addresses, authorizations, fits, grant, permits, policyOf, services, time, type Words, words } from "./arbitraries.ts";

/** Decides a grant on one resource, which is never out of scope. */
const decide = (grant: Grant, policy: Policy, at: number) => decideGrant(grant, policy, at) as Exclude<Decision, { verdict: "outOfScope" }>;

const anyFits = (some: readonly string[] | undefined, text: string) => some?.some((pattern) => fits[pattern]?.includes(text)) ?? true;

function fitting(statements: readonly Words[], { service, resource }: Grant, at: number): Words[] {
  const inScope = (it: Words) => (it.services?.includes(service) ?? true) && anyFits(it.resources, resource);
  return statements.filter((it) => inScope(it) && (it.expires === undefined || at < it.expires));
}

/** The addresses of ranges that no statement holds. */
function left(texts: readonly string[], statements: readonly Words[]): string[] {
  const held = new Set(statements.flatMap((it) => it.ranges.flatMap(addresses)));
  return texts.flatMap(addresses).filter((address) => !held.has(address));
}

function rangesOf(from: Source): readonly string[] {
  if (from.kind === "range") return [from.range];
  return from.kind === "prefixList" ? from.entries : [];
}

/** What design.md says, as plainly as can be. */
function permitted(asked: Grant, statements: readonly Words[], at: number): boolean {
  const some = fitting(statements, asked, at);
  const from = asked.source;
  const names = (it: Words, who: string) =>
    it.owners.some((owner) => owner === who) || (it.owners.includes("self") && who === asked.place.account);
  if (from.kind === "range") return left([from.range], some).length === 0;
  if (from.kind === "securityGroup") return some.some((it) => names(it, from.owner) && anyFits(it.groups, from.securityGroup));
  if (from.kind === "account") return some.some((it) => names(it, from.owner) && it.groups === undefined);
  return some.some((it) => it.lists.includes(from.prefixList)) || (from.entries.length > 0 && left(from.entries, some).length === 0);
}

const sorted = (list: readonly string[]) => [...new Set(list)].toSorted();

describe("whatever the grant and the policy", () => {
  test("the verdict is the model's", () => {
    fc.assert(
      fc.property(grant, permits, time, (asked, statements, at) => {
        expect(decide(asked, policyOf(statements), at).verdict === "permitted").toBe(permitted(asked, statements, at));
      }),
      { numRuns: 5 * runs },
    );
  });

  test("what a violation lists as uncovered is what no statement permits, ascending, nothing twice", () => {
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

  test("one statement more never turns permitted into a violation", () => {
    fc.assert(
      fc.property(grant, permits, words, time, (asked, statements, more, at) => {
        fc.pre(decide(asked, policyOf(statements), at).verdict === "permitted");
        expect(decide(asked, policyOf([more, ...statements]), at).verdict).toBe("permitted");
        expect(decide(asked, policyOf([...statements, more]), at).verdict).toBe("permitted");
      }),
      { numRuns: runs },
    );
  });

  test("the order of statements changes nothing", () => {
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

  test("the statements named are enough by themselves, and each of them helps", () => {
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

describe("the statement that would permit a violation", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "permit-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function policyFrom(asked: Grant): Promise<Policy> {
    const file = join(folder, "policy.json");
    await writeFile(file, JSON.stringify({ mode: "enforce", permit: [permitWith(asked)] }));
    return (await readPolicy(file, anyCall({ services, authorizations }))).policy;
  }

  /** True when whoever has the first is let in no further by the second. */
  function within(outer: Source, inner: Source): boolean {
    if (outer.kind === "account" && inner.kind === "securityGroup") return outer.owner === inner.owner;
    if (outer.kind === "securityGroup" && inner.kind === "securityGroup")
      return outer.owner === inner.owner && outer.securityGroup === inner.securityGroup;
    if (outer.kind === "account" && inner.kind === "account") return outer.owner === inner.owner;
    if (outer.kind === "prefixList" && inner.kind === "prefixList") return outer.prefixList === inner.prefixList;
    const texts = rangesOf(inner);
    const held = outer.kind === "range" ? addresses(outer.range) : [];
    return texts.length > 0 && texts.flatMap(addresses).every((address) => held.includes(address));
  }

  test("permits it and, on any resource or from any source, nothing more", async () => {
    await fc.assert(
      fc.asyncProperty(grant, fc.array(grant, { minLength: 20, maxLength: 20 }), async (asked, others) => {
        const policy = await policyFrom(asked);
        expect(decide(asked, policy, 0).verdict).toBe("permitted");
        for (const other of others) {
          const sameCall = asked.source.kind !== "account" || other.authorization === asked.authorization;
          const same =
            sameCall && other.service === asked.service && other.resource === asked.resource && within(asked.source, other.source);
          expect(decide(other, policy, 0).verdict === "permitted").toBe(same);
        }
      }),
      { numRuns: runs },
    );
  });

  test("can be read whatever printable name the resource and the group have", async () => {
    const printable = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 255 });
    await fc.assert(
      fc.asyncProperty(grant, printable, printable, async (asked, resource, securityGroup) => {
        const odd: Grant = { ...asked, resource, source: { kind: "securityGroup", owner: id("999988887777"), securityGroup } };
        expect(decide(odd, await policyFrom(odd), 0).verdict).toBe("permitted");
      }),
      { numRuns: runs },
    );
  });

  test.each(["0.0.0.0/0", "::/0", "10.8.10.0/16", "1.2.3.4/0"])("opens %s as a policy has to write it", async (text) => {
    const place = { partition: "aws", account: id("123456789012"), region: "eu-west-1" };
    const asked: Grant = { place, service: "redshift", authorization: "x", resource: "web", source: { kind: "range", range: text } };
    expect(decide(asked, await policyFrom(asked), 0).verdict).toBe("permitted");
  });
});
