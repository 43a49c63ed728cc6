import { vocabulary } from "#authorizations/index.ts";
import type { Grant } from "#domain/grant.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { grantKey } from "#inventory/grant-key.ts";
import { type PolicyFile, readPolicy } from "#policy/file.ts";
import { createPlaceViews } from "#sweep/place-view.ts";
import { readTrail } from "#trail/read.ts";
import { type Command, textFlag } from "../command.ts";
import { openInventory } from "../inventory/file.ts";
import { judgeOnly } from "../replay/judge-only.ts";
import { isWatched } from "../replay/watched-record.ts";
import { type ChangedGrant, changeOf } from "./grants.ts";
import { changedStatements } from "./statements.ts";
import { type Compared, textOf } from "./text.ts";

/**
 * Compares two policies. Returns the exit code: 3 when a grant would become a violation, 1 when an inventory is incomplete or an event cannot
 * be judged, else 0. Throws a UsageError.
 */
export const run: Command["run"] = async ({ flags, positionals: [oldFile, newFile, ...paths] }) => {
  if (oldFile === undefined || newFile === undefined) throw new UsageError("diff takes two policies: the old and the new one");
  if (flags["json"] && flags["markdown"]) throw new UsageError("diff prints --json or --markdown: give one of them");
  const policies = [await readPolicy(oldFile, vocabulary), await readPolicy(newFile, vocabulary)] as const;
  const [before, after] = policies;
  const at = Date.now();
  const changed: ChangedGrant[] = [];
  let [grants, problems] = [0, 0];
  const compare = (grant: Grant) => {
    grants++;
    const change = changeOf(grant, before, after, at);
    if (change) changed.push(change);
  };
  const report = (problem: string) => {
    problems++;
    console.error(problem);
  };
  const listed = new Set<string>();
  // Inventories can overlap. Grants of events are not compared by their keys: the emulator gives rules of different events the same id.
  const compareOnce = (grant: Grant) => {
    if (listed.size < listed.add(grantKey(grant)).size) compare(grant);
  };
  for (const file of textFlag(flags, "inventory")?.split(",") ?? []) await readInventory(file, compareOnce, report);
  if (paths.length > 0) await readEvents(paths, before, at, compare, report);
  const compared: Compared = { grants, changed, statements: changedStatements(before.document, after.document) };
  process.stdout.write(textOf(compared, flags["json"] ? "json" : flags["markdown"] ? "markdown" : "text"));
  if (changed.some(({ change }) => change === "violation")) return 3;
  return problems > 0 ? 1 : 0;
};

/** Calls `compare` with every grant of an inventory, and `report` for each place that is incomplete. */
async function readInventory(file: string, compare: (grant: Grant) => void, report: (problem: string) => void): Promise<void> {
  const viewOf = createPlaceViews();
  await (await openInventory(file)).read(async (line) => {
    const { grant } = viewOf(line);
    if (grant) compare(grant);
    if (line.line === "end" && !line.complete)
      report(`${printable(file)}: ${line.place.account} ${line.place.region} is incomplete: other grants may change, too`);
  });
}

/** Calls `compare` with every grant of events, as replay finds them, and `report` for each event that cannot be judged. */
async function readEvents(
  paths: readonly string[],
  policy: PolicyFile,
  at: number,
  compare: (grant: Grant) => void,
  report: (problem: string) => void,
): Promise<void> {
  const { items } = await readTrail(paths, isWatched);
  const sandbox = await (await import("../replay/sandbox.ts")).startSandbox();
  try {
    for await (const item of items) {
      if ("problem" in item) {
        report(`${item.label}: ${item.problem}`);
        continue;
      }
      const { outcomes, shortfall, reason } = await judgeOnly(item.event, policy, at, sandbox);
      for (const { grant } of outcomes) compare(grant);
      if (shortfall === "unreadable" || shortfall === "cannot be staged" || shortfall === "judged in part")
        report(`${item.label}: ${reason ?? shortfall}`);
    }
  } finally {
    await sandbox.close();
  }
}
