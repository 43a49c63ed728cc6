import { expect, test } from "vitest";
import { UsageError } from "#domain/usage-error.ts";
import { policyOf } from "../support/scene.ts";

const statement = '{"name": "a", "owners": ["self"]}';

test.each<[string, string, string]>([
  [
    "single quotes",
    "{'mode': 'audit', 'permit': [{'name': 'a', 'owners': ['self']}]}",
    `1:2: 'mode': not JSON: write text in double quotes: "mode"`,
  ],
  [
    "a cut file",
    `{"mode": "audit", "permit": [{"name": "a", "owners": ["self"]`,
    "1:62: not JSON: the text ends too early: check whether the file is complete",
  ],
  ["a comma before a bracket", `{"mode": "audit", "permit": [${statement},]}`, "1:64: ]: not JSON: remove the comma before ]"],
  ["a comma before a brace", `{"mode": "audit", "permit": [${statement}],}`, "1:65: }: not JSON: remove the comma before }"],
  ["a missing comma", `{"mode": "audit" "permit": [${statement}]}`, '1:18: "permit": not JSON: a comma is missing before this text'],
  [
    "a comment",
    `{"mode": "audit", // why\n"permit": [${statement}]}`,
    '1:19: // why: not JSON: comments are not allowed: write a "reason" instead',
  ],
  ["a word", `{"mode": audit, "permit": [${statement}]}`, "1:10: audit: not JSON: write text in double quotes, a number, true or false"],
  ["an open text", `{"mode": "audit\n, "permit": [${statement}]}`, '1:10: "audit: not JSON: the closing quote of this text is missing'],
  ["an unknown escape", `{"mode": "au\\dit", "permit": []}`, '1:10: "au\\dit": not JSON: no such escape: write a backslash as \\\\'],
  ["a second policy", `{"mode": "audit", "permit": []}{}`, "1:32: {: not JSON: the policy ends before this text: remove it"],
])("%s is reported once, although other errors follow from it", async (_, text, message) => {
  const error = await policyOf(text).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect(
    String(error)
      .split("\n")
      .map((line) => line.replace(/^.*policy\.json:/, "")),
  ).toEqual([message]);
});

test.each([
  ["control characters", `{"mode":"audit",'\u001bc'}`],
  ["a megabyte", `{"mode":'${"a".repeat(1_000_000)}'}`],
  ["a long number for a key", `{"mode":"audit",${"5".repeat(100_000)}:2}`],
])("a syntax error shows no raw text: %s", async (_, text) => {
  const message = String(await policyOf(text).catch((thrown: unknown) => thrown));
  expect(message).not.toContain("\u001b");
  expect(message.length).toBeLessThan(500);
});
