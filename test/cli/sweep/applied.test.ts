import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openApplied } from "#cli/sweep/applied.ts";
import { grantTo, home, id } from "../../support/grants.ts";
import { long } from "../../support/long.ts";
import { linesIn } from "./world.ts";

const grants = ["999988887777", "888877776666"].map((owner) =>
  grantTo(
    { kind: "account", owner: id(owner) },
    { service: "redshift", eventName: "AuthorizeSnapshotAccess" },
    { place: home, resource: "dwh/é" },
  ),
);

test("a record of the progress that a crash cut off after any byte is read, and goes on after its last whole line", async () => {
  const plan = join(mkdtempSync(join(tmpdir(), "ingress-warden-applied-")), "plan.ndjson");
  const file = `${plan}.applied.ndjson`;
  const first = await openApplied(plan, "p");
  for (const grant of grants) await first.record([{ line: "begun", grant, undo: "aws redshift …" }]);
  await first.close();
  const whole = readFileSync(file);
  for (let length = 0; length <= whole.length; length += long ? 1 : 7) {
    writeFileSync(file, whole.subarray(0, length));
    const kept = whole.subarray(0, length).toString("utf8").split("\n").length - 1;

    const applied = await openApplied(plan, "p");
    expect(applied.begun.size).toBe(Math.max(0, kept - 1));
    await applied.record([{ line: "begun", grant: { ...grants[0], resource: "dwh/new" } as (typeof grants)[0] & object, undo: "aws" }]);
    await applied.close();

    const lines = linesIn(readFileSync(file, "utf8"));
    expect(lines[0]).toEqual({ line: "applied", plan: "p" });
    expect(lines).toHaveLength(Math.max(1, kept) + 1);
  }
});

test.each([
  ["another plan", (text: string) => text.replace('"p"', '"q"'), "is of another plan"],
  ["a line that was changed", (text: string) => text.replace('"undo"', '"redo"'), ":2: no line of a plan's progress"],
  ["no first line", (text: string) => text.replace(/^.*\n/, ""), ":1: no line of a plan's progress"],
  ["an empty line", (text: string) => text.replace("\n", "\n\n"), ":2: no line of a plan's progress"],
])("a record of the progress with %s is refused, and stays", async (_, change, message) => {
  const plan = join(mkdtempSync(join(tmpdir(), "ingress-warden-applied-")), "plan.ndjson");
  const file = `${plan}.applied.ndjson`;
  const first = await openApplied(plan, "p");
  for (const grant of grants) await first.record([{ line: "begun", grant, undo: "aws redshift …" }]);
  await first.close();
  const changed = change(readFileSync(file, "utf8"));
  writeFileSync(file, changed);
  await expect(openApplied(plan, "p")).rejects.toThrow(message);
  expect(readFileSync(file, "utf8")).toBe(changed);
});
