import { setTimeout as sleep } from "node:timers/promises";
import type { Client, ClientConfig, Send, SendCommand, Service } from "#authorizations/authorization.ts";
import type { Place } from "#domain/grant.ts";
import { printable } from "#domain/text.ts";

/** What an error of AWS means for a grant: asked for what is not there, worth another try, or a refusal. */
type Meaning = "notFound" | "retry" | "refused";

/** A call that did not succeed, after every attempt that the time allowed. */
export class AwsFailure extends Error {
  override readonly name = "AwsFailure";
  readonly meaning: Meaning;
  /** AWS's code, without its Fault or Exception ending. */
  readonly code: string;
  readonly attempts: number;
  /** Not the `cause`, which a log would print as AWS or a proxy wrote it. */
  readonly #error: unknown;
  readonly #explanation: string | undefined;

  constructor(error: unknown, attempts: number, meaning: Meaning = meaningOf(error), explanation?: string) {
    super(explanation ?? describe(error));
    this.meaning = meaning;
    this.code = codeOf(asServiceError(error));
    this.attempts = attempts;
    this.#error = error;
    this.#explanation = explanation;
  }

  /** The same failure as one who knows more about it understands it; the explanation takes the place of AWS's message. */
  as(meaning: Meaning, explanation?: string): AwsFailure {
    return new AwsFailure(this.#error, this.attempts, meaning, explanation);
  }

  /** As an outcome reports it: AWS's code and message, printable, and whether trying later may succeed. */
  toOutcome(): { name: string; message: string; requestId?: string; attempts: number; retryable: boolean } {
    const { name, Code = name, message, $metadata } = asServiceError(this.#error);
    const requestId = $metadata?.requestId;
    const shown = {
      name: printable(Code || "Error", 128),
      message: printable(this.#explanation ?? message),
      attempts: this.attempts,
      retryable: this.meaning !== "refused",
    };
    return requestId === undefined ? shown : { ...shown, requestId: printable(requestId, 128) };
  }
}

/** No answer came, or none with content to be read. Whether the call was carried out is not known. */
class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly Code?: string;
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

function asServiceError(error: unknown): ServiceError {
  return error instanceof Error ? error : new Error(String(error));
}

function codeOf({ Code, name }: ServiceError): string {
  return (Code ?? name).replace(/(Fault|Exception)$/, "");
}

function describe(error: unknown): string {
  const { name, Code = name, message } = asServiceError(error);
  return printable(`${Code}: ${message}`);
}

/**
 * Classifies what a client throws, by AWS's code without its Fault or Exception ending. `$retryable` is never set, so
 * what is not a refusal (resets, timeouts, name look-ups, cut XML, 5xx) is worth another try: a revoke twice is harmless.
 */
export function meaningOf(error: unknown): Meaning {
  const { name, $fault, $metadata } = asServiceError(error);
  const code = codeOf(asServiceError(error));
  const status = $metadata?.httpStatusCode ?? 0;
  if (name === "CredentialsProviderError") return "refused";
  // The SDK's names for an answer that names no code, such as a proxy's web page: it says nothing about the grant.
  if ($fault === undefined || name === "Unknown" || name === "NotFound") return "retry";
  if (/Throttl|^(RequestLimitExceeded|TooManyRequests|SlowDown|RequestTimeout)$/.test(code) || /^Invalid\w*State$/.test(code))
    return "retry";
  if (status >= 500 || status === 429 || status === 408) return "retry";
  // The one refusal that datashares have: gone, in a wrong state, or never there. The list tells.
  if (/NotFound$/.test(code) || code === "InvalidDataShare") return "notFound";
  return status >= 400 ? "refused" : "retry";
}

const longestAttempt = 10_000;
const shortestAttempt = 20;
const longestPause = 5_000;
/** So long after the deadline a first try is still made; then none is, so that however many are left the function ends by itself. */
const grace = 500;

/** Calls `work` until it succeeds, its failure is final by its meaning or its code, or the deadline (milliseconds since 1970) leaves no time. */
export async function persist<Result>(
  deadline: number,
  work: (signal: AbortSignal) => Promise<Result>,
  final: readonly string[] = [],
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const left = deadline - Date.now();
    if (left < -grace) throw new AwsFailure(new NoAnswer("AWS was not asked: no time was left"), attempt - 1);
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
      if (isFinal || Date.now() + pause + shortestAttempt > deadline) throw new AwsFailure(error, attempt);
      await sleep(pause);
    }
  }
}

/**
 * Waits for AWS's reads to catch up with its writes, longer for each attempt. False, at once, when the deadline comes before
 * that.
 */
export async function catchUp(attempt: number, { deadline }: Pick<Send, "deadline">): Promise<boolean> {
  const pause = 100 * 2 ** attempt;
  if (Date.now() + pause > deadline) return false;
  await sleep(pause);
  return true;
}

/** True for what a cut or foreign answer leaves: nothing, or an object without members. An empty list is an answer. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (!Array.isArray(value) && typeof value === "object" && Object.keys(value).length === 0);
}

/** Makes clients, one for each service and place, and sends through them. */
export interface Aws {
  /** A way to send commands to a place until a deadline (milliseconds since 1970). */
  sender(place: Place, deadline: number): Send;
  destroy(): void;
}

/** Connects to AWS as the environment says, or to one endpoint with credentials for each place. */
export function connect(
  options: { endpoint?: string; credentials?: (place: Place) => NonNullable<ClientConfig["credentials"]> } = {},
): Aws {
  const clients = new Map<string, Client>();

  function clientFor({ name, client }: Service, place: Place): Client {
    // The environment's credentials are the same for every account that is named.
    const key = `${name} ${options.credentials ? place.account : ""} ${place.region}`;
    const known = clients.get(key);
    if (known) return known;
    const made = client({
      region: place.region,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 2_000 },
      ...(options.endpoint && { endpoint: options.endpoint }),
      ...(options.credentials && { credentials: options.credentials(place) }),
    });
    clients.set(key, made);
    return made;
  }

  return {
    sender(place, deadline) {
      const send: SendCommand = (service, command, key, final) =>
        persist(
          deadline,
          async (abortSignal) => {
            const answer = (await clientFor(service, place).send(command as never, { abortSignal })) as Awaited<ReturnType<Send>>;
            if (isEmpty((answer as Record<PropertyKey, unknown>)[key])) throw new NoAnswer(`The answer has no ${String(key)}`);
            return answer as never;
          },
          final,
        );
      return Object.assign(send, { deadline });
    },
    destroy() {
      for (const client of clients.values()) client.destroy();
    },
  };
}
