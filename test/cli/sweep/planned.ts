import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { compileCache } from "../../support/compile-cache.ts";
import type { Ended } from "../../support/run.ts";
import { writes } from "../../support/scene.ts";
import type { Run } from "../shared-process.ts";
import { cacheBehind, linesIn, openClusterGroup, type SweepWorld, shareSnapshot, startWorld } from "./world.ts";

/** A world with violations in two Regions, and a plan that revokes all of them. */
export interface Planned extends SweepWorld {
  readonly plan: string;
  /** Applies the plan. */
  apply(): Promise<Ended>;
  /** Applies the plan in a process of its own. */
  start(): Running;
  /** The revokes that took effect, each with what it revoked. */
  revokes(): readonly string[];
  /** The lines of the file that records the progress, without what a crash cut off. */
  progress(): readonly Record<string, unknown>[];
}

interface Running {
  kill(signal: "SIGKILL" | "SIGINT"): void;
  readonly ended: Promise<Ended>;
}

/** A plan in a file, and its policy. */
interface PlanFiles {
  readonly plan: string;
  readonly policy: string;
}

/** How many grants the plan revokes: two ranges of a group, two rules of another one, and a snapshot that is shared. */
export const plannedGrants = 5;

/** Returns a function that makes such worlds. The ids in them are the same, so they share a plan, which is made once. */
export function plannedWorlds(run: Run): () => Promise<Planned> {
  let made: Promise<PlanFiles> | undefined;
  return async () => {
    const world = await startWorld();
    await violate(world);
    made ??= makePlan(run, world);
    const { plan: original, policy } = await made;
    const folder = await mkdtemp(join(tmpdir(), "ingress-warden-plan-"));
    const plan = join(folder, "plan.ndjson");
    await copyFile(original, plan);
    const args = ["sweep", "--policy", policy, "--apply", plan];
    return {
      ...world,
      plan,
      apply: () => run(args, { env: world.env }),
      start: () => start(args, world.env),
      revokes: () => revokesIn(world),
      progress() {
        const file = `${plan}.applied.ndjson`;
        return existsSync(file) ? linesIn(readFileSync(file, "utf8").replace(/[^\n]*$/, "")) : [];
      },
      async [Symbol.asyncDispose]() {
        await world[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      },
    };
  };
}

async function violate({ emulator }: SweepWorld): Promise<void> {
  await openClusterGroup(emulator, "analytics", "0.0.0.0/0");
  await openClusterGroup(emulator, "analytics", "198.51.100.0/24");
  await cacheBehind(emulator, "sessions", [
    ["0.0.0.0/0", 6379],
    ["198.51.100.0/24", 6379],
  ]);
  await shareSnapshot(emulator, "dwh", "999988887777", { region: "us-east-1" });
}

async function makePlan(run: Run, { env }: SweepWorld): Promise<PlanFiles> {
  const folder = await mkdtemp(join(tmpdir(), "ingress-warden-plan-"));
  const [policy, plan] = [join(folder, "policy.json"), join(folder, "plan.ndjson")];
  await writeFile(policy, JSON.stringify({ mode: "enforce", permit: [{ name: "own", owners: ["self"] }] }));
  const { code, stderr } = await run(["sweep", "--policy", policy, "--regions", "eu-west-1,us-east-1", "--out", plan], { env });
  if (code !== 3) throw new Error(`No plan was made: ${stderr}`);
  return { plan, policy };
}

function start(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, ["src/cli/index.ts", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", NODE_NO_WARNINGS: "1", ...compileCache, ...env },
  });
  const ended = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return {
    kill: (signal) => void child.kill(signal),
    ended: ended.then(([[code], stdout, stderr]) => ({ code, stdout, stderr })),
  };
}

function revokesIn({ emulator }: SweepWorld): readonly string[] {
  return writes(emulator.requests)
    .filter(({ action, applied }) => action.startsWith("Revoke") && applied)
    .flatMap(({ parameters }) => {
      const sources = [...parameters].filter(([name]) => /^(CIDRIP|AccountWithRestoreAccess|SecurityGroupRuleId\.\d+)$/.test(name));
      return sources.map(([, source]) => source);
    });
}
