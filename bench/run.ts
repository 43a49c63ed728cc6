// `npm run bench [-- --rounds N | --smoke]`: measures, prints, and writes results.json, chart.svg and the tables of docs/PERFORMANCE.md.
// BENCH_PYTHON names a Python that has boto3 and c7n. --smoke only shows that the bench runs: it writes nothing.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Case, isPython, memories, smokeRound, wholeCpuMb, wholeRound } from "./cases.ts";
import type { DecisionSample } from "./decision.ts";
import { ask, coldStart, type Sample } from "./measure.ts";
import { publish } from "./publish.ts";
import { makeQuotas } from "./quota.ts";
import { report } from "./report.ts";
import { type Results, summary } from "./results.ts";
import { shuffled, spread } from "./statistics.ts";
import { startStub } from "./stub.ts";
import { makeSubjects } from "./subjects.ts";

process.chdir(join(import.meta.dirname, ".."));
const { values } = parseArgs({ options: { rounds: { type: "string", default: "11" }, smoke: { type: "boolean", default: false } } });
const rounds = values.smoke ? 1 : Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: write a whole number from 1 on`);
if (!process.version.startsWith("v24.")) throw new Error(`Lambda runs Node 24, and this is ${process.version}: use npm run bench`);
const sizes = values.smoke ? [10] : [10, 1_000, 100_000];
const warmEvents = values.smoke ? 1_000 : 60_000;

const leftOut: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "ingress-warden-bench-"));
const quotas = makeQuotas(memories.slice(0, -1));
process.once("exit", () => {
  rmSync(folder, { recursive: true, force: true });
  if (typeof quotas !== "string") quotas.remove();
});
process.once("SIGINT", () => process.exit(130)); // So that what was made is removed.

const python = pythonOf(process.env["BENCH_PYTHON"]);
if (typeof quotas === "string") leftOut.push(`CPU quotas: ${quotas}.`);
const cases = (values.smoke ? smokeRound : wholeRound).filter(
  ({ variant, memoryMb }) => (python || !isPython(variant)) && (typeof quotas !== "string" || memoryMb === wholeCpuMb),
);
for (const sentence of leftOut) console.error(`NOT MEASURED: ${sentence}`);

const stub = await startStub(folder);
const subjects = await makeSubjects(folder, stub.url, stub.certificate, python?.program);
const coldStarts = new Map<Case, Sample[]>(cases.map((each) => [each, []]));
const decisions = new Map<number, (DecisionSample & { buildMs: number })[]>(sizes.map((size) => [size, []]));
const warm: number[] = [];
const loads: number[] = [];
const tasks = [...cases.map((each) => () => measureCase(each)), ...sizes.map((size) => () => measureDecision(size)), measureWarm];
for (let round = 1; round <= rounds; round++) {
  console.error(`round ${round} of ${rounds}`);
  for (const task of shuffled(tasks)) await task();
  loads.push(loadavg()[0] ?? Number.NaN);
}
const results: Results = {
  versions: `Node ${process.versions.node}${python ? `; ${python.versions}` : ""}`,
  machine: `${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model.trim()}`,
  rounds,
  load: spread(loads),
  leftOut,
  coldStarts: [...coldStarts].map(([each, samples]) => ({ ...each, runs: samples.length, ...summary(samples.map(withTotals)) })),
  decisions: [...decisions].map(([ranges, samples]) => ({ ranges, ...summary(samples) })),
  eventsPerSecond: spread(warm),
  size: await subjects.size(),
};
stub.close();
if (results.load.median > cpus().length + 1)
  console.error(`The machine was BUSY, load average ${results.load.median}: run this again on an idle one.`);
if (values.smoke) console.log("A smoke run: that it runs is all that it shows. Nothing is written.\n");
console.log(report(results));
if (!values.smoke) await publish(results);

/** Throws when the one measured did not do what it is measured for. */
async function measureCase(each: Case): Promise<void> {
  const { variant, event, memoryMb } = each;
  stub.takeRevokes();
  const { logged, ...sample } = await coldStart(subjects.job(variant, event), (pid) => {
    if (memoryMb !== wholeCpuMb && typeof quotas !== "string") quotas.hold(pid, memoryMb);
  });
  const idle = variant === "noop" || variant === "c7n";
  const [revokes, lines] = idle ? [0, 0] : [event.endsWith("violation") ? 1 : 0, 1];
  const revoked = stub.takeRevokes();
  if (revoked !== revokes || logged < lines) throw new Error(`${variant}, ${event}: ${revoked} revokes and ${logged} lines logged`);
  coldStarts.get(each)?.push(sample);
}

async function measureDecision(ranges: number): Promise<void> {
  const askOf = <Answer>(script: string) =>
    ask<Answer>({ command: [process.execPath, `bench/${script}`, String(ranges), folder], env: {}, input: "" });
  const { buildMs } = await askOf<{ buildMs: number }>("build.ts");
  decisions.get(ranges)?.push({ ...(await askOf<DecisionSample>("decision.ts")), buildMs });
}

async function measureWarm(): Promise<void> {
  const job = subjects.productJob("warm.mjs", "elasticache permitted", String(warmEvents));
  warm.push((await ask<{ eventsPerSecond: number }>(job)).eventsPerSecond);
}

function withTotals(sample: Sample) {
  return { ...sample, total: sample.init + sample.handler, totalCpu: sample.initCpu + sample.handlerCpu };
}

/** The Python that is given and its versions, or undefined when there is none with both packages. */
function pythonOf(program = ""): { program: string; versions: string } | undefined {
  const versions = "import platform, boto3, c7n.version as c; print(platform.python_version(), boto3.__version__, c.version)";
  if (program === "") leftOut.push("boto3 and Cloud Custodian: BENCH_PYTHON names no Python.");
  else
    try {
      const [own, boto3, c7n] = execFileSync(program, ["-c", versions], { stdio: "pipe", encoding: "utf8" }).trim().split(" ");
      return { program, versions: `Python ${own}, boto3 ${boto3}, Cloud Custodian ${c7n}` };
    } catch (error) {
      leftOut.push(`boto3 and Cloud Custodian: BENCH_PYTHON is no Python that has both: ${(error as Error).message.split("\n").at(-2)}.`);
    }
  return undefined;
}
