import { printable } from "#domain/text.ts";

/** What an AWS error means for a grant: the resource or entry does not exist, a retry may succeed, or AWS refuses the call. */
type Meaning = "notFound" | "retry" | "refused";

/** A call to AWS that failed in every attempt that the deadline allowed. */
export class AwsFailure extends Error {
  override readonly name = "AwsFailure";
  readonly meaning: Meaning;
  /** The error code without the suffix Fault or Exception. */
  readonly code: string;
  readonly attempts: number;
  /** Not `cause`: a log would print it unescaped. */
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

  /** Returns the same failure with another meaning, for a caller that knows more. The explanation replaces AWS's message. */
  as(meaning: Meaning, explanation?: string): AwsFailure {
    return new AwsFailure(this.#error, this.attempts, meaning, explanation);
  }

  /** Returns the failure as outcomes report it: AWS's code and message, printable, and whether a retry may succeed. */
  toOutcome(): { name: string; message: string; requestId?: string; attempts: number; retryable: boolean } {
    const { name, Code = name, message, $metadata } = asServiceError(this.#error);
    const requestId = $metadata?.requestId;
    const reported = {
      name: printable(Code || "Error", 128),
      message: printable(this.#explanation ?? message),
      attempts: this.attempts,
      retryable: this.meaning !== "refused",
    };
    return requestId === undefined ? reported : { ...reported, requestId: printable(requestId, 128) };
  }
}

/** No response, or none that can be read. It is unknown whether AWS carried out the call. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** The members of an SDK error that are used here. */
export interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly Code?: string;
  /** The operating system's code, such as ECONNRESET. */
  readonly code?: string;
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Returns any thrown value as an error with these members. */
export function asServiceError(error: unknown): ServiceError {
  return error instanceof Error ? error : new Error(String(error));
}

/** Returns the error code without the suffix Fault or Exception, or the operating system's code of an error without a response. */
export function codeOf({ Code, code, name, $fault }: ServiceError): string {
  return (Code ?? ($fault === undefined ? code : undefined) ?? name).replace(/(Fault|Exception)$/, "");
}

function describe(error: unknown): string {
  const { name, Code = name, message } = asServiceError(error);
  return printable(`${Code}: ${message}`);
}

/**
 * Classifies an error that an SDK client throws, by its code and HTTP status. Everything but a refusal (resets, timeouts, name
 * lookups, cut XML, 5xx) means a retry, because revoking twice is harmless; the SDK never sets `$retryable`.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export function meaningOf(error: unknown): Meaning {
  // Of a call that had to be made first, as for the credentials of a role.
  if (error instanceof AwsFailure) return error.meaning;
  const { name, $fault, $metadata } = asServiceError(error);
  const code = codeOf(asServiceError(error));
  const status = $metadata?.httpStatusCode ?? 0;
  if (name === "CredentialsProviderError") return "refused";
  // The SDK's names for a response without a code, such as a proxy's web page, which says nothing about the grant.
  if ($fault === undefined || name === "Unknown" || name === "NotFound") return "retry";
  if (isThrottling(error) || code === "RequestTimeout" || /^Invalid\w*State$/.test(code)) return "retry";
  if (status >= 500 || status === 429 || status === 408) return "retry";
  // The only code for a datashare that was removed, is in a wrong state or never existed. The list shows which.
  if (/NotFound$/.test(code) || code === "InvalidDataShare") return "notFound";
  return status >= 400 ? "refused" : "retry";
}

/** True for an error with which AWS refuses a request because there were too many. */
export function isThrottling(error: unknown): boolean {
  return /Throttl|^(RequestLimitExceeded|TooManyRequests|SlowDown)$/.test(codeOf(asServiceError(error)));
}

/** True for an error because no address is known for the endpoint's name: a service has no endpoint in a Region without it. */
export function isUnresolved(error: unknown): boolean {
  return (error instanceof AwsFailure ? error.code : codeOf(asServiceError(error))) === "ENOTFOUND";
}

/** True for an AwsFailure with the meaning that the resource or entry does not exist. */
export function isAbsent(failure: unknown): boolean {
  return failure instanceof AwsFailure && failure.meaning === "notFound";
}
