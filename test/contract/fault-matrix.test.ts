import { afterAll, beforeAll, expect, test } from "vitest";
import { events } from "#authorizations/index.ts";
import { sourceText } from "#domain/source.ts";
import { contextOf } from "../support/context.ts";
import { shortPauses } from "../support/faults.ts";
import { long } from "../support/long.ts";
import { later } from "../support/vpc-events.ts";
import { watchClients, withFault } from "./fault-matrix/interfere.ts";
import { killAt } from "./fault-matrix/kill.ts";
import { kinds, openFullPort } from "./fault-matrix/kinds.ts";
import { whileRunning } from "./fault-matrix/stalls.ts";
import { type Role, table } from "./fault-matrix/table.ts";
import { type Scenario, scenarios } from "./scenarios.ts";

watchClients();
shortPauses();

/**
 * The calls of each scenario without a fault. As in SQLite's tests, the Nth call fails, for N = 1, 2, … until a run has no
 * fault: once for that call only, and once from there on. Up to its first fault, a run makes the calls of one without.
 */
const faultless = new Map(await Promise.all(scenarios.map(async (scenario) => [scenario, await callsOf(scenario)] as const)));

const modes = ["once", "from there on"] as const;
const all = [...faultless].flatMap(([scenario, actions]) =>
  kinds.flatMap((kind) =>
    modes.flatMap((mode) => actions.map((action, n) => ({ ...scenario, ...kind, mode, action, at: n + 1, actions }))),
  ),
);
type Row = (typeof all)[number];

/**
 * Whether a case is also in the short form. Many events attach groups through the same code, so they share the faults.
 * A fault without end takes all the time of an invocation, so each call has a third of these kinds.
 */
function isShort(row: Row, n: number): boolean {
  const attaching = scenarios.filter(({ form }) => form === "attached");
  if (row.form === "attached" && row.eventName !== attaching[n % attaching.length]?.eventName) return false;
  return row.mode === "once" || n % 3 === 0;
}
const rows = all.filter((row, n) => long || isShort(row, n));

let closeFullPort: () => Promise<void>;
beforeAll(async () => {
  closeFullPort = await openFullPort();
});
afterAll(() => closeFullPort());

/** Violations of these events are only reported; test/authorizations/vpc-rule/prefix-list-event.test.ts has their faults. */
const onlyReported = ["ModifyManagedPrefixList", "RestoreManagedPrefixListVersion"];

test("the matrix has every event of the registry that revokes, at least 16 kinds of fault, and at least 400 cases", () => {
  // test/contract/report-only.test.ts has the calls of authorizations without a revoke, which no table of revokes fits.
  const revoking = events.filter(({ eventName, authorization }) => !authorization.reportOnly && !onlyReported.includes(eventName));
  expect(new Set(all.map(({ eventName }) => eventName))).toEqual(new Set(revoking.map(({ eventName }) => eventName)));
  expect(kinds.length).toBeGreaterThanOrEqual(16);
  expect(rows.length).toBeGreaterThanOrEqual(400);
  console.log(
    `${rows.length + shortDeaths.length} of ${all.length + deaths.length} cases: ${kinds.length + 2} kinds, ${[...faultless.values()].flat().length} calls`,
  );
});

test.concurrent.each(rows)("$eventName, $form: $kind at call $at, $action, $mode", async (row) => whileRunning(() => checkFault(row)));

async function checkFault(row: Row): Promise<void> {
  const { scene, event, violating, entries, permitted } = await row.start();
  await using _ = scene;
  const on = row.mode === "from there on";
  const takesAll = on && row.nature !== "slow" && row.nature !== "absent";
  const expected = table[row.mode][row.nature][roleOf(row)];
  const context = contextOf({ remaining: takesAll ? 3_000 : (row.remaining ?? 20_000) });

  const { result: end, faults } = await withFault(scene, () => scene.invoke(event, context), { ...row, on });

  const left = context.getRemainingTimeInMillis();
  const results = end.outcomes.filter(({ grant }) => sourceText(grant.source) === violating).map(({ result }) => result);
  const now = await entries();
  const listed = now.some((each) => !permitted.includes(each));
  expect(faults).toBeGreaterThan(0);
  expect({ result: results[0] ?? "none", thrown: end.error !== undefined, listed }).toEqual(expected);
  expect(results.length).toBeLessThan(2);
  expect(now).toEqual(expect.arrayContaining([...permitted]));
  // The invocation ends in time, with its errors logged and thrown.
  expect(left).toBeGreaterThan(0);
  expect(scene.lines.some(({ level }) => level === "error")).toBe(expected.thrown);

  if (!end.error) return;
  // Lambda retries after a minute.
  const again = await scene.invoke(later(event, 61_000));
  expect(again.error).toBeUndefined();
  expect(await entries()).toEqual(permitted);
}

/** A killed process: the next delivery of the event completes the work. */
const deaths = [...faultless].flatMap(([scenario, actions]) =>
  actions.flatMap((action, n) => [false, true].map((applied) => ({ ...scenario, action, at: n + 1, applied }))),
);
const shortDeaths = deaths.filter(({ form, eventName, action }) => {
  const isOne = form === "attached" ? eventName === "CreateCluster" : form !== "cut" && form !== "by name";
  return long || (isOne && /^(Revoke|Deauthorize)/.test(action));
});

test.each(shortDeaths)("$eventName, $form: killed at call $at, $action, completed: $applied", async ({ start, at, action, applied }) => {
  const ready = await start();
  await using scene = ready.scene;
  await killAt(ready, at, applied);
  expect(await ready.entries()).toEqual(expect.arrayContaining([...ready.permitted]));

  const again = await scene.invoke(later(ready.event, 61_000));

  expect(again.error).toBeUndefined();
  if (!applied && /^(Revoke|Deauthorize)/.test(action)) expect(again.results).toContain("revoked");
  expect(await ready.entries()).toEqual(ready.permitted);
});

async function callsOf({ start }: Scenario): Promise<readonly string[]> {
  const { scene, event, entries, permitted } = await start();
  await using _ = scene;
  const { result, actions } = await withFault(scene, () => scene.invoke(event));
  expect(result.results.toSorted()).toEqual(expect.arrayContaining(["revoked"]));
  expect(await entries()).toEqual(permitted);
  return actions;
}

/** The purpose of the call that fails. */
function roleOf({ form, own, action, actions, at }: Pick<Row, "form" | "own" | "action" | "actions" | "at">): Role {
  const isOwnList = own?.list === action;
  if (isOwnList && (own.isPortListed || /^(ListWorkgroups|\w+EndpointAccess)$/.test(action))) return "ownStore";
  if (/^(Revoke|Deauthorize)/.test(action)) return "revoke";
  const before = actions.slice(0, at);
  if (before.some((each) => each.startsWith("Revoke"))) return "verify";
  if (action === "DescribeNetworkInterfaces" || action === "DescribeVpcEndpoints") return "attachments";
  if (action === "GetManagedPrefixListEntries") return "entries";
  const isListOfStores = /^(DescribeCacheClusters|DescribeServerlessCaches|DescribeClusters|ListWorkgroups|\w+EndpointAccess)$/.test(
    action,
  );
  // An event that attaches a group names its store; every other violation reaches a node-based cache.
  if (isListOfStores && (action !== "DescribeCacheClusters" || form === "attached"))
    return before.includes("DescribeSecurityGroupRules") ? "others" : "othersFirst";
  return actions.some((each) => each === "ListWorkgroups") ? "read" : "list";
}
