import { setTimeout as sleep } from "node:timers/promises";
import { type Deadline, timeLeft } from "./deadline.ts";
import { AwsFailure, asServiceError, codeOf, isUnresolved, meaningOf, NoAnswer } from "./failure.ts";

/** The access keys of a user, or of a role session, which also has a session token. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** The SDK asks for others before this time. Absent: never. */
  readonly expiration?: Date;
}

/** The configuration of a client. Credentials that expire are a function. */
export interface ClientConfig {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number };
  readonly endpoint?: string;
  readonly credentials?: Credentials | (() => Promise<Credentials>);
}

/** The members of an SDK client that are the same for every service. */
export interface Client {
  send(command: never, options: { abortSignal: AbortSignal }): Promise<unknown>;
  destroy(): void;
}

/** An AWS service: its name, and a function that creates its SDK client. */
export interface Service {
  readonly name: string;
  readonly client: (config: ClientConfig) => Client;
}

/** The part of the SDK's command type that determines the input and output of a call. */
interface Command<Output> {
  readonly input: object;
  resolveMiddleware(stack: never, configuration: never, options: never): (request: never) => Promise<{ output: Output }>;
}

/**
 * Sends a command and retries it until the deadline while a retry may succeed. A response without a value for `key`, such as an
 * empty or an HTML 200, counts as no response. A failure with a code in `final` is not retried. Throws an AwsFailure.
 */
export type SendCommand = <Output extends object, Key extends keyof Output>(
  service: Service,
  command: Command<Output>,
  key: Key,
  final?: readonly string[],
) => Promise<Output & { [K in Key]-?: NonNullable<Output[K]> }>;

/** Sends commands to one place until a deadline. */
export type Send = SendCommand & {
  readonly deadline: Deadline;
  /** Reads show every change at once, as those of an emulator on this machine. AWS's do not. */
  readonly isConsistent?: true | undefined;
};

/** Milliseconds, as all times here. */
const longestAttempt = 10_000;
const shortestAttempt = 20;
const longestPause = 5_000;
/** Attempts to find an endpoint's name that does not resolve. A resolver that does not answer is another error, which is retried longer. */
const attemptsToResolve = 3;
/**
 * Milliseconds after the deadline during which a first attempt is still made. After that, none is, so that the function ends in time
 * with any number of grants.
 */
const grace = 500;

/**
 * Calls `work` until it succeeds, fails in a way that a retry cannot change or with a code in `final`, or the deadline leaves no
 * time. Throws an AwsFailure.
 */
export async function persist<Result>(
  deadline: Deadline,
  work: (signal: AbortSignal) => Promise<Result>,
  final: readonly string[] = [],
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const left = timeLeft(deadline);
    if (left < -grace) throw new AwsFailure(new NoAnswer("AWS was not called: no time was left"), attempt - 1);
    // Half of the time left, so that a connection without a response leaves time for a second attempt.
    const limit = Math.max(shortestAttempt, Math.min(longestAttempt, Math.floor(left / 2)));
    const signal = AbortSignal.timeout(limit);
    try {
      return await work(signal);
    } catch (thrown) {
      const isCut = signal.aborted && asServiceError(thrown).$fault === undefined && !(thrown instanceof NoAnswer);
      const error = isCut ? new NoAnswer(`AWS did not answer within ${limit} ms`, { cause: thrown }) : thrown;
      const pause = Math.random() * Math.min(longestPause, 100 * 2 ** attempt);
      const isListed = final.includes(codeOf(asServiceError(error)));
      const isFinal = meaningOf(error) !== "retry" || isListed || (isUnresolved(error) && attempt >= attemptsToResolve);
      if (isFinal || pause + shortestAttempt > timeLeft(deadline)) throw new AwsFailure(error, attempt);
      await sleep(pause);
    }
  }
}
