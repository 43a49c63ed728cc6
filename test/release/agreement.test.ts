import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import { authorizations, events, vpcRule, watchable } from "#authorizations/index.ts";
import { attachingCalls } from "#authorizations/vpc-rule/attaching-calls.ts";
import { jsonSchema, schemaNames } from "#cli/schema.ts";
import { regionsOfSdk } from "../../scripts/regions.ts";
import { isMetrics } from "../support/output.ts";
import { cli, type Ended } from "../support/run.ts";
import { readTemplate, type Value } from "../support/template.ts";
import { stackOf } from "./template/stack.ts";

const readme = readFileSync("README.md", "utf8");
const documents = [...readdirSync(".").filter((file) => file.endsWith(".md")), ...readdirSync("docs").map((file) => `docs/${file}`)];
const template = readTemplate();
const { functions, rules } = stackOf(template);
const attaching = attachingCalls.map(({ eventName }) => eventName);
const kebab = (name: string) => name.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase();
const sample = (file: string) => JSON.parse(readFileSync(file, "utf8"));
const linesOf = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
/** The replays of every sample, in enforce and in audit mode. */
let replays: readonly Ended[];

beforeAll(async () => {
  replays = await Promise.all(["enforce", "audit"].map((mode) => cli(["replay", "--json", "--mode", mode, "--at", "2026-11-21"])));
});

test("each authorization other than VPC rules has a file of its event's name", () => {
  const files = readdirSync("src/authorizations").filter((file) => /^(authorize|put|register)-/.test(file));
  const own = authorizations.filter((each) => each !== vpcRule).map(({ name }) => `${kebab(name)}.ts`);

  expect(files.sort()).toEqual(own.sort());
});

describe.each(events)("$eventName of $eventSource", ({ service, eventName, eventSource, authorization }) => {
  test("has samples of permitted grants, of violations and of a failed call", () => {
    // Two services can have a call of the same name. Their samples are in one folder.
    const names = readdirSync(`events/${eventName}`);
    const cases = names.filter((name) => sample(`events/${eventName}/${name}`).detail.eventSource === eventSource);
    const sources = events.filter((each) => each.eventName === eventName).map((each) => each.eventSource);
    const kinds = cases.map((name) => /^(permitted|out-of-scope|violating|failed-call)/.exec(name)?.[1]);

    // An event that attaches groups does not show their rules, and every sample attaches the same open group. A restore shows no entries.
    const wanted = [...attaching, "RestoreManagedPrefixListVersion"].includes(eventName)
      ? ["violating"]
      : ["permitted", "violating", "failed-call"];
    expect(kinds).toEqual(expect.arrayContaining(wanted));
    expect(kinds).not.toContain(undefined);
    for (const name of names) {
      const { detail } = sample(`events/${eventName}/${name}`);
      expect({ eventName: detail.eventName, sources }).toEqual({ eventName, sources: expect.arrayContaining([detail.eventSource]) });
    }
  });

  test("is in a rule of the function that watches its service, and in no rule of another one", () => {
    for (const { name, properties } of functions) {
      const details = rules.filter(({ functionName }) => functionName === name).map(({ pattern }) => pattern.detail);
      const names = details.filter((detail) => detail.eventSource.includes(eventSource)).flatMap((detail) => detail.eventName);
      expect(names.includes(eventName)).toBe(properties.Environment.Variables.WATCH.split(",").includes(service));
    }
  });

  test("is in README's table", () => {
    const rows = readme.split("\n").filter((line) => line.startsWith(`| \`${authorization.service}\` |`));

    const [row = "", ...others] = rows.filter((each) => each.includes(`\`${eventName}\``));

    expect([row === "", others]).toEqual([false, []]);
    expect(row.split("|")[2]?.match(/[\w-]+(?=`)/g)).toEqual(authorization.opens);
  });
});

test("the template's rules name no call that the registry does not have", () => {
  const named = rules.flatMap(({ pattern }) => pattern.detail.eventName);

  expect(named.sort()).toEqual(events.map(({ eventName }) => eventName).sort());
});

test("exactly one function watches each service", () => {
  const watched = functions.flatMap(({ properties }) => properties.Environment.Variables.WATCH.split(","));

  expect(watched.sort()).toEqual([...watchable].sort());
});

test("every grant has the service of its event's call, and replay prints no metrics", () => {
  const [{ stdout, stderr }] = replays as [Ended];
  const lines = linesOf(stdout);

  expect(lines.length).toBeGreaterThan(events.length);
  expect(lines.filter(isMetrics)).toEqual([]);
  expect(stderr).not.toContain("CloudWatchMetrics");
  for (const { grant, event } of lines)
    expect(grant.service).toBe(events.find(({ eventName }) => eventName === event.name)?.authorization.service);
});

describe("published schemas", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const policy = ajv.compile(sample("policy.schema.json"));
  const outcome = ajv.compile(sample("outcome.schema.json"));

  test.each(schemaNames)("%s.schema.json is as `npm run schemas` writes it", (name) => {
    expect(readFileSync(`${name}.schema.json`, "utf8")).toBe(jsonSchema(name));
  });

  test.each(schemaNames)("every property of %s.schema.json has a description", (name) => {
    const properties = propertiesOf(sample(`${name}.schema.json`));

    expect(properties.length).toBeGreaterThan(20);
    expect(properties.filter(([, { description }]) => !description).map(([path]) => path)).toEqual([]);
  });

  test("the sample policy is valid, but not with an unknown key or without a mode", () => {
    const { mode, ...rest } = sample("policy.json");

    expect(policy({ mode, ...rest })).toBe(true);
    expect(policy({ mode, ...rest, modes: 1 })).toBe(false);
    expect(policy(rest)).toBe(false);
  });

  test("every outcome of every sample is valid, in enforce and in audit mode", () => {
    const outcomes = replays.flatMap(({ stdout }) => linesOf(stdout));

    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(["permitted", "outOfScope", "revoked", "reported"]));
    for (const each of outcomes) expect(outcome(each) || outcome.errors).toBe(true);
    expect(outcome({ ...outcomes[0], result: "maybe" })).toBe(false);
  });
});

test("README's table of parameters lists those of the template with their defaults, and its command sets one", () => {
  const [, table = ""] = /\| parameter \| default \| meaning \|\n([\s\S]*?)\n\n/.exec(readme) ?? [];
  const rows = table.split("\n").slice(1);
  const named = rows.flatMap((row) => {
    const [, names = "", shown = ""] = row.split("|").map((cell) => cell.trim());
    const value = shown === "empty" ? "" : shown.replaceAll("`", "");
    return [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => [name, value]);
  });
  const parameters = Object.entries<Value>(template.Parameters).map(([name, { Default }]) => [name, String(Default)]);

  expect(named.toSorted()).toEqual(parameters.toSorted());
  expect(named.map(([name]) => name)).toContain(/sam deploy --parameter-overrides (\w+)=/.exec(readme)?.[1]);
});

test("the Regions that check knows are those of the AWS SDK: `npm run regions` writes them", async () => {
  const known = JSON.parse(readFileSync("src/cli/check/regions.json", "utf8"));

  expect(known).toEqual(await regionsOfSdk());
  expect(known).toEqual(expect.arrayContaining(["eu-west-1", "us-gov-west-1", "cn-north-1"]));
});

test("README links to files and headings", () => {
  expect(linksIn("README.md").length).toBeGreaterThan(5);
});

test.each(documents)("every link of %s leads to a file or a heading", (document) => {
  for (const { path, heading } of linksIn(document)) {
    expect([path, existsSync(path)]).toEqual([path, true]);
    if (heading) expect([path, anchorsIn(path)]).toEqual([path, expect.arrayContaining([heading])]);
  }
});

/** A JSON Schema, as far as the search for its properties goes. */
interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Every property that a schema describes, with its path. */
function propertiesOf({ properties = {}, items, oneOf = [], anyOf = [] }: Schema, path = ""): (readonly [path: string, Schema])[] {
  const own = Object.entries(properties).map(([name, schema]) => [`${path}/${name}`, schema] as const);
  const inner = [...own, ...[...(items ? [items] : []), ...oneOf, ...anyOf].map((schema) => [path, schema] as const)];
  return [...own, ...inner.flatMap(([at, schema]) => propertiesOf(schema, at))];
}

/** The links of a document to files and headings of the repository, its own included. */
function linksIn(document: string): { readonly path: string; readonly heading: string | undefined }[] {
  const links = [...readFileSync(document, "utf8").matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
  return links.map(([, path = "", heading]) => ({ path: path === "" ? document : join(dirname(document), path), heading }));
}

/** The anchors that GitHub makes of a document's headings. */
function anchorsIn(document: string): string[] {
  const headings = readFileSync(document, "utf8").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
}
