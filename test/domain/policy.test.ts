import { describe, expect, test } from "vitest";
import { type AccountId, accountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import { fitsOne, inScope, modeFor, type Scope } from "#domain/policy.ts";

function account(text: string): AccountId {
  const id = accountId(text);
  if (!id) throw new Error(`${text} is no account id`);
  return id;
}

const grant: Grant = {
  place: { partition: "aws", account: account("123456789012"), region: "eu-west-1" },
  service: "redshift",
  authorization: "AuthorizeClusterSecurityGroupIngress",
  resource: "analytics-eu",
  source: { kind: "range", range: "203.0.113.0/24" },
};

describe("a scope", () => {
  test.each<[string, Scope]>([
    ["nothing", {}],
    ["its service", { services: ["elasticache", "redshift"] }],
    ["its authorization", { authorizations: ["AuthorizeClusterSecurityGroupIngress"] }],
    ["a pattern of its resource", { resources: ["web-*", "analytics-*"] }],
    ["its account", { accounts: ["123456789012"] }],
    ["a pattern of its account", { accounts: ["1234*"] }],
    ["a pattern of its Region", { regions: ["eu-*-?"] }],
    ["all of it", { services: ["redshift"], resources: ["*"], accounts: ["*"], regions: ["*"] }],
  ])("that names %s contains the grant", (_, scope) => {
    expect(inScope(scope, grant)).toBe(true);
  });

  test.each<[string, Scope]>([
    ["another service", { services: ["elasticache"] }],
    ["a pattern where services are exact", { services: ["*"] }],
    ["another authorization", { authorizations: ["AuthorizeCacheSecurityGroupIngress"] }],
    ["a pattern where authorizations are exact", { authorizations: ["Authorize*"] }],
    ["another resource", { resources: ["analytics", "eu"] }],
    ["the resource in another case", { resources: ["Analytics-*"] }],
    ["another account", { accounts: ["210987654321"] }],
    ["another Region", { regions: ["us-*"] }],
    ["all of it but the Region", { services: ["redshift"], resources: ["*"], accounts: ["*"], regions: ["eu-west-2"] }],
    ["no resource at all", { resources: [] }],
  ])("that names %s does not contain the grant", (_, scope) => {
    expect(inScope(scope, grant)).toBe(false);
  });
});

test("absent patterns match any text, and an empty list matches none", () => {
  expect(fitsOne(undefined, "anything")).toBe(true);
  expect(fitsOne([], "anything")).toBe(false);
  expect(fitsOne(["a*", "any*"], "anything")).toBe(true);
  expect(fitsOne(["a", "b"], "anything")).toBe(false);
});

describe("the mode for a grant", () => {
  const here: Scope = { accounts: ["123456789012"], services: ["redshift"] };
  const elsewhere: Scope = { accounts: ["210987654321"] };
  test.each([
    ["enforce", "without exceptions", [], "enforce"],
    ["audit", "without exceptions", [], "audit"],
    ["enforce", "with an exception that fits", [elsewhere, here], "audit"],
    ["audit", "with an exception that fits", [here, elsewhere], "enforce"],
    ["enforce", "with an exception elsewhere", [elsewhere], "enforce"],
    ["audit", "with an exception elsewhere", [elsewhere], "audit"],
    ["enforce", "with two exceptions that fit", [here, here], "audit"],
  ] as const)("of a policy with mode %s %s", (mode, _, exceptions, expected) => {
    expect(modeFor(grant, { mode, exceptions, permit: [] })).toBe(expected);
  });
});
