import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { EventEntry } from "#authorizations/index.ts";
import { type Clock, type Deadline, timeLeft, within } from "#aws/deadline.ts";
import { ownReads } from "#aws/reads.ts";
import { messagesIn } from "#cloudtrail/messages.ts";
import { type CloudTrailRecord, EventError, eventIdOf, readRecord } from "#cloudtrail/record.ts";
import { accountId } from "#domain/account.ts";
import type { Home, Place } from "#domain/place.ts";
import { printable } from "#domain/text.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { summary } from "#outcome/summary.ts";
import { outcomes, type Run } from "#pipeline.ts";

/** The configuration of a handler. */
export interface Setup extends Pick<Run, "policy" | "audit" | "aws"> {
  /** The events that the handler accepts. Any other event is an error. */
  readonly watched: readonly EventEntry[];
  /** Where violations may be revoked when there is no Lambda context; absent: anywhere. */
  readonly home?: Home | undefined;
  /** Returns the logger for one event, with the record's eventID as its correlation id. */
  readonly logFor: (eventId: string, context: Context | undefined) => Log;
  /** Called with the outcomes of each event before the handler returns or throws, unless the recorded call failed. */
  readonly measure?: (service: string, outcomes: readonly Outcome[], judgedInFull: boolean) => void;
  /** Called with the reason, printable, when an event ends without an outcome and without an error. */
  readonly onNothing?: (reason: string) => void;
  /** The time at which the policy is evaluated, in milliseconds since 1970; absent: when each event is handled. */
  readonly at?: number | undefined;
  readonly clock: Clock;
}

/** Writes one line of text with its data, or with an error. */
type Line = (text: string, extra?: Readonly<Record<string, unknown>> | Error) => void;

/** The log of one event. */
export interface Log {
  readonly info: Line;
  readonly warn: Line;
  readonly error: Line;
}

/** A logger that discards everything. */
export const silent: Log = { info() {}, warn() {}, error() {} };

/** The result of a handler. */
interface Handled {
  readonly outcomes: readonly Outcome[];
}

/**
 * Handles one EventBridge event, or an SQS batch of them. Throws an InvocationError when anything of an event failed, but only after every
 * grant was handled. For a batch, returns the messages that failed instead.
 */
export interface Handler {
  (event: SQSEvent, context?: Context): Promise<SQSBatchResponse>;
  (event: unknown, context?: Context): Promise<Handled>;
}

/** The event was not handled completely: Lambda retries it and then queues it. Has the outcomes of the grants that were handled. */
export class InvocationError extends Error {
  override readonly name = "InvocationError";
  readonly outcomes: readonly Outcome[];

  constructor(message: string, handledOutcomes: readonly Outcome[], options: ErrorOptions) {
    super(message, options);
    this.outcomes = handledOutcomes;
  }
}

/** The time for an event without a Lambda context, in milliseconds. */
const defaultTime = 30_000;
/** The time left unused at the end of an invocation, in milliseconds, so that the function ends before Lambda's timeout. */
const reserve = 1_000;

/** Creates the handler that Lambda and `replay` call. */
export function makeHandler(setup: Setup): Handler {
  async function handler(event: unknown, context?: Context): Promise<Handled | SQSBatchResponse> {
    const time = setup.clock() + (context?.getRemainingTimeInMillis() ?? defaultTime) - reserve;
    const deadline: Deadline = { clock: setup.clock, time };
    const home = () => homeOf(context) ?? setup.home;
    // Half of the time that is left is reserved for handling the grants.
    const senderAt = (place: Place) => setup.aws.sender(place, within(deadline, timeLeft(deadline) / 2));
    const messages = messagesIn(event);
    if (!messages) {
      const log = setup.logFor(eventIdOf(event), context);
      return handleRecord(event, { log, deadline, share: () => deadline, readsFor: ownReads(senderAt), home }, setup);
    }
    const { handleBatch } = await import("#batch.ts");
    const { response, untried } = await handleBatch(messages, deadline, senderAt, (each, { messageId, ...reading }) => {
      const log = setup.logFor(eventIdOf(each, `message ${messageId}`), context);
      return handleRecord(each, { log, deadline, ...reading, home }, setup);
    });
    if (untried > 0) setup.logFor("batch", context).warn(`${untried} of ${messages.length} messages were not started: no time was left`);
    return response;
  }
  return handler as Handler;
}

/** What one event is handled with. */
interface Handling extends Pick<Run, "deadline" | "share" | "readsFor"> {
  readonly log: Log;
  /** Returns where violations may be revoked. Throws an EventError. */
  readonly home: () => Home | undefined;
}

/** Handles the record in one EventBridge event until a deadline and logs its outcomes. Throws an InvocationError. */
async function handleRecord(event: unknown, { log, home, ...reading }: Handling, setup: Setup): Promise<Handled> {
  const { watched, measure, policy, audit, aws, at = reading.deadline.clock() } = setup;
  const handledOutcomes: Outcome[] = [];
  let problem: unknown;
  // The record's text is not used before the call is known to be a watched one: anyone can have written it.
  let service = [...new Set(watched.map((each) => each.service))].join();
  try {
    const record = readRecord(event);
    const entry = entryOf(record, watched);
    service = entry.service;
    if (record.failed) {
      reportNothing(record, "the call failed", log, setup);
      return { outcomes: [] };
    }
    const judging = outcomes(record, entry, { policy, audit, aws, home: home(), at, ...reading });
    let next = await judging.next();
    for (; !next.done; next = await judging.next()) {
      const outcome = next.value;
      handledOutcomes.push(outcome);
      log[levels[outcome.result]](summary(outcome), { outcome });
    }
    if (next.value !== undefined) reportNothing(record, next.value, log, setup);
  } catch (error) {
    problem = error;
    log.error("The event could not be judged in full", error as Error);
  }
  measure?.(service, handledOutcomes, problem === undefined);
  const failures = handledOutcomes.filter(({ result }) => result === "failed").map(summary);
  if (problem !== undefined) failures.push(problem instanceof Error ? problem.message : String(problem));
  if (failures.length > 0) throw new InvocationError(shortened(failures), handledOutcomes, { cause: problem });
  return { outcomes: handledOutcomes };
}

/** Logs why an event has no outcome, so that every event leaves at least one line, and calls `onNothing`. */
function reportNothing({ event: { name, id } }: CloudTrailRecord, reason: string, log: Log, { onNothing }: Setup): void {
  log.info(`No grant to judge in the ${name} event ${id}: ${reason}`);
  onNothing?.(reason);
}

const levels = { permitted: "info", outOfScope: "info", reported: "warn", revoked: "warn", alreadyGone: "info", failed: "error" } as const;

/**
 * Joins at most 8 failures: the last one, which may say what could not be judged, is always included. Lambda limits the size of an
 * error.
 */
function shortened(failures: readonly string[]): string {
  const limit = 8;
  if (failures.length <= limit) return failures.join("; ");
  return [...failures.slice(0, limit - 1), `${failures.length - limit} more (see the log)`, ...failures.slice(-1)].join("; ");
}

/** Finds the entry of a record. Checks source and name as a pair, because event patterns match them independently. Throws an EventError. */
function entryOf({ eventSource, eventName }: CloudTrailRecord, watched: readonly EventEntry[]): EventEntry {
  const entry = watched.find((each) => each.eventSource === eventSource && each.eventName === eventName);
  if (entry) return entry;
  const names = watched.map((each) => `${each.eventName} of ${each.eventSource}`).join(", ");
  throw new EventError(`Not a watched call: ${printable(eventName, 128)} of ${printable(eventSource, 128)}. Watched calls: ${names}`);
}

/** Returns the function's partition and account, from its ARN. Throws an EventError for an ARN without an account. */
function homeOf(context: Context | undefined): Home | undefined {
  if (!context?.invokedFunctionArn) return undefined;
  const [, partition = "", , , account = ""] = context.invokedFunctionArn.split(":");
  const id = accountId(account);
  if (!id) throw new EventError(`The function's ARN contains no account id: ${printable(context.invokedFunctionArn, 256)}`);
  return { partition, account: id };
}
