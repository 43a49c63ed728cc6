import { describe, expect, test } from "vitest";
import { permitting, policyReader, self } from "./policy-text.ts";

const { read, problemsOf } = policyReader();

describe("a mistake in a statement is reported with its position, its text and the fix", () => {
  test.each<[string, ...string[]]>([
    [`${self}, "everyone": true`, '2:49: true: "everyone" is valid only in a statement with a /0 range: remove it'],
    ['"ranges": ["10.0.0.0/8"], "everyone": true', '2:55: true: "everyone" is valid only in a statement with a /0 range: remove it'],
    ['"reason": "why"', "2:3: this statement permits nothing: add owners, ranges or prefixLists"],
    [
      '"ranges": ["10.0.0.0/8"], "securityGroups": ["x"]',
      '2:61: ["x"]: securityGroups limit owners that are accounts, and this statement has none: add an account to owners',
    ],
    [
      '"owners": ["ADX"], "securityGroups": ["x"]',
      '2:54: ["x"]: securityGroups limit owners that are accounts, and this statement has none: add an account to owners',
    ],
  ])("%s", async (keys, ...lines) => {
    expect(await problemsOf(permitting(keys))).toEqual(lines);
  });
});

describe("a mistake in the policy is reported with its position, its text and the fix", () => {
  const permit = `"permit": [{"name": "a", ${self}}]`;
  const twice = `[{"name": "a", ${self}}, {"name": "\\u0061", ${self}}]`;

  test.each<[string, ...string[]]>([
    [`{"mode": "audit", "permit": ${twice}}`, '1:74: "\\u0061": another statement has this name: choose a unique name'],
    [
      `{"mode": "audit", "auditOnly": [{"regions": ["*"]}], ${permit}}`,
      '1:32: [{"regions": ["*"]}]: with "mode": "audit", everything is audited already: remove auditOnly',
    ],
    [
      `{"mode": "enforce", "enforceOnly": [{"regions": ["*"]}], ${permit}}`,
      '1:36: [{"regions": ["*"]}]: with "mode": "enforce", everything is enforced already: remove enforceOnly',
    ],
    [`{"mode": "enforce", "auditOnly": [{}], ${permit}}`, '1:35: {}: an empty scope applies to everything: change "mode" instead'],
  ])("%j", async (policy, ...lines) => {
    expect((await problemsOf(policy)).slice(0, lines.length)).toEqual(lines);
  });
});

describe("a range in a policy", () => {
  test.each(["0.0.0.0/0", "::/0", "0:0:0:0:0:0:0:0/0"])('%s requires "everyone": true', async (range) => {
    const fix = 'this permits everyone: if you intend that, add "everyone": true to the statement';
    expect(await problemsOf(permitting(`"ranges": ["${range}"]`))).toEqual([`2:28: "${range}": ${fix}`]);
    await read(permitting(`"ranges": ["${range}"], "everyone": true`));
  });
});
