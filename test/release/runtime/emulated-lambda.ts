import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The function in Lambda's runtime interface emulator, until it is disposed of. */
export interface EmulatedLambda extends AsyncDisposable {
  /** Invokes the function with an event; the result is the handler's answer or the error that it threw. */
  invoke(event: unknown): Promise<Answer>;
  /** The function's own log lines so far, parsed. */
  log(): readonly Record<string, unknown>[];
  /** Everything printed so far. */
  printed(): string;
}

/** An invocation's answer, as far as tests read it. */
interface Answer {
  readonly outcomes?: readonly { readonly result: string }[];
  readonly errorType?: string;
  readonly errorMessage?: string;
}

/** The account of functions in the emulator. */
export const account = "012345678912";

const loop = fileURLToPath(new URL("loop.mjs", import.meta.url));

/** Starts the bundle of a folder. `rie` is the path of the emulator's binary, `timeout` the function's, in seconds. */
export async function startLambda(
  rie: string,
  folder: string,
  { timeout = 60, env = {} }: { timeout?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<EmulatedLambda> {
  const [port, apiPort] = [await freePort(), await freePort()];
  const addresses = ["--runtime-interface-emulator-address", `127.0.0.1:${port}`, "--runtime-api-address", `127.0.0.1:${apiPort}`];
  const runtime = [process.execPath, "--expose-gc", loop, folder];
  // A process group of its own, so that the runtime ends with it, and `timeout`, so that nothing outlives a killed test.
  const child = spawn("timeout", ["300", rie, "--log-level", "error", ...addresses, ...runtime], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      _HANDLER: "lambda.handler",
      AWS_LAMBDA_FUNCTION_NAME: "ingress-warden",
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeout),
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_EC2_METADATA_DISABLED: "true",
      MODE: "policy",
      ...env,
    },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const ended = once(child, "close");
  await listens(port);
  return {
    async invoke(event) {
      const url = `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`;
      const text = await (await fetch(url, { method: "POST", body: JSON.stringify(event) })).text();
      return text.startsWith("{") ? JSON.parse(text) : { errorMessage: text };
    },
    log: () =>
      printed
        .split("\n")
        .filter((line) => line.startsWith('{"level"'))
        .map((line) => JSON.parse(line)),
    printed: () => printed,
    async [Symbol.asyncDispose]() {
      process.kill(-(child.pid ?? 0), "SIGKILL");
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

async function listens(port: number): Promise<void> {
  for (const end = Date.now() + 10_000; ; await sleep(20)) {
    // Any answer will do: nothing is served at this path.
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      return;
    if (Date.now() > end) throw new Error("The runtime interface emulator does not listen");
  }
}
