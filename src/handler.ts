import type { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import type { EventEntry } from "#authorizations/index.ts";
import type { Clock, Deadline } from "#aws/deadline.ts";
import { type CloudTrailRecord, EventError, eventIdOf, readRecord } from "#cloudtrail/record.ts";
import { accountId } from "#domain/account.ts";
import type { Home } from "#domain/place.ts";
import { printable } from "#domain/text.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { summary } from "#outcome/summary.ts";
import { outcomes, type Run } from "#pipeline.ts";

/** What a handler is made from. */
export interface Setup extends Pick<Run, "policy" | "audit" | "aws"> {
  /** The events that it watches; any other event is an error. */
  readonly watched: readonly EventEntry[];
  /** Where violations may be revoked when no Lambda context says it; absent: anywhere. */
  readonly home?: Home | undefined;
  /** Gives the logger of one event: its correlation id is the record's eventID. */
  readonly logFor: (eventId: string, context: Context | undefined) => Log;
  /** Called with the outcomes of each event before the handler returns or throws, except for a call that failed. */
  readonly measure?: (service: string, outcomes: readonly Outcome[], judgedInFull: boolean) => void;
  /** When policies are judged, in milliseconds since 1970; absent: when each event is handled. */
  readonly at?: number | undefined;
  readonly clock: Clock;
}

/** What is used of a logger. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** Discards everything. */
export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** What a handler resolves to. */
interface Handled {
  readonly outcomes: readonly Outcome[];
}

/** Handles one EventBridge event. Throws an InvocationError when anything failed, after every grant was handled. */
export type Handler = (event: unknown, context?: Context) => Promise<Handled>;

/** The event is not done: Lambda retries it and then keeps it. Carries the outcomes that there are. */
export class InvocationError extends Error {
  override readonly name = "InvocationError";
  readonly outcomes: readonly Outcome[];

  constructor(message: string, ended: readonly Outcome[], options: ErrorOptions) {
    super(message, options);
    this.outcomes = ended;
  }
}

/** Milliseconds for an event without a Lambda context. */
const withoutContext = 30_000;
/** Milliseconds left unused at the end of an invocation, so that the function ends by itself and is never cut off. */
const reserve = 1_000;

/** Makes the handler that Lambda and `replay` both call. */
export function makeHandler(setup: Setup): Handler {
  return (event, context) => {
    const time = setup.clock() + (context?.getRemainingTimeInMillis() ?? withoutContext) - reserve;
    const log = setup.logFor(eventIdOf(event), context);
    return handleRecord(event, log, { clock: setup.clock, time }, setup, context);
  };
}

/** Handles the record in one EventBridge event until a deadline, and logs its outcomes. Throws an InvocationError. */
async function handleRecord(event: unknown, log: Log, deadline: Deadline, setup: Setup, context: Context | undefined): Promise<Handled> {
  const { watched, measure, policy, audit, aws, at = deadline.clock() } = setup;
  const ended: Outcome[] = [];
  let problem: unknown;
  // Until the record is known to be of a watched call, its text can be anybody's.
  let service = [...new Set(watched.map((each) => each.service))].join();
  try {
    const record = readRecord(event);
    const entry = entryOf(record, watched);
    service = entry.service;
    if (record.failed) {
      log.debug(`${record.event.name} failed, so it granted nothing`);
      return { outcomes: [] };
    }
    for await (const outcome of outcomes(record, entry, { policy, audit, aws, home: homeOf(context) ?? setup.home, at, deadline })) {
      ended.push(outcome);
      log[levels[outcome.result]](summary(outcome), { outcome });
    }
  } catch (error) {
    problem = error;
    log.error("The event could not be judged in full", error as Error);
  }
  measure?.(service, ended, problem === undefined);
  const failures = ended.filter(({ result }) => result === "failed").map(summary);
  if (problem !== undefined) failures.push(problem instanceof Error ? problem.message : String(problem));
  if (failures.length > 0) throw new InvocationError(inBrief(failures), ended, { cause: problem });
  return { outcomes: ended };
}

const levels = { permitted: "info", outOfScope: "info", reported: "warn", revoked: "warn", alreadyGone: "info", failed: "error" } as const;

/** The first failures, and the last one, which says what could not be judged. A queue keeps the message with the event, up to a size. */
function inBrief(failures: readonly string[]): string {
  const most = 8;
  if (failures.length <= most) return failures.join("; ");
  return [...failures.slice(0, most - 1), `${failures.length - most} more, all of them in the log`, ...failures.slice(-1)].join("; ");
}

/** Source and name are checked as a pair: an event pattern matches them independently. */
function entryOf({ eventSource, eventName }: CloudTrailRecord, watched: readonly EventEntry[]): EventEntry {
  const entry = watched.find((each) => each.eventSource === eventSource && each.eventName === eventName);
  if (entry) return entry;
  const names = watched.map((each) => `${each.eventName} of ${each.eventSource}`).join(", ");
  throw new EventError(
    `Not a call that is watched here: ${printable(eventName, 128)} of ${printable(eventSource, 128)}. Watched: ${names}`,
  );
}

/** The function's own partition and account, from its ARN. Throws an EventError for an ARN without an account. */
function homeOf(context: Context | undefined): Home | undefined {
  if (!context?.invokedFunctionArn) return undefined;
  const [, partition = "", , , account = ""] = context.invokedFunctionArn.split(":");
  const own = accountId(account);
  if (!own) throw new EventError(`The function's own ARN names no account: ${printable(context.invokedFunctionArn, 256)}`);
  return { partition, account: own };
}
