import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { events } from "#authorizations/index.ts";
import { callsMade } from "../calls-made.ts";
import { matchesOf, patterns } from "./patterns.ts";
import { rows } from "./table.ts";

// Calls that wait for AWS to catch up do not wait here.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const samples = globSync("events/*/*.json").map((file) => ({ name: file, event: JSON.parse(readFileSync(file, "utf8")) }));
/** What CloudTrail would record of each call that a function makes, by the service that answers it. */
let ownCalls: readonly { readonly name: string; readonly event: unknown }[];

beforeAll(async () => {
  const calls = [...new Set(Object.values(await callsMade()).flat())];
  ownCalls = calls.map((name) => {
    const [service, eventName] = name.split(":");
    const [first] = samples;
    const detail = { ...first?.event.detail, eventSource: `${service}.amazonaws.com`, eventName };
    return { name, event: { ...first?.event, source: `aws.${service}`, detail } };
  });
});

/** Only where `EVENT_RULER` names a folder with EventBridge's own engine; CI fetches it. */
const jars = process.env["EVENT_RULER"];

/** The patterns that each event matches, according to EventBridge's own engine. */
function engine(events: readonly unknown[]): readonly (readonly string[])[] {
  const input = JSON.stringify({ patterns, events });
  const { status, stdout, stderr } = spawnSync("java", ["-cp", `${jars}/*`, ".ci/event-ruler/Match.java"], { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`event-ruler: ${stderr}`);
  return JSON.parse(stdout);
}

const matcher = (events: readonly unknown[]) => events.map(matchesOf);

describe.each([
  { by: "a small matcher", match: matcher, skipped: false },
  { by: "EventBridge's own engine", match: engine, skipped: jars === undefined },
])("the template's patterns, by $by", ({ match, skipped }) => {
  test.skipIf(skipped)("match as the truth table states", () => {
    const matches = match(rows.map(({ event }) => event));

    expect(rows.map(({ name }, index) => ({ name, matches: matches[index] }))).toEqual(
      rows.map(({ name, matches }) => ({ name, matches })),
    );
  });

  test.skipIf(skipped)("match every sample of a successful call in one rule and in the archive", () => {
    const matches = match(samples.map(({ event }) => event));

    expect(samples.length).toBeGreaterThan(events.length);
    for (const [index, { name, event }] of samples.entries())
      expect([name, matches[index]]).toEqual([
        name,
        event.detail.errorCode === undefined ? ["Archive", expect.stringMatching(/Function/)] : [],
      ]);
  });

  test.skipIf(skipped)("match no call that a function makes, which would be a loop", () => {
    const matches = match(ownCalls.map(({ event }) => event));

    expect(ownCalls.length).toBeGreaterThan(10);
    expect(ownCalls.filter((_call, index) => matches[index]?.length !== 0)).toEqual([]);
  });
});

test("the truth table has every call of the registry, and more than forty events that match nothing", () => {
  const calls = rows.filter(({ matches }) => matches.length > 0).map(({ set }) => set?.["detail.eventName"]);

  for (const { eventName } of events) expect(calls).toContain(eventName);
  expect(rows.filter(({ matches }) => matches.length === 0).length).toBeGreaterThan(40);
});
