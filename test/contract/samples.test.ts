import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { events } from "#authorizations/index.ts";
import { type Sandbox, startSandbox } from "#cli/replay/sandbox.ts";
import { policyOf, startScene } from "../support/scene.ts";

const files = readdirSync("events", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
const read = (file: string) => JSON.parse(readFileSync(file, "utf8"));
const policy = await policyOf({ ...read("policy.json"), mode: "enforce" });
const at = Date.parse("2026-11-20T10:00:05Z");
let sandbox: Sandbox;
/** What a call grants of which AWS has no list. */
const unlisted: Readonly<Record<string, readonly string[]>> = { RegisterNamespace: ["one consumer"] };

beforeAll(async () => {
  sandbox = await startSandbox();
  // It opens the group that samples of other calls attach, as it does in `npm run replay`.
  await sandbox.prepare(read("events/AuthorizeSecurityGroupIngress/violating-group-attached-later.json"));
});
afterAll(() => sandbox.close());

test("every folder of events/ has the name of a watched event", () => {
  expect(readdirSync("events").sort()).toEqual([...new Set(events.map(({ eventName }) => eventName))].sort());
});

test.each(files)("%s has the result that its name states", async (file) => {
  await using scene = await startScene({ policy, at, aws: sandbox.aws });
  const { event, refusal } = await sandbox.prepare(read(`events/${file}`));
  const before = await sandbox.entries(event);

  const { results, error } = await scene.invoke(event);

  const after = await sandbox.entries(event);
  const [kind] = /(?<=\/)(permitted|out-of-scope|violating|failed-call)/.exec(file) ?? [];
  expect([error, refusal]).toEqual([undefined, undefined]);
  if (kind === "failed-call") {
    expect({ results, before, after }).toEqual({ results: [], before: undefined, after: undefined });
    return expect(scene.lines).toMatchObject([{ level: "info", text: expect.stringMatching(/event \S+: the call failed$/) }]);
  }
  const entry = events.find(({ eventName }) => file.startsWith(`${eventName}/`))?.authorization;
  const isEdit = file.includes("PrefixList") && !file.startsWith("Authorize");
  const violating = isEdit || entry?.reportOnly ? "reported" : "revoked";
  const result = { permitted: "permitted", "out-of-scope": "outOfScope", violating }[kind ?? ""];
  expect(before).not.toEqual([]);
  expect(results).toEqual((before ?? unlisted[entry?.name ?? ""])?.map(() => result));
  expect(after).toEqual(result === "revoked" ? [] : before);
});
