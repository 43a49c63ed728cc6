import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Exception, type Mode, modeFor } from "#domain/policy.ts";
import type { Source } from "#domain/source.ts";
import { runs } from "../support/long.ts";
import { grant as anyGrant } from "./arbitraries.ts";
import { grant, group, list, other, own, policy, range } from "./builders.ts";

const account = (owner: "*" | "ADX" | "amazon-redshift-support" | typeof own): Source => ({ kind: "account", owner });
const unknown: Source = { kind: "securityGroup", owner: "unknown", securityGroup: "web" };

/** The mode for a source under a policy of `mode` with one exception. */
function mode(of: Mode, source: Source, exception: Exception, stores?: readonly { service: string; resource: string }[]): Mode {
  return modeFor(grant(source, stores && { stores }), { ...policy({}), mode: of, exceptions: [exception] });
}

describe.each<[Source, everyone: boolean, foreign: boolean]>([
  [range("0.0.0.0/0"), true, false],
  [range("::/0"), true, false],
  [range("10.1.2.3/0"), true, false],
  [range("0.0.0.0/1"), false, false],
  [range("10.0.0.0/8"), false, false],
  [list("10.0.0.0/8", "0.0.0.0/0"), true, false],
  [list("::/0"), true, false],
  [list("10.0.0.0/8"), false, false],
  [list(), false, false],
  [account("*"), true, true],
  [account(other), false, true],
  [account("ADX"), false, true],
  [account("amazon-redshift-support"), false, true],
  [account(own), false, false],
  [group(other, "web"), false, true],
  [group(own, "web"), false, false],
])("for the source %j", (source, everyone, foreign) => {
  test.each([
    [["everyone"], everyone],
    [["foreign"], foreign],
    [["everyone", "foreign"], everyone || foreign],
    [undefined, true],
  ] as const)(`the exception for %j applies: %s`, (sources, applies) => {
    expect(mode("audit", source, { sources })).toBe(applies ? "enforce" : "audit");
    expect(mode("enforce", source, { sources })).toBe(applies ? "audit" : "enforce");
  });
});

test("an unknown owner counts as foreign or not, whichever leads to audit", () => {
  expect(mode("audit", unknown, { sources: ["foreign"] })).toBe("audit");
  expect(mode("enforce", unknown, { sources: ["foreign"] })).toBe("audit");
  expect(mode("enforce", unknown, { sources: ["everyone"] })).toBe("enforce");
});

test("an exception applies only where both its scope and its sources match", () => {
  const exception = { services: ["elasticache"], sources: ["everyone"] } as const;
  expect(mode("audit", range("::/0"), exception)).toBe("audit");
  expect(mode("audit", range("::/0"), { ...exception, services: ["redshift"] })).toBe("enforce");
});

const [caches, clusters] = ["elasticache", "redshift"].map((service) => ({ service, resource: "a" })) as [
  { service: string; resource: string },
  { service: string; resource: string },
];
test.each<[Mode, stores: (typeof caches)[], Mode]>([
  ["audit", [caches, clusters], "audit"],
  ["audit", [clusters, clusters], "enforce"],
  ["enforce", [caches, clusters], "audit"],
  ["enforce", [caches, caches], "enforce"],
])("with mode %s and an exception for everyone on warehouses, a rule that reaches %j has mode %s", (of, stores, expected) => {
  const exception = { services: ["redshift"], sources: ["everyone"] } as const;
  expect(mode(of, range("0.0.0.0/0"), exception, stores)).toBe(expected);
});

test("an exception that is limited to kinds of source changes the mode of no grant that it leaves unchanged without the limit", () => {
  const sources = fc.subarray(["everyone", "foreign"] as const, { minLength: 1 });
  fc.assert(
    fc.property(anyGrant, sources, fc.constantFrom<Mode>("audit", "enforce"), (asked, limited, of) => {
      const modeWith = (exceptions: readonly Exception[]) => modeFor(asked, { ...policy({}), mode: of, exceptions });
      expect([of, modeWith([{}])]).toContain(modeWith([{ sources: limited }]));
      expect(modeWith([{ sources: [...limited, ...limited] }])).toBe(modeWith([{ sources: limited }]));
    }),
    { numRuns: runs },
  );
});
