import { setTimeout as sleep } from "node:timers/promises";
import { type Deadline, timeLeft } from "./deadline.ts";
import { AwsFailure, asServiceError, codeOf, meaningOf, NoAnswer } from "./failure.ts";

/** The keys of a user, or of a role's session, which has a token too. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What every client is made from. Credentials that expire are given as a function. */
export interface ClientConfig {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number };
  readonly endpoint?: string;
  readonly credentials?: Credentials | (() => Promise<Credentials>);
}

/** A client of the AWS SDK, as far as it is the same for every service. */
export interface Client {
  send(command: never, options: { abortSignal: AbortSignal }): Promise<unknown>;
  destroy(): void;
}

/** An AWS service that can be called: its name, and how its client is made. */
export interface Service {
  readonly name: string;
  readonly client: (config: ClientConfig) => Client;
}

/** The SDK's command type, as far as the input and output of one call are concerned. */
interface Command<Output> {
  readonly input: object;
  resolveMiddleware(stack: never, configuration: never, options: never): (request: never) => Promise<{ output: Output }>;
}

/**
 * Sends a command within the time left, and repeats it while its failures are worth another try. An answer without `key`,
 * such as an empty or an HTML 200, says nothing, so the command is sent again. A failure whose code is in `final` is not
 * retried: the caller knows what it means. Throws an AwsFailure.
 */
export type SendCommand = <Output extends object, Key extends keyof Output>(
  service: Service,
  command: Command<Output>,
  key: Key,
  final?: readonly string[],
) => Promise<Output & { [K in Key]-?: NonNullable<Output[K]> }>;

/** Sends to one place until a deadline. */
export type Send = SendCommand & { readonly deadline: Deadline };

const longestAttempt = 10_000;
const shortestAttempt = 20;
const longestPause = 5_000;
/** So long after the deadline a first try is still made; after that none is, so that the function ends however many grants are left. */
const grace = 500;

/** Calls `work` until it succeeds, its failure is final by its meaning or its code, or the deadline leaves no time. Throws an AwsFailure. */
export async function persist<Result>(
  deadline: Deadline,
  work: (signal: AbortSignal) => Promise<Result>,
  final: readonly string[] = [],
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const left = timeLeft(deadline);
    if (left < -grace) throw new AwsFailure(new NoAnswer("AWS was not called: no time was left"), attempt - 1);
    // Half of the time left, so that a silent connection never costs the second attempt.
    const limit = Math.max(shortestAttempt, Math.min(longestAttempt, Math.floor(left / 2)));
    const signal = AbortSignal.timeout(limit);
    try {
      return await work(signal);
    } catch (thrown) {
      const isCut = signal.aborted && asServiceError(thrown).$fault === undefined;
      const error = isCut ? new NoAnswer(`AWS did not answer within ${limit} ms`, { cause: thrown }) : thrown;
      const pause = Math.random() * Math.min(longestPause, 100 * 2 ** attempt);
      const isFinal = meaningOf(error) !== "retry" || final.includes(codeOf(asServiceError(error)));
      if (isFinal || pause + shortestAttempt > timeLeft(deadline)) throw new AwsFailure(error, attempt);
      await sleep(pause);
    }
  }
}
