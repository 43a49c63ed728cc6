import { printable } from "#domain/text.ts";

/** What an error of AWS means for a grant: the resource or entry does not exist, another try may succeed, or AWS refuses. */
type Meaning = "notFound" | "retry" | "refused";

/** A call that did not succeed in any attempt that the time allowed. */
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

  /** The same failure with another meaning, which a caller that knows more gives it; the explanation replaces AWS's message. */
  as(meaning: Meaning, explanation?: string): AwsFailure {
    return new AwsFailure(this.#error, this.attempts, meaning, explanation);
  }

  /** The failure as an outcome reports it: AWS's code and message, printable, and whether a later try may succeed. */
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

/** No answer came, or none that can be read. Whether AWS carried the call out is unknown. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** An error as the SDK throws it, as far as it is classified here. */
export interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly Code?: string;
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Any thrown value as an error that can be classified. */
export function asServiceError(error: unknown): ServiceError {
  return error instanceof Error ? error : new Error(String(error));
}

/** AWS's code without its Fault or Exception ending. */
export function codeOf({ Code, name }: ServiceError): string {
  return (Code ?? name).replace(/(Fault|Exception)$/, "");
}

function describe(error: unknown): string {
  const { name, Code = name, message } = asServiceError(error);
  return printable(`${Code}: ${message}`);
}

/**
 * Classifies what a client throws, by AWS's code without its Fault or Exception ending. The SDK never sets `$retryable`, so
 * everything but a refusal (resets, timeouts, name lookups, cut XML, 5xx) is retried: revoking twice is harmless.
 */
export function meaningOf(error: unknown): Meaning {
  const { name, $fault, $metadata } = asServiceError(error);
  const code = codeOf(asServiceError(error));
  const status = $metadata?.httpStatusCode ?? 0;
  if (name === "CredentialsProviderError") return "refused";
  // The SDK's names for an answer without a code, such as a proxy's web page: it says nothing about the grant.
  if ($fault === undefined || name === "Unknown" || name === "NotFound") return "retry";
  if (/Throttl|^(RequestLimitExceeded|TooManyRequests|SlowDown|RequestTimeout)$/.test(code) || /^Invalid\w*State$/.test(code))
    return "retry";
  if (status >= 500 || status === 429 || status === 408) return "retry";
  // The one refusal that datashares have: removed, in a wrong state, or never there. The list shows which.
  if (/NotFound$/.test(code) || code === "InvalidDataShare") return "notFound";
  return status >= 400 ? "refused" : "retry";
}

/** True for an AwsFailure that says that the resource does not exist. */
export function isAbsent(failure: unknown): boolean {
  return failure instanceof AwsFailure && failure.meaning === "notFound";
}
