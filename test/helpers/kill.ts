import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Ready } from "./fault-scenes.ts";

/**
 * Runs the function in a process of its own, and kills that when AWS has been asked for the Nth time: by a request that
 * was then done, or was not. Throws when it ends before.
 */
export async function killAt({ scene: { emulator }, event, permit }: Ready, at: number, applied: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "ingress-warden-"));
  const POLICY_FILE = join(folder, "policy.json");
  await writeFile(POLICY_FILE, JSON.stringify({ mode: "enforce", permit }));
  const child = fork(fileURLToPath(new URL("./invoke-lambda.ts", import.meta.url)), {
    stdio: "ignore",
    serialization: "json",
    execArgv: [],
    env: {
      POLICY_FILE,
      AWS_ENDPOINT_URL: emulator.url,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "123456789012",
      AWS_SECRET_ACCESS_KEY: "x",
    },
  });
  const exit = once(child, "exit");
  try {
    await once(child, "message");
    emulator.fail({ after: at - 1, answer: "never", applied });
    const reached = emulator.requests.length + at;
    let ended = false;
    child.once("message", () => (ended = true)).send(event);
    while (emulator.requests.length < reached) {
      if (ended) throw new Error(`It made fewer than ${at} calls`);
      await sleep(5);
    }
  } finally {
    child.kill("SIGKILL");
    await exit;
    emulator.heal();
    await rm(folder, { recursive: true });
  }
}
