import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import type { Grant, Place, Rule, Source } from "#domain/grant.ts";

/** What every client needs to be made. */
export interface ClientConfig {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number };
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
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
 * Sends a command within the time there is, as often as its failures are worth another try. The answer has to hold
 * `key`: an answer without it (an empty or an HTML 200) says nothing and is asked for again. Codes in `final` are not
 * tried again: the caller knows what they mean.
 * Throws an AwsFailure.
 */
export type SendCommand = <Output extends object, Key extends keyof Output>(
  service: Service,
  command: Command<Output>,
  key: Key,
  final?: readonly string[],
) => Promise<Output & { [K in Key]-?: NonNullable<Output[K]> }>;

/** Sends within the time until a deadline, in milliseconds since 1970. */
export type Send = SendCommand & { readonly deadline: number };

/** Sends to a place. What may not be called there throws an EventError at its first use. */
export type SendTo = (place: Place) => Send;

/** One entry of a resource as AWS lists it: whom it lets in, or the text, printable, that cannot be read as a source. */
export type Standing = { readonly resource: string; readonly rule?: Rule } & (
  | { readonly source: Source }
  | { readonly unreadable: string }
);

/** An AWS operation and its input, by AWS's names. */
export interface Call {
  readonly operation: string;
  /** Texts, lists of texts, or structures as the API has them. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** The grants of a record. `problem` is what could not be read all the same: thrown once the grants have been handled. */
export interface Found {
  readonly grants: readonly Grant[];
  readonly problem?: Error;
}

/** One AWS call that lets someone in: how its event is read, its grant taken back, listed and given again. */
export interface Authorization {
  /** The grants that the record's call gave; when it does not say all, every grant on its resource. Throws when it names none. */
  find(record: CloudTrailRecord, sendTo: SendTo): Promise<Found>;
  /** The grants as the record alone tells of them, by its request or its answer: replay makes them. A rule that is new has no id. */
  told(record: CloudTrailRecord): readonly Grant[];
  /** Why a violation must not be taken back although the policy enforces, if anything: told in the outcome. */
  spared?(grant: Grant, send: Send): Promise<string | undefined>;
  /** What has to be known of what was taken back. */
  readonly note?: string;
  /** Takes back the grant exactly as its text stands. Gives who the answer says still stands on the resource. */
  revoke(grant: Grant, send: Send): Promise<readonly Standing[]>;
  /** Lists what stands in the place that is sent to, page by page; of one resource, or of all. */
  list(send: Send, resource: string | undefined, place: Place): AsyncGenerator<Standing>;
  /** The call that gives the grant again. */
  undo(grant: Grant): Call;
}
