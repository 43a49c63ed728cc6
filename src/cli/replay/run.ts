import { setFlagsFromString } from "node:v8";
import { events } from "#authorizations/index.ts";
import { makeHandler, silent } from "#handler.ts";
import { type Item, readTrail, type Trail } from "#trail/read.ts";
import { type Command, textFlag } from "../command.ts";
import { policyOf, timeOf } from "../policy-flags.ts";
import { progress } from "../progress.ts";
import { pathsOr } from "../standard-input.ts";
import { traceOf } from "../trace.ts";
import { listed } from "./assumed-stores.ts";
import { createComplaints } from "./complaints.ts";
import { exitCode, gateOf } from "./exit-code.ts";
import { type Judged, judge, type Shortfall } from "./judge.ts";
import { createNotes } from "./notes.ts";
import { createReport, type Report } from "./report.ts";
import { inMode, wantedBy } from "./run-flags.ts";
import { targetOf } from "./target.ts";
import { isWatched } from "./watched-record.ts";

/** Replays the events in files, folders or standard input. Returns the exit code. Throws a UsageError. */
export const run: Command["run"] = async ({ flags, positionals }) => {
  // By default, V8 keeps up to 100 MB of objects that nobody uses any more.
  setFlagsFromString("--semi-space-growth-factor=1");
  const file = await policyOf(flags);
  const policy = inMode(file, flags);
  const at = flags["at"] === undefined ? undefined : timeOf(flags);
  const gate = gateOf(textFlag(flags, "fail-on"));
  const report = createReport({ json: flags["json"] === true, quiet: flags["quiet"] === true, isWanted: wantedBy(flags) });
  const trail = await readTrail(await pathsOr(positionals, ["events"]), isWatched);
  const target = await targetOf(flags, file);
  const judgeOne = async (event: unknown) => {
    const { aws, home, sandbox } = await target.start();
    let nothing: { readonly nothing?: string } = {};
    const onNothing = (reason: string) => {
      nothing = { nothing: reason };
    };
    const setup = { policy, audit: false, watched: events, aws, home, logFor: () => silent, onNothing, at, clock: Date.now };
    const handler = makeHandler(setup);
    return judge(event, async (staged) => ({ ...(await handler(staged)), ...nothing }), sandbox);
  };
  try {
    return exitCode(await replayAll(trail, judgeOne, report, () => target.unusedGroups()), problems, gate);
  } finally {
    await target.close();
  }
};

/** Replays the samples one after the other and reports each, and which groups of `--store` were not used. Returns the totals. */
async function replayAll(
  { items, skipped }: Trail,
  judgeOne: (event: unknown) => Promise<Judged>,
  report: Report,
  unusedGroups: () => readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  const progressLine = progress("event");
  const notes = createNotes();
  const print = (line: string) => {
    progressLine.clear();
    console.error(line);
  };
  const complaints = createComplaints(print);
  const reportProblem = ({ file, label }: Item, problem: string, kind: Shortfall = "unreadable") => {
    count(kind);
    if (kind === "unreadable") complaints.add(file, `${label}: ${problem}`);
    else print(`${label}: ${kind === "cannot be staged" ? "cannot be staged here: " : ""}${problem}`);
  };
  const replayOne = async (sample: Item) => {
    if ("problem" in sample) return reportProblem(sample, sample.problem);
    const judged = await judgeOne(sample.event);
    const { outcomes, shortfall, reason = "" } = judged;
    const isProblem = shortfall !== undefined && problems.has(shortfall);
    for (const { result } of outcomes) count(result);
    if (isProblem) reportProblem(sample, reason, shortfall);
    else if (shortfall !== undefined) count(shortfall);
    notes.add(judged);
    progressLine.clear();
    if (!isProblem || outcomes.length > 0) report.event(sample.label, judged);
  };
  try {
    for await (const sample of items) {
      progressLine.step();
      await replayOne(sample).catch((error: unknown) => reportProblem(sample, traceOf(error)));
    }
    complaints.end();
  } finally {
    progressLine.end();
  }
  if (counts.size === 0 && skipped.notWatched === 0) {
    console.error("no CloudTrail record was found");
    count("unreadable");
  }
  const unused = unusedGroups();
  if (unused.length > 0) console.error(`--store was not used for ${listed(unused)}: no judged event is about a security group of this id`);
  for (const [what, number] of countsOf(skipped)) if (number > 0) counts.set(what, number);
  report.end(counts, notes.lines());
  return counts;
}

/** The shortfalls after which a script must not believe that everything was judged. */
const problems: ReadonlySet<Shortfall> = new Set(["unreadable", "cannot be staged", "judged in part"]);

/** What was left out of the input, in words. */
function countsOf({ notWatched, notATrail, duplicates }: Trail["skipped"]): readonly (readonly [string, number])[] {
  const files = [...notATrail].map(([kind, number]) => `${number} ${kind}`).join(", ");
  const count = [...notATrail.values()].reduce((sum, number) => sum + number, 0);
  return [
    ["not watched", notWatched],
    [`not a trail (${files})`, count],
    ["read already", duplicates],
  ];
}
