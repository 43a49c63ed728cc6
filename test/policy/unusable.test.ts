import { expect, test } from "vitest";
import { vocabulary } from "#authorizations/index.ts";
import { policyReader } from "./policy-text.ts";

const { problemsOf } = policyReader(vocabulary);

test.each([
  ["ranges for a datashare", { ranges: ["10.0.0.0/8"], authorizations: ["AuthorizeDataShare"] }],
  ["an owner word of another service", { owners: ["ADX"], services: ["elasticache"] }],
  ["a call of another service", { owners: ["self"], services: ["elasticache"], authorizations: ["AuthorizeDataShare"] }],
  ["security groups for a datashare", { owners: ["ADX", "345678901234"], securityGroups: ["x"], authorizations: ["AuthorizeDataShare"] }],
])("a statement that cannot permit anything is refused with its position: %s", async (_name, keys) => {
  const text = `{"mode": "enforce", "permit": [\n${JSON.stringify({ name: "x", ...keys })}]}`;
  const [problem, ...others] = await problemsOf(text);

  expect(others).toEqual([]);
  expect(problem).toMatch(
    /^2:\d+: \["[A-Za-z]+"\]: no call in this scope can grant access to a source of this statement, so it permits nothing: /,
  );
});
