import { expect, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";
import { base, checker, withMore } from "./checked.ts";

const check = checker(sharedProcess());

test.each([
  [
    "a range that another statement covers",
    [
      { name: "wide", ranges: ["10.0.0.0/8"] },
      { name: "x", ranges: ["10.1.0.0/16"], services: ["redshift"] },
    ],
    "x: already permitted by wide: 10.1.0.0/16",
  ],
  [
    "a range in two statements",
    [
      { name: "x", ranges: ["10.0.0.0/8"] },
      { name: "y", ranges: ["10.0.0.0/8"] },
    ],
    "y: already permitted by x: 10.0.0.0/8",
  ],
  [
    "everyone in two halves",
    [
      { name: "x", ranges: ["0.0.0.0/1"] },
      { name: "y", ranges: ["128.0.0.0/1"] },
    ],
    "x, y: together permit everyone, as 0.0.0.0/0 does",
  ],
  [
    "a prefix list in two statements",
    [
      { name: "x", prefixLists: ["pl-63a5400a"] },
      { name: "y", prefixLists: ["pl-63a5400a"], services: ["redshift"] },
    ],
    "y: already permitted by x: pl-63a5400a",
  ],
  [
    "one network in two notations",
    [
      { name: "x", ranges: ["10.0.0.0/9", "10.128.0.0/9"] },
      { name: "y", ranges: ["10.0.0.0/8"] },
    ],
    "y: already permitted by x: 10.0.0.0/8",
  ],
  [
    "one network in two notations, the wide one first",
    [
      { name: "x", ranges: ["10.0.0.0/8"] },
      { name: "y", ranges: ["10.0.0.0/9", "10.128.0.0/9"] },
    ],
    "y: already permitted by x: 10.0.0.0/9, 10.128.0.0/9",
  ],
])("warns of %s", async (_name, permit, words) => {
  const { stdout, code } = await check(withMore(permit));

  expect(stdout).toContain(words);
  expect(stdout.match(/warning: /g)).toHaveLength(words.includes("together") ? 3 : 1);
  expect(code).toBe(0);
});

test.each([
  [
    "of one service",
    [{ services: ["redshift"] }, { services: ["redshift", "elasticache"] }],
    "x, y: together permit everyone, as 0.0.0.0/0 does",
  ],
  ["of everything and of one resource", [{}, { resources: ["analytics"] }], "x, y: together permit everyone, as 0.0.0.0/0 does"],
  ["of two services", [{ services: ["redshift"] }, { services: ["elasticache"] }], undefined],
  ["of two Regions", [{ regions: ["eu-*"] }, { regions: ["us-*"] }], undefined],
])("warns of everyone in two halves only where their scopes overlap: %s", async (_name, scopes, words) => {
  const halves = ["0.0.0.0/1", "128.0.0.0/1"].map((range, index) => ({ name: "xy"[index], ranges: [range], ...scopes[index] }));
  const { stdout } = await check(withMore(halves));

  if (words) expect(stdout).toContain(words);
  else expect(stdout).not.toContain("together");
});

test.each([
  ["one resource", { services: ["elasticache"], resources: ["foo"] }, "elasticache, redshift, redshift-serverless"],
  ["one service", { services: ["redshift"] }, "elasticache, redshift-serverless"],
  ["some Regions", { regions: ["eu-*"] }, "elasticache, redshift, redshift-serverless"],
])("warns when the own account is permitted for %s only", async (_name, scope, services) => {
  const { stdout } = await check({ ...base, permit: [{ name: "own", owners: ["self"], ...scope }] });

  expect(stdout).toContain(`"self" for every VPC rule of ${services}: `);
});

test("prints no warning when the own account is permitted by service", async () => {
  const permit = ["elasticache", "redshift", "redshift-serverless"].map((name) => ({
    name,
    owners: ["self"],
    services: [name],
    regions: ["*"],
  }));

  expect((await check({ ...base, permit })).stdout).not.toContain("warning");
});

test("warns when own groups would be violations: without self, or with one that is expired or fits no VPC rule", async () => {
  const policies = [
    [{ name: "x", ranges: ["10.0.0.0/8"] }],
    [{ name: "x", owners: ["self"], until: "2026-11-01" }],
    [{ name: "x", owners: ["self"], securityGroups: ["web-*"] }],
  ];
  const outputs = await Promise.all(policies.map(async (permit) => (await check({ ...base, permit })).stdout));

  for (const stdout of outputs) expect(stdout).toContain('no statement has the owner "self"');
  expect(outputs[2]).toContain("VPC rule");
});
