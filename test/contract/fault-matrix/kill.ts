import { setTimeout as sleep } from "node:timers/promises";
import { startLambda } from "../../support/lambda-process.ts";
import type { Ready } from "../scenarios.ts";

/**
 * Runs the function in a process of its own, and kills the process at its Nth request to AWS, which AWS has then completed
 * (`applied`) or not. Throws if the function makes fewer requests.
 */
export async function killAt({ scene: { emulator }, event, permit }: Ready, at: number, applied: boolean): Promise<void> {
  try {
    await using lambda = await startLambda(emulator.url, JSON.stringify({ mode: "enforce", permit }));
    emulator.fail({ after: at - 1, answer: "never", applied });
    const reached = emulator.requests.length + at;
    let ended = false;
    lambda.child.once("message", () => (ended = true)).send(event);
    while (emulator.requests.length < reached) {
      if (ended) throw new Error(`The function made fewer than ${at} calls`);
      await sleep(5);
    }
  } finally {
    emulator.heal();
  }
}
