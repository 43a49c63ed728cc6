import { Readable } from "node:stream";

/** A command line to run: its arguments, what standard input holds, and what is added to the environment. */
export interface Request {
  readonly id: number;
  readonly args: readonly string[];
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What it printed and its exit code. */
export interface Answer {
  readonly id: number;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let count = 0;
let last: Promise<unknown> = Promise.resolve();
process.on("message", (request: Request) => {
  last = last.then(async () => process.send?.(await run(request)));
});

/** Loads the command line's entrance once more, which runs it; what it imports is loaded once. */
async function run({ id, args, input, env }: Request): Promise<Answer> {
  const [stdout, stderr] = [collect(process.stdout), collect(process.stderr)];
  Object.defineProperty(process, "stdin", { value: Readable.from([Buffer.from(input)]), configurable: true });
  process.argv = [process.execPath, "ingress-warden", ...args];
  process.exitCode = 0;
  Object.assign(process.env, env);
  try {
    await import(`../../src/cli/index.ts?${++count}`);
    return { id, code: process.exitCode, stdout: stdout(), stderr: stderr() };
  } catch (error) {
    return { id, code: 1, stdout: stdout(), stderr: `${stderr()}${(error as Error).stack}` };
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
  }
}

/** Collects what is written to a stream from now on; the result ends that and gives the text. */
function collect(stream: NodeJS.WriteStream): () => string {
  let text = "";
  const { write } = stream;
  stream.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  return () => {
    stream.write = write;
    return text;
  };
}
