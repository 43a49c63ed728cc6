import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { events } from "#authorizations/index.ts";
import { readTemplate, type Template, type Value } from "../support/template.ts";
import { callsMade } from "./calls-made.ts";
import type { Product } from "./template/check.ts";
import { checks } from "./template/checks.ts";
import { type Mistake, misconfigurations, mistakes, mistranslations } from "./template/mistakes.ts";
import { shippedSamconfig } from "./template/samconfig.ts";
import { stackOf } from "./template/stack.ts";

// Calls that wait for AWS to catch up do not wait here.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const names = Object.keys(checks);
const template = readTemplate();
/** A copy that a test may change; to read the file takes longer. */
const copy = () => structuredClone(template);
let product: Product;

beforeAll(async () => {
  product = { registry: events, calls: await callsMade(), samconfig: shippedSamconfig() };
});

function faultsOf(check: string, template: Template, changed: Partial<Product> = {}): string[] {
  return [...(checks[check]?.(stackOf(template), { ...product, ...changed }) ?? [`there is no check “${check}”`])];
}

describe("template.yaml", () => {
  stack(copy, mistakes);
});

/** Only where `TRANSLATION` names a file with SAM's translation; CI makes one. */
const translation = process.env["TRANSLATION"];

describe.skipIf(translation === undefined)("the translation of SAM", () => {
  const read = (): Template => JSON.parse(readFileSync(translation ?? "", "utf8"));
  stack(read, mistranslations);

  test("has the functions, rules and permissions that we read in template.yaml", () => {
    const [written, translated] = [stackOf(template), stackOf(read())];
    const rulesOf = ({ rules }: typeof written) => rules.toSorted((a, b) => a.id.localeCompare(b.id));
    const functionsOf = ({ functions }: typeof written) =>
      functions.map(({ name, condition, role, statements }) => ({ name, condition, role: role?.Properties, statements }));

    expect(rulesOf(translated)).toEqual(rulesOf(written));
    expect(functionsOf(translated)).toEqual(functionsOf(written));
  });

  test("shows each mistake of template.yaml that survives the translation, unless SAM refuses it", () => {
    const planted = mistakes.map(({ make }) => {
      const template: Value = copy();
      make(template);
      // As `sam package` does, which hides a wrong CodeUri.
      for (const { Properties } of [template.Globals.Function, ...Object.values<Value>(template.Resources)].map((each) => ({
        Properties: each.Properties ?? each,
      })))
        if (Properties.CodeUri) Properties.CodeUri = "s3://packages/code";
      return template;
    });
    const { status, stdout, stderr } = spawnSync("python", [".ci/translate.py"], {
      input: JSON.stringify(planted),
      encoding: "utf8",
      env: { PATH: process.env["PATH"], AWS_DEFAULT_REGION: "us-east-1" },
      maxBuffer: 1e9,
    });
    if (status !== 0) throw new Error(`.ci/translate.py: ${stderr}`);
    const translations: Value[] = JSON.parse(stdout);
    const unseen = mistakes.filter(({ check }, index) => !translations[index].refused && faultsOf(check, translations[index]).length === 0);

    expect(translations).toHaveLength(mistakes.length);
    expect(unseen.map(({ name }) => name)).toEqual([
      "a function with a permissions boundary, which its own role ignores",
      "a CodeUri that SAM would build",
    ]);
  });
});

function stack(read: () => Template, planted: readonly Mistake[]): void {
  test.each(names)("%s", (check) => {
    expect(faultsOf(check, read())).toEqual([]);
  });

  test.each(planted)("a planted mistake is found: $name", ({ check, make }) => {
    const template: Value = read();
    make(template);

    expect(faultsOf(check, template)).not.toEqual([]);
  });
}

test.each(misconfigurations)("a planted mistake in samconfig.toml is found: %s", (_name, edit) => {
  const samconfig = edit(product.samconfig);

  expect(samconfig).not.toBe(product.samconfig);
  expect(faultsOf("samconfig.toml deploys this template", template, { samconfig })).not.toEqual([]);
});

test("every check finds a planted mistake", () => {
  const caught = new Set([...mistakes, ...mistranslations].map(({ check }) => check));

  expect(names.filter((name) => !caught.has(name))).toEqual(["samconfig.toml deploys this template"]);
});
