// `npm run bench [-- --rounds N | --smoke]`: measures, prints the report, and writes results.json, chart.svg and the tables of
// docs/PERFORMANCE.md. BENCH_PYTHON names a Python with boto3 and c7n. --smoke checks that the benchmark runs, and writes nothing.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Case, type EventName, isIdle, isPython, smokeRound, wholeCpuMb, wholeRound } from "./cases.ts";
import { type Job, run } from "./process.ts";
import { makeQuotas } from "./quota.ts";
import { makeReading, measureReading } from "./reading.ts";
import { publish, report } from "./report.ts";
import { type DecisionSample, type Results, type Sample, spread, summary } from "./results.ts";
import { sizeOf } from "./size.ts";
import { startStub } from "./stub.ts";
import { buildVariants } from "./subjects.ts";
import { makeSweep } from "./sweep.ts";

process.chdir(join(import.meta.dirname, ".."));
const { rounds: given, smoke } = parseArgs({ options: { rounds: { type: "string", default: "11" }, smoke: { type: "boolean" } } }).values;
const rounds = smoke ? 1 : Number(given);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${given}: write a whole number of at least 1`);
if (!process.version.startsWith("v24.")) throw new Error(`Lambda runs Node.js 24, and this is ${process.version}: use npm run bench`);

const folder = mkdtempSync(join(tmpdir(), "ingress-warden-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
process.once("SIGINT", () => process.exit(130)); // Without it, no "exit" event would remove the folder and the cgroups.
const leftOut: string[] = [];
const holdToQuota = orLeaveOut("CPU quotas", makeQuotas);
const python = orLeaveOut("boto3 and Cloud Custodian", findPython);
const reading = await makeReading(folder, smoke ? 2 : 400, process.env["BENCH_PYTHON"] || "python3", (sentence) =>
  leftOut.push(sentence),
).catch((error: Error) => void leftOut.push(`reading trails: ${error.message}.`));
for (const sentence of leftOut) console.error(`NOT MEASURED: ${sentence}`);

const stub = await startStub();
const jobOf = await buildVariants(folder, stub, python?.program);
const coldStarts = (smoke ? smokeRound : wholeRound)
  .filter(({ variant, memoryMb }) => (python || !isPython(variant)) && (holdToQuota || memoryMb === wholeCpuMb))
  .map((each) => series(each, measureCase));
const decisions = (smoke ? [10] : [10, 1_000, 100_000]).map((ranges) => series({ ranges }, measureDecision));
const warm = series({ events: smoke ? 1_000 : 60_000 }, measureWarm);
const readers = (reading?.readers ?? []).map((reader) => series(reader, async () => measureReading(reader, reading?.mb ?? 0)));
const sweeping = reading
  ? await Promise.all((smoke ? [5_000] : [50_000, 100_000]).map((grants) => makeSweep(join(folder, "bin"), grants)))
  : [];
const sweeps = sweeping.map((each) => series(each, ({ measure }) => measure()));
/** A sweep takes much longer than the rest, and varies less. */
const roundsOfSweeps = 3;
const loads: number[] = [];
for (let round = 1; round <= rounds; round++) {
  console.error(`round ${round} of ${rounds}`);
  const now = round <= roundsOfSweeps ? sweeps : [];
  for (const each of shuffled([...coldStarts, ...decisions, ...readers, ...now, warm])) await each.addSample();
  loads.push(loadavg()[0] ?? Number.NaN);
}
await Promise.all(sweeping.map(({ close }) => close()));

const results: Results = {
  versions: `Node ${process.versions.node}${python ? `; ${python.versions}` : ""}`,
  machine: `${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model.trim()}`,
  rounds,
  load: spread(loads),
  leftOut,
  coldStarts: coldStarts.map(({ what, samples }) => ({ ...what, ...summary(samples) })),
  decisions: decisions.map(({ what, samples }) => ({ ...what, ...summary(samples) })),
  ...summary(warm.samples),
  ...(reading && {
    reading: { mb: reading.mb, readers: readers.map(({ what: { name, input }, samples }) => ({ name, input, ...summary(samples) })) },
  }),
  ...(sweeps.length > 0 && {
    sweeps: sweeps.map(({ what: { grants }, samples }) => ({ grants, ...summary(samples) })),
  }),
  size: await measureSize(),
};
if (results.load.median > cpus().length + 1)
  console.error(`The machine was BUSY, load average ${results.load.median}: repeat this on an idle machine.`);
console.log(report(results));
if (smoke) console.log("\nA smoke run: it checks that the benchmark runs. Its figures mean nothing, and nothing is written.");
else publish(results);

/** The samples of one measurement, and how to add one. */
function series<What, Sample>(what: What, measure: (what: What) => Promise<Sample>) {
  const samples: Sample[] = [];
  return { what, samples, addSample: async () => void samples.push(await measure(what)) };
}

type InitAndHandler = Omit<Sample, "total" | "totalCpu">;

/** Throws when the variant did not revoke and log as it must. */
async function measureCase({ variant, event, memoryMb }: Case): Promise<Sample> {
  stub.revokes = 0;
  const { logged, ...sample } = await run<InitAndHandler>(jobOf(variant, event), (pid) => holdToQuota?.(pid, memoryMb));
  const [revokes, lines] = isIdle(variant) ? [0, 0] : [event.endsWith("violation") ? 1 : 0, 1];
  if (stub.revokes !== revokes || logged < lines) throw new Error(`${variant}, ${event}: ${stub.revokes} revokes and ${logged} log lines`);
  return { ...sample, total: sample.init + sample.handler, totalCpu: sample.initCpu + sample.handlerCpu };
}

async function measureDecision({ ranges }: { ranges: number }): Promise<DecisionSample> {
  const job = (task: string): Job => ({ command: [process.execPath, "bench/decision.ts", task, String(ranges), folder] });
  const { buildMs } = await run<Pick<DecisionSample, "buildMs">>(job("build"));
  const { policyMs, permittedUs, violationUs } = await run<Omit<DecisionSample, "buildMs">>(job("decide"));
  return { buildMs, policyMs, permittedUs, violationUs };
}

async function measureWarm({ events }: { events: number }): Promise<{ eventsPerSecond: number }> {
  const job = jobOf("product", "elasticache permitted", "warm", String(events));
  const { eventsPerSecond } = await run<{ eventsPerSecond: number }>({ ...job, log: "ignore" });
  return { eventsPerSecond };
}

async function measureSize(): Promise<Results["size"]> {
  const loadsOf = (event: EventName) => run<{ bytes: number; heavy: string[] }>(jobOf("product", event, "loads"));
  const [elasticache, redshift] = [await loadsOf("elasticache violation"), await loadsOf("redshift violation")];
  const heavy = [...new Set([...elasticache.heavy, ...redshift.heavy])];
  return { ...sizeOf(join(folder, "dist")), loaded: { elasticache: elasticache.bytes, redshift: redshift.bytes }, heavy };
}

/** What `make` returns. When it throws, the report states that `what` was not measured, and why. */
function orLeaveOut<Made>(what: string, make: () => Made): Made | undefined {
  try {
    return make();
  } catch (error) {
    leftOut.push(`${what}: ${(error as Error).message}.`);
    return undefined;
  }
}

function findPython(): { program: string; versions: string } {
  const program = process.env["BENCH_PYTHON"];
  if (!program) throw new Error("BENCH_PYTHON names no Python");
  const script = "import platform, boto3, c7n.version as c; print(platform.python_version(), boto3.__version__, c.version)";
  const { error, status, stdout, stderr } = spawnSync(program, ["-c", script], { encoding: "utf8" });
  if (status !== 0) throw new Error(`BENCH_PYTHON has no boto3 or no c7n: ${error?.message ?? stderr.trim().split("\n").at(-1)}`);
  const [own, boto3, c7n] = stdout.trim().split(" ");
  return { program, versions: `Python ${own}, boto3 ${boto3}, Cloud Custodian ${c7n}` };
}

/** The same items in a random order. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  const keyed = items.map((item) => ({ item, order: Math.random() }));
  return keyed.sort((a, b) => a.order - b.order).map(({ item }) => item);
}
