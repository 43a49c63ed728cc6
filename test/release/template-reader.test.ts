import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { sharedProcess } from "../cli/shared-process.ts";
import type { Template, Value } from "../support/template.ts";
import { type CommandRequests, namesOf, requestsOfCommands } from "./reader/calls-made.ts";
import { readerChecks } from "./reader/checks.ts";
import { readerMistakes } from "./reader/mistakes.ts";
import { readReaderTemplate } from "./reader/roles.ts";

const run = sharedProcess();
const names = Object.keys(readerChecks);
const template = readReaderTemplate();
let requests: CommandRequests;

beforeAll(async () => {
  requests = await requestsOfCommands(run);
});

function faultsOf(check: string, of: Template): string[] {
  const reading = namesOf(requests.inventory);
  const calls = { reading, revoking: [...new Set([...reading, ...namesOf(requests.apply)])] };
  return [...(readerChecks[check]?.(of, calls) ?? [`there is no check “${check}”`])];
}

test.each(names)("%s", (check) => {
  expect(faultsOf(check, template)).toEqual([]);
});

test.each(readerMistakes)("a planted mistake is found: $name", ({ check, make }) => {
  const planted: Value = structuredClone(template);
  make(planted);

  expect(planted).not.toEqual(template);
  expect(faultsOf(check, planted)).not.toEqual([]);
});

test("every check finds a planted mistake", () => {
  expect(names.filter((name) => !readerMistakes.some(({ check }) => check === name))).toEqual([]);
});

test("template-reader.yaml is short enough to be passed to StackSets without a bucket", () => {
  expect(Buffer.byteLength(readFileSync("template-reader.yaml"))).toBeLessThanOrEqual(51_200);
});

test("a sweep asks what an inventory asks, and only --apply revokes: every kind of grant, and never with Force", () => {
  const revokes = namesOf(requests.apply).filter((name) => !namesOf(requests.inventory).includes(name));

  expect(namesOf(requests.sweep)).toEqual(namesOf(requests.inventory));
  expect(revokes).toEqual([
    "ec2:RevokeSecurityGroupIngress",
    "elasticache:RevokeCacheSecurityGroupIngress",
    "redshift:DeauthorizeDataShare",
    "redshift:RevokeClusterSecurityGroupIngress",
    "redshift:RevokeEndpointAccess",
    "redshift:RevokeSnapshotAccess",
  ]);
  expect(requests.apply.filter(({ parameters }) => parameters.has("Force"))).toEqual([]);
});
