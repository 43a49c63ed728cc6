import { describe, expect, test } from "vitest";
import { permitting, policyReader, self } from "./policy-text.ts";

const { read, problemsOf } = policyReader();

describe("a mistake in a statement is reported with its position, its text and the fix", () => {
  test.each<[string, ...string[]]>([
    [`${self}, "everyone": true`, '2:49: true: "everyone" belongs beside a /0, and this statement has none: leave it out'],
    ['"ranges": ["10.0.0.0/8"], "everyone": true', '2:55: true: "everyone" belongs beside a /0, and this statement has none: leave it out'],
    ['"reason": "why"', "2:3: this statement permits nothing: give it owners, ranges or prefixLists"],
    [
      '"ranges": ["10.0.0.0/8"], "securityGroups": ["x"]',
      '2:61: ["x"]: securityGroups narrow owners that are accounts, and this statement has none: add one',
    ],
    [
      '"owners": ["ADX"], "securityGroups": ["x"]',
      '2:54: ["x"]: securityGroups narrow owners that are accounts, and this statement has none: add one',
    ],
  ])("%s", async (keys, ...lines) => {
    expect(await problemsOf(permitting(keys))).toEqual(lines);
  });
});

describe("a mistake in the policy is reported with its position, its text and the fix", () => {
  const permit = `"permit": [{"name": "a", ${self}}]`;
  const twice = `[{"name": "a", ${self}}, {"name": "\\u0061", ${self}}]`;

  test.each<[string, ...string[]]>([
    [`{"mode": "audit", "permit": ${twice}}`, '1:74: "\\u0061": another statement has this name: choose one of its own'],
    [
      `{"mode": "audit", "auditOnly": [{"regions": ["*"]}], ${permit}}`,
      '1:32: [{"regions": ["*"]}]: everything is audit already: with "mode": "audit", write enforceOnly',
    ],
    [
      `{"mode": "enforce", "enforceOnly": [{"regions": ["*"]}], ${permit}}`,
      '1:36: [{"regions": ["*"]}]: everything is enforced already: with "mode": "enforce", write auditOnly',
    ],
    [`{"mode": "enforce", "auditOnly": [{}], ${permit}}`, '1:35: {}: an empty scope would mean everything: change "mode" instead'],
  ])("%j", async (policy, ...lines) => {
    expect((await problemsOf(policy)).slice(0, lines.length)).toEqual(lines);
  });
});

describe("a range in a policy", () => {
  test.each(["0.0.0.0/0", "::/0", "0:0:0:0:0:0:0:0/0"])('%s requires "everyone": true', async (range) => {
    const fix = 'this lets everyone in: if that is meant, write "everyone": true beside it';
    expect(await problemsOf(permitting(`"ranges": ["${range}"]`))).toEqual([`2:28: "${range}": ${fix}`]);
    await read(permitting(`"ranges": ["${range}"], "everyone": true`));
  });
});
