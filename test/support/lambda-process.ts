import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The function in a process of its own, which accepts events as messages. */
interface LambdaProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Everything that it prints. */
  readonly printed: Promise<string>;
}

/** Starts the function as Lambda does, with an AWS endpoint, the text of its policy, and more environment variables. */
export async function startLambda(endpoint: string, policy: string, env: Readonly<Record<string, string>> = {}): Promise<LambdaProcess> {
  const folder = await mkdtemp(join(tmpdir(), "ingress-warden-"));
  const POLICY_FILE = join(folder, "policy.json");
  await writeFile(POLICY_FILE, policy);
  const child = fork(fileURLToPath(new URL("./invoke-lambda.ts", import.meta.url)), {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: [],
    env: {
      POLICY_FILE,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "123456789012",
      AWS_SECRET_ACCESS_KEY: "x",
      ...env,
    },
  });
  const exit = once(child, "exit");
  const printed = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ""))).then((texts) => texts.join(""));
  await once(child, "message");
  return {
    child,
    printed,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
      await rm(folder, { recursive: true });
    },
  };
}
