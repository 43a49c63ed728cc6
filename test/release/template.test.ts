import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { events } from "#authorizations/index.ts";
import { readTemplate, type Template, type Value } from "../support/template.ts";
import { callsMade } from "./calls-made.ts";
import type { Product } from "./template/check.ts";
import { checks } from "./template/checks.ts";
import { type Mistake, misconfigurations, mistakes, mistranslations } from "./template/mistakes.ts";
import { stackOf } from "./template/stack.ts";

// What is asked again because it may not be there yet is asked at once here.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const names = Object.keys(checks);
let product: Product;

beforeAll(async () => {
  product = { registry: events, calls: await callsMade(), samconfig: readFileSync("samconfig.toml", "utf8") };
});

function complaintsOf(check: string, template: Template, changed: Partial<Product> = {}): string[] {
  return [...(checks[check]?.(stackOf(template), { ...product, ...changed }) ?? [`there is no check “${check}”`])];
}

describe("template.yaml", () => {
  stack(readTemplate, mistakes);
});

/** Only where `TRANSLATION` names a file with what SAM makes of it; CI makes one. */
const translation = process.env["TRANSLATION"];

describe.skipIf(translation === undefined)("what SAM makes of it", () => {
  const read = (): Template => JSON.parse(readFileSync(translation ?? "", "utf8"));
  stack(read, mistranslations);

  test("says the same of functions, rules and permissions as our own reading of template.yaml", () => {
    const [written, translated] = [stackOf(readTemplate()), stackOf(read())];
    const rulesOf = ({ rules }: typeof written) => rules.toSorted((a, b) => a.id.localeCompare(b.id));
    const functionsOf = ({ functions }: typeof written) =>
      functions.map(({ name, condition, statements, managed }) => ({ name, condition, statements, managed }));

    expect(rulesOf(translated)).toEqual(rulesOf(written));
    expect(functionsOf(translated)).toEqual(functionsOf(written));
  });

  test("shows each mistake of template.yaml that is not gone by then, unless SAM refuses it", () => {
    const planted = mistakes.map(({ make }) => {
      const template: Value = readTemplate();
      make(template);
      // As `sam package` does; it is why a wrong CodeUri cannot be seen afterwards.
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
    const unseen = mistakes.filter(
      ({ check }, index) => !translations[index].refused && complaintsOf(check, translations[index]).length === 0,
    );

    expect(translations).toHaveLength(mistakes.length);
    expect(unseen.map(({ name }) => name)).toEqual(["a CodeUri that SAM would build"]);
  });
});

function stack(read: () => Template, planted: readonly Mistake[]): void {
  test.each(names)("%s", (check) => {
    expect(complaintsOf(check, read())).toEqual([]);
  });

  test.each(planted)("a planted mistake is found: $name", ({ check, make }) => {
    const template: Value = read();
    make(template);

    expect(complaintsOf(check, template)).not.toEqual([]);
  });
}

test.each(misconfigurations)("a planted mistake in samconfig.toml is found: %s", (_name, edit) => {
  const samconfig = edit(product.samconfig);

  expect(samconfig).not.toBe(product.samconfig);
  expect(complaintsOf("samconfig.toml deploys this template", readTemplate(), { samconfig })).not.toEqual([]);
});

test("every check finds some planted mistake", () => {
  const caught = new Set([...mistakes, ...mistranslations].map(({ check }) => check));

  expect(names.filter((name) => !caught.has(name))).toEqual(["samconfig.toml deploys this template"]);
});
