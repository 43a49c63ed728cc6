import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { events, vocabulary } from "#authorizations/index.ts";
import { type Aws, connect } from "#aws/connect.ts";
import { member } from "#cloudtrail/fields.ts";
import { type Emulator, type EmulatorOptions, type LoggedRequest, startEmulator } from "#emulator/index.ts";
import { InvocationError, type Log, makeHandler, type Setup } from "#handler.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { type PolicyFile, readPolicy } from "#policy/file.ts";
import { permissions } from "../release/template/stack.ts";
import { contextOf } from "./context.ts";

/** A line of the handler's log, with its data. */
interface Line {
  readonly level: string;
  readonly text: string;
  readonly extra: unknown;
}

/** The result of an invocation, whether it threw or not. */
export interface End {
  readonly outcomes: readonly Outcome[];
  readonly results: readonly Outcome["result"][];
  readonly error?: Error;
}

/** The emulator, and the function with clients of it. */
export interface Scene extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly aws: Aws;
  readonly lines: readonly Line[];
  invoke(event: unknown, context?: Context): Promise<End>;
  /** Hands the function an SQS batch with these events, or bodies, as messages "m0", "m1" and so on. Returns its response. */
  batch(bodies: readonly unknown[], context?: Context): Promise<SQSBatchResponse>;
  /** The requests to the emulator since the last call of this function. */
  requests(): readonly LoggedRequest[];
}

type SceneOptions = Partial<Setup> & { readonly emulator?: EmulatorOptions };

/** Starts one; by default with a policy that permits no grant of the tests, in the mode enforce. */
export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const emulator = await startEmulator({ createMissing: true, ...options.emulator });
  const aws = connect({ endpoint: emulator.url, credentials: ({ account }) => ({ accessKeyId: account, secretAccessKey: "x" }) });
  const lines: Line[] = [];
  const log = recorder(lines);
  const policy = options.policy ?? (await policyOf(permitsNobody));
  const handler = makeHandler({ audit: false, watched: events, aws, logFor: () => log, clock: Date.now, ...options, policy });
  let seen = 0;
  return {
    emulator,
    aws,
    lines,
    invoke: invoker(handler, emulator, options.logFor ? undefined : lines),
    batch: (bodies, context = contextOf()) => handler(batchOf(bodies), context),
    requests() {
      const since = emulator.requests.slice(seen);
      seen = emulator.requests.length;
      return since;
    },
    async [Symbol.asyncDispose]() {
      aws.destroy();
      await emulator.close();
    },
  };
}

/** An SQS batch as Lambda hands it over; a body that is no text is JSON. */
export function batchOf(bodies: readonly unknown[]): SQSEvent {
  const attributes = {
    ApproximateReceiveCount: "1",
    SentTimestamp: "0",
    SenderId: "events.amazonaws.com",
    ApproximateFirstReceiveTimestamp: "0",
  };
  const Records = bodies.map((body, n) => ({
    messageId: `m${n}`,
    receiptHandle: `handle${n}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes,
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:events",
    awsRegion: "eu-west-1",
  }));
  return { Records };
}

/**
 * Invokes the handler, and checks the requests of each invocation that is not concurrent with another. Throws if an event ends without
 * outcome, error and log line.
 */
function invoker(handler: ReturnType<typeof makeHandler>, emulator: Emulator, lines: readonly Line[] | undefined): Scene["invoke"] {
  let [begun, running] = [0, 0];
  return async (event, context = contextOf()) => {
    const before = emulator.requests.length;
    const logged = lines?.length;
    const isFirst = running++ === 0;
    const number = ++begun;
    try {
      const outcomes = onlyOutcomes(await handler(event, context));
      if (outcomes.length === 0 && lines?.length === logged && lines) throw new Error("The event left no line in the log");
      return ended(outcomes);
    } catch (error) {
      if (!(error instanceof InvocationError)) throw error;
      return { ...ended(error.outcomes), error };
    } finally {
      running--;
      if (isFirst && begun === number) refuseForbidden(event, emulator.requests.slice(before));
    }
  };
}

/** Returns the outcomes. Throws if the handler resolves to anything else than `{ outcomes }`, which others script against. */
function onlyOutcomes(handled: { readonly outcomes: readonly Outcome[] }): readonly Outcome[] {
  if (Object.keys(handled).join() !== "outcomes") throw new Error(`The handler resolves to ${Object.keys(handled)}`);
  return handled.outcomes;
}

const permitted = permissions();

/** Throws if the role of the event's function in template.yaml does not permit a request. */
function refuseForbidden(event: unknown, requests: readonly LoggedRequest[]): void {
  const [eventSource, eventName] = ["eventSource", "eventName"].map((key) => member(member(event, "detail"), key));
  const service = events.find((entry) => entry.eventSource === eventSource && entry.eventName === eventName)?.service ?? "";
  const forbidden = requests.map((request) => `${request.service}:${request.action}`).filter((call) => !permitted[service]?.includes(call));
  if (forbidden.length > 0) throw new Error(`template.yaml does not permit the function of ${eventName} to call ${forbidden}`);
}

function ended(outcomes: readonly Outcome[]): End {
  return { outcomes, results: outcomes.map(({ result }) => result) };
}

/** The requests that write. */
export function writes(requests: readonly LoggedRequest[]): readonly LoggedRequest[] {
  return requests.filter(({ action }) => !/^(Describe|List|Get)/.test(action));
}

/** A statement for an account that no test grants access to. */
export const nobody: object = { name: "nobody", owners: ["000000000000"] };

/** A policy document that permits no grant of the tests. */
export const permitsNobody: object = { mode: "enforce", permit: [nobody] };

/** The policy of a document, read from a file. */
export async function policyOf(document: object | string): Promise<PolicyFile> {
  const folder = await mkdtemp(join(tmpdir(), "ingress-warden-"));
  try {
    const file = join(folder, "policy.json");
    await writeFile(file, typeof document === "string" ? document : JSON.stringify(document));
    return await readPolicy(file, vocabulary);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function recorder(lines: Line[]): Log {
  const at =
    (level: string) =>
    (text: unknown, ...extra: unknown[]) =>
      void lines.push({ level, text: String(text), extra: extra[0] });
  return {
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}
