import { globSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { vocabulary } from "#authorizations/index.ts";
import { formatRange, network } from "#domain/range.ts";
import { UsageError } from "#domain/usage-error.ts";
import { accountPattern, type Check, freeText, ownerProblem, prefixListProblem, rangeProblem } from "#policy/checks.ts";
import * as forms from "#policy/forms.ts";
import { parsePolicy } from "#policy/parse.ts";
import { anyRange } from "../domain/arbitraries.ts";
import { runs } from "../support/long.ts";
import { mistakes } from "./mistakes.ts";

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const accepts = ajv.compile(JSON.parse(readFileSync("policy.schema.json", "utf8")));

function messageOf(policy: string): string {
  try {
    parsePolicy(policy, "policy.json", vocabulary);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("the policy is valid");
}

test.each(mistakes)("check says: $message", ({ policy, message }) => {
  expect(messageOf(policy)).toContain(message);
});

test.each(mistakes.filter(({ schema }) => schema === "refused"))("policy.schema.json refuses it too: $message", ({ policy }) => {
  expect(accepts(JSON.parse(policy))).toBe(false);
});

test.each(mistakes.filter(({ schema }) => schema !== "refused"))(
  "policy.schema.json does not refuse it: $message. Reason: $schema",
  ({ policy }) => {
    const document = documentOf(policy);
    expect(document === undefined || accepts(document)).toBe(true);
  },
);

/** The document that JSON.parse, which lets the last of two equal keys count, reads; undefined when it cannot. */
function documentOf(policy: string): unknown {
  try {
    return JSON.parse(policy);
  } catch {
    return undefined;
  }
}

test("few mistakes are not refused by the schema, except for those of the JSON itself", () => {
  const missed = mistakes.filter(({ schema, policy }) => schema !== "refused" && documentOf(policy) !== undefined);
  expect([mistakes.length, missed.length]).toEqual([69, 7]);
});

describe("the table has every message of src/policy", () => {
  const files = globSync("src/policy/*.ts").filter((file) => !/(file|schema|forms|unusable)\.ts$/.test(file));
  const messages = mistakes.map(({ policy }) => messageOf(policy)).join("\n");

  test.each([...files, "src/policy/schema.ts"])("%s", (file) => {
    const code = readFileSync(file, "utf8").replace(
      /^(import|export) .* from .*$|\/\*[\s\S]*?\*\/|^\s*\/\/.*$|throw new TypeError.*/gm,
      "",
    );
    const descriptions = readFileSync("policy.schema.json", "utf8");
    const texts = [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)].flatMap(([, ...parts]) =>
      parts.flatMap((part) => part?.split(/\$\{[^}]*\}/) ?? []),
    );
    const prose = texts.filter((text) => (text.match(/ /g) ?? []).length >= 3);
    const said = (text: string) => messages.includes(text) || descriptions.includes(JSON.stringify(text).slice(1, -1));

    expect(prose.filter((text) => !said(text) && !said(JSON.parse(`"${text.replaceAll('"', '\\"')}"`)))).toEqual([]);
  });
});

describe("the schema accepts what check accepts", () => {
  const matching = ({ pattern, maxLength = Number.POSITIVE_INFINITY, minLength = 0 }: forms.Form) => {
    const expression = new RegExp(String(pattern), "u");
    return (text: string) => expression.test(text) && text.length <= Number(maxLength) && text.length >= Number(minLength);
  };
  const digits = fc.string({ unit: fc.constantFrom("0", "1", "2", "9", "-", "*", "?"), maxLength: 16 });
  const twelve = fc.string({ unit: fc.constantFrom("1", "2", "1-", "?"), minLength: 12, maxLength: 12 });
  const networks = anyRange.map((range) => formatRange(network(range)));
  const written = fc.stringMatching(/^[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){1,8}\/1?[0-9]{1,2}$/);
  const quads = fc.stringMatching(/^[0-9]{1,3}(\.(0|[0-9]{1,3})){3}\/[0-9]{1,2}$/);

  test.each<[string, Check, forms.Form, fc.Arbitrary<string>]>([
    ["a range", rangeProblem, forms.range, fc.oneof(networks, written, quads)],
    ["an owner", ownerProblem, forms.owner, fc.oneof(digits, twelve, fc.constantFrom("self", "ADX", "amazon-redshift-support"))],
    ["a pattern on accounts", accountPattern, forms.accountPattern, fc.oneof(digits, twelve)],
    ["a prefix list", prefixListProblem, forms.prefixList, fc.stringMatching(/^pl-[0-9a-f]{7,18}$/)],
    ["a free text", freeText, forms.freeText, fc.string({ unit: "binary", minLength: 0, maxLength: 300 })],
  ])("%s", (_name, check, form, texts) => {
    const accepted = matching(form);
    fc.assert(
      fc.property(texts, (text) => check(text) !== undefined || accepted(text)),
      { numRuns: 5 * runs },
    );
  });
});
