import { styleText } from "node:util";
import { registry } from "../authorizations/index.ts";
import { type Aws, AwsFailure, connect } from "../aws.ts";
import { member } from "../cloudtrail.ts";
import { accountId } from "../domain/account.ts";
import type { Mode } from "../domain/policy.ts";
import { printable, shown } from "../domain/text.ts";
import { type Handler, InvocationError, makeHandler, summary } from "../handler.ts";
import type { Outcome } from "../outcome.ts";
import type { Run } from "../pipeline.ts";
import type { PolicyFile } from "../policy-file.ts";
import { UsageError } from "../usage-error.ts";
import { type Command, type Flags, textFlag } from "./command.ts";
import { type Sample, samplesIn } from "./event-files.ts";
import { policyFlags, policyOf, timeOf } from "./policy-flag.ts";
import { progress } from "./progress.ts";
import { type Rehearsal, rehearse } from "./rehearsal.ts";
import { traceOf } from "./trace.ts";

/** `replay`: hands events to the handler, against the embedded emulator unless told otherwise. */
export const replay: Command = {
  name: "replay",
  usage: "replay [PATH … | -] [--policy FILE] [--mode enforce|audit] [--at DATE] [--endpoint URL] [--aws] [--json]",
  summary: "Replay events (default events/) against the embedded emulator: each grant is made, judged and taken back.",
  options: {
    mode: { type: "string", help: "enforce or audit, in place of the policy's mode." },
    endpoint: { type: "string", help: "Send the calls to this endpoint instead; no grant is made first." },
    aws: { type: "boolean", help: "Send the calls to AWS, or to an endpoint that is not on this machine." },
    ...policyFlags,
    json: { type: "boolean", help: "Print the outcomes as NDJSON, and nothing else." },
  },
  async run({ flags, positionals }) {
    const file = await policyOf(flags);
    const policy = inMode(file, flags);
    const at = timeOf(flags);
    const now = flags["at"] === undefined ? Date.now : () => at;
    const samples = samplesIn(positionals.length > 0 ? positionals : ["events"]);
    const stage = await stageOf(flags, file);
    const handler = makeHandler({ policy, audit: false, watched: registry, aws: stage.aws, home: stage.home, log: silent, now });
    try {
      return await play(samples, handler, stage.rehearsal, flags["json"] ? json : words);
    } finally {
      await stage.close();
    }
  },
};

const silent = { debug() {}, info() {}, warn() {}, error() {}, addContext() {}, setCorrelationId() {} };

/** How what happened is shown on standard output. */
interface Show {
  event(label: string, outcomes: readonly Outcome[], before: readonly string[] | undefined, after: readonly string[] | undefined): void;
  end(counts: ReadonlyMap<string, number>): void;
}

async function play(samples: AsyncIterable<Sample>, handler: Handler, rehearsal: Rehearsal | undefined, show: Show): Promise<number> {
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const meter = progress("event");
  const complain = (label: string, problem: string) => {
    count("unreadable");
    meter.clear();
    console.error(`${label}: ${problem}`);
  };
  const playOne = async (sample: Sample) => {
    if ("problem" in sample) return complain(sample.label, sample.problem);
    if (sample.fromTrail && isOfAnother(sample.event)) return count("not watched");
    const { event, refusal } = rehearsal ? await rehearsed(sample.event, rehearsal) : { event: sample.event, refusal: undefined };
    if (refusal !== undefined) complain(sample.label, refusal);
    const before = await rehearsal?.standing(event);
    const { outcomes, problem } = await handle(handler, event);
    const after = await rehearsal?.standing(event);
    if (problem !== undefined) complain(sample.label, problem);
    else if (outcomes.length === 0) count("granted nothing");
    for (const { result } of outcomes) count(result);
    meter.clear();
    if (problem === undefined || outcomes.length > 0) show.event(sample.label, outcomes, before, after);
  };
  try {
    for await (const sample of samples) {
      meter.step();
      await playOne(sample).catch((surprise: unknown) => complain(sample.label, traceOf(surprise)));
    }
  } finally {
    meter.end();
  }
  show.end(counts);
  if (counts.has("unreadable") || counts.has("failed")) return 1;
  return counts.has("reported") && !counts.has("revoked") ? 3 : 0;
}

/** The event to judge, once what it tells of has been made; a refusal says why the emulator did not make it. */
async function rehearsed(event: unknown, rehearsal: Rehearsal): Promise<{ readonly event: unknown; readonly refusal?: string }> {
  try {
    return { event: await rehearsal.prepare(event) };
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    return { event, refusal: `the emulator refuses to make this grant first: ${error.message}` };
  }
}

/** A trail's file holds every call of an account; EventBridge would hand over only those that are watched. */
function isOfAnother(event: unknown): boolean {
  const [eventSource, eventName] = ["eventSource", "eventName"].map((key) => member(member(event, "detail"), key));
  if (typeof eventSource !== "string" || typeof eventName !== "string") return false;
  return !registry.some((entry) => entry.eventSource === eventSource && entry.eventName === eventName);
}

/** What the handler made of an event; `problem` when that is more than grants that could not be taken back. */
async function handle(handler: Handler, event: unknown): Promise<{ readonly outcomes: readonly Outcome[]; readonly problem?: string }> {
  try {
    return await handler(event);
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    const { cause, outcomes } = error;
    return cause === undefined ? { outcomes } : { outcomes, problem: printable(cause instanceof Error ? cause.message : String(cause)) };
  }
}

const json: Show = {
  event(_label, outcomes) {
    for (const outcome of outcomes) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  },
  end() {},
};

const words: Show = {
  event(label, outcomes, before, after) {
    const lines = [paint("bold", label)];
    if (before) lines.push(`  before      ${before.join(", ") || "nobody"}`);
    if (outcomes.length === 0) lines.push("  no grant    the call failed, or nothing that it gave stands any more");
    for (const outcome of outcomes) {
      const [, ...rest] = summary(outcome).split(" ");
      lines.push(`  ${paint(colours[outcome.result], outcome.result.padEnd(11))} ${rest.join(" ")}`);
      if ("undo" in outcome) lines.push(`  undo        ${outcome.undo}`);
    }
    if (after) lines.push(`  after       ${after.join(", ") || "nobody"}`);
    process.stdout.write(`${lines.join("\n")}\n`);
  },
  end(counts) {
    const total = [...counts].map(([what, number]) => `${number} ${what}`).join(", ");
    process.stdout.write(`\n${total || "no events"}\n`);
  },
};

const colours = {
  permitted: "green",
  outOfScope: "dim",
  reported: "yellow",
  revoked: "yellow",
  alreadyGone: "green",
  failed: "red",
} as const;

/** Colour on a terminal only, and never with NO_COLOR. */
function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY && !process.env["NO_COLOR"] ? styleText(style, text) : text;
}

interface Stage {
  readonly aws: Aws;
  readonly home: Run["home"];
  readonly rehearsal?: Rehearsal;
  close(): Promise<void>;
}

async function stageOf(flags: Flags, policy: PolicyFile): Promise<Stage> {
  const endpoint = textFlag(flags, "endpoint");
  if (endpoint === undefined && !flags["aws"]) {
    const rehearsal = await rehearse();
    return { aws: rehearsal.aws, home: undefined, rehearsal, close: rehearsal.close };
  }
  const local = endpoint !== undefined && isLoopback(endpoint);
  if (!local && !flags["aws"]) throw new UsageError(`${shown(endpoint)} is not on this machine: add --aws if calls shall really go there`);
  const { mode, exceptions } = policy.policy;
  if (!local && textFlag(flags, "mode") === "enforce" && (mode !== "enforce" || exceptions.length > 0))
    throw new UsageError("--mode enforce cannot loosen against AWS what the policy audits: change the policy");
  const aws = connect({
    ...(endpoint && { endpoint }),
    ...(local && { credentials: ({ account }) => ({ accessKeyId: account, secretAccessKey: "local" }) }),
  });
  return { aws, home: local ? undefined : await ownPlace(endpoint), close: async () => aws.destroy() };
}

function isLoopback(endpoint: string): boolean {
  const { hostname = "", protocol = "" } = URL.canParse(endpoint) ? new URL(endpoint) : {};
  if (protocol !== "http:" && protocol !== "https:")
    throw new UsageError(`--endpoint is ${shown(endpoint)}: write a URL such as http://127.0.0.1:5000`);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The account and partition of the credentials: a group of the same name in another account is not the event's. */
async function ownPlace(endpoint: string | undefined): Promise<Run["home"]> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const { Arn = "" } = await new STSClient(endpoint ? { endpoint } : {}).send(new GetCallerIdentityCommand({})).catch((error: Error) => {
    throw new UsageError(`--aws cannot tell whose credentials these are (${printable(error.message)}): set AWS_REGION and sign in`, {
      cause: error,
    });
  });
  const [, partition = "", , , id = ""] = Arn.split(":");
  const account = accountId(id);
  if (!account) throw new UsageError(`--aws cannot tell whose credentials these are: ${printable(Arn)} names no account`);
  return { partition, account };
}

/** The policy with the mode that the flags ask for, everywhere. */
function inMode(file: PolicyFile, flags: Flags): PolicyFile {
  const mode = textFlag(flags, "mode");
  if (mode === undefined) return file;
  if (mode !== "enforce" && mode !== "audit") throw new UsageError(`--mode is ${shown(mode)}: write enforce or audit`);
  return { ...file, policy: { ...file.policy, mode: mode satisfies Mode, exceptions: [] } };
}
