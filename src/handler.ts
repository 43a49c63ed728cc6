import type { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import type { Entry } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import { type CloudTrailRecord, EventError, eventIdOf, readRecord } from "#cloudtrail/record.ts";
import { accountId } from "#domain/account.ts";
import { printable } from "#domain/text.ts";
import { type Outcome, portsText, sourceText } from "#outcome/outcome.ts";
import { outcomes, type Run } from "#pipeline.ts";
import type { PolicyFile } from "#policy/file.ts";

/** What a handler is made from. */
export interface Setup {
  readonly policy: PolicyFile;
  readonly audit: boolean;
  /** The authorizations that it watches; an event of another one is an error. */
  readonly watched: readonly Entry[];
  readonly aws: Aws;
  /** Where violations may be taken back, when there is no Lambda context that says it; anywhere when absent. */
  readonly home?: Run["home"];
  readonly log: Pick<Logger, "debug" | "info" | "warn" | "error" | "addContext" | "setCorrelationId">;
  /** Told what came of each event, before the handler ends or throws; of a call that failed nothing did. */
  readonly measure?: (service: string, outcomes: readonly Outcome[], judgedInFull: boolean) => void;
  /** The time that policies are judged at, in milliseconds since 1970. */
  readonly now: () => number;
}

/** Handles one EventBridge event. Throws an InvocationError, after every grant was handled, when anything failed. */
export type Handler = (event: unknown, context?: Context) => Promise<{ readonly outcomes: readonly Outcome[] }>;

/** The event is not done with: Lambda tries again and then keeps it. Carries the outcomes that there are. */
export class InvocationError extends Error {
  override readonly name = "InvocationError";
  readonly outcomes: readonly Outcome[];

  constructor(message: string, ended: readonly Outcome[], options: ErrorOptions) {
    super(message, options);
    this.outcomes = ended;
  }
}

const withoutContext = 30_000;
/** Left unused at the end of an invocation, so that the function ends by itself and is never cut off. */
const reserve = 1_000;

/** Makes the handler that Lambda and `replay` both call. */
export function makeHandler({ policy, audit, watched, aws, home, log, measure, now }: Setup): Handler {
  // All that is known of an event that names no watched call: its own text is anybody's.
  const anyWatched = [...new Set(watched.map(({ service }) => service))].join();
  return async (event, context) => {
    const deadline = Date.now() + (context?.getRemainingTimeInMillis() ?? withoutContext) - reserve;
    if (context) log.addContext(context);
    log.setCorrelationId(eventIdOf(event));
    const ended: Outcome[] = [];
    let problem: unknown;
    let service = anyWatched;
    try {
      const record = readRecord(event);
      const entry = entryOf(record, watched);
      service = entry.service;
      if (record.failed) {
        log.debug(`${record.event.name} failed, so it granted nothing`);
        return { outcomes: [] };
      }
      const run: Run = { policy, audit, aws, home: homeOf(context) ?? home, deadline, now };
      for await (const outcome of outcomes(record, entry, run)) {
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
  };
}

const levels = { permitted: "info", outOfScope: "info", reported: "warn", revoked: "warn", alreadyGone: "info", failed: "error" } as const;

/** The last of the failures, which says what could not be judged, and the first of them: a queue keeps the message with the event, up to a size. */
function inBrief(failures: readonly string[]): string {
  const most = 8;
  if (failures.length <= most) return failures.join("; ");
  return [...failures.slice(0, most - 1), `${failures.length - most} more, all of them in the log`, ...failures.slice(-1)].join("; ");
}

/** One outcome in a line: what happened, to whom and why. */
export function summary(outcome: Outcome): string {
  const { result, grant } = outcome;
  const ports = grant.rule ? ` ${portsText(grant.rule)}` : "";
  const head = `${result} ${grant.service} ${grant.resource} ${sourceText(grant.source)}${ports}`;
  switch (result) {
    case "permitted":
      return `${head}: by ${outcome.decision.statements.join(", ")}`;
    case "failed":
      return `${head}: ${outcome.error.name}: ${outcome.error.message}`;
    default:
      return `${head}: ${outcome.decision.reason}${outcome.note ? ` (${outcome.note})` : ""}`;
  }
}

/** Source and name are checked as a pair: an event pattern matches them apart. */
function entryOf({ eventSource, eventName }: CloudTrailRecord, watched: readonly Entry[]): Entry {
  const entry = watched.find((each) => each.eventSource === eventSource && each.eventName === eventName);
  if (entry) return entry;
  const names = watched.map((each) => `${each.eventName} of ${each.eventSource}`).join(", ");
  throw new EventError(
    `Not a call that is watched here: ${printable(eventName, 128)} of ${printable(eventSource, 128)}. Watched: ${names}`,
  );
}

/** The function's own partition and account, from its ARN. */
function homeOf(context: Context | undefined): Run["home"] {
  if (!context?.invokedFunctionArn) return undefined;
  const [, partition = "", , , account = ""] = context.invokedFunctionArn.split(":");
  const own = accountId(account);
  if (!own) throw new EventError(`The function's own ARN names no account: ${printable(context.invokedFunctionArn, 256)}`);
  return { partition, account: own };
}
