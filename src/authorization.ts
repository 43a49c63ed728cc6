import { type CloudTrailRecord, nameOf, valuesOf } from "./cloudtrail.ts";
import { accountId } from "./domain/account.ts";
import type { Grant, Source } from "./domain/grant.ts";
import { parseRange } from "./domain/range.ts";

/** What an event says of itself. `complete` is false when something in it could not be read, or was not expected. */
export interface Reading {
  readonly resource: string | undefined;
  readonly sources: readonly Source[];
  readonly complete: boolean;
}

/** One entry of a resource as AWS lists it: whom it lets in, or the text that cannot be read as a source. */
export type Standing = { readonly resource: string } & ({ readonly source: Source } | { readonly unreadable: string });

/** An AWS operation and its input, by AWS's names. */
export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, string>>;
}

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

/** The SDK's command type, as far as the input and output of one call are concerned. */
interface Command<Output> {
  readonly input: object;
  resolveMiddleware(stack: never, configuration: never, options: never): (request: never) => Promise<{ output: Output }>;
}

/**
 * Sends a command within the time there is, as often as its failures are worth another try. The answer has to hold
 * `key`: an answer without it (an empty or an HTML 200) says nothing and is asked for again.
 * Throws an AwsFailure.
 */
export type Send = <Output extends object, Key extends keyof Output>(
  command: Command<Output>,
  key: Key,
) => Promise<Output & { [K in Key]-?: NonNullable<Output[K]> }>;

/** One AWS call that lets someone in: how its event is read, its grant taken back, listed and given again. */
export interface Authorization {
  client(config: ClientConfig): Client;
  read(record: CloudTrailRecord): Reading;
  /** What the call's answer in the record said stood on the resource then. */
  answered(record: CloudTrailRecord): readonly Standing[];
  /** Takes back the grant exactly as its text stands. Gives who the answer says still stands on the resource. */
  revoke(grant: Grant, send: Send): Promise<readonly Standing[]>;
  /** Lists what stands in the client's account and Region, page by page; of one resource, or of all. */
  list(send: Send, resource?: string): AsyncGenerator<Standing>;
  /** The call that gives the grant again. */
  undo(grant: Grant): Call;
}

/** The sources named by members of a bag, whatever their case; `complete` is false when one is there and cannot be read. */
export function sourcesIn(bag: unknown): Pick<Reading, "sources" | "complete"> {
  const ranges = valuesOf(bag, "CIDRIP").map((text) => (typeof text === "string" && parseRange(text) ? text : undefined));
  const sources: Source[] = ranges.flatMap((range) => (range === undefined ? [] : { kind: "range", range }));
  let complete = sources.length === ranges.length;
  if (valuesOf(bag, "EC2SecurityGroupName").length + valuesOf(bag, "EC2SecurityGroupOwnerId").length > 0) {
    const securityGroup = nameOf(bag, "EC2SecurityGroupName");
    const owner = accountId(nameOf(bag, "EC2SecurityGroupOwnerId") ?? "");
    if (securityGroup !== undefined && owner) sources.push({ kind: "securityGroup", owner, securityGroup });
    else complete = false;
  }
  return { sources, complete: complete && sources.length > 0 };
}

/** The entries of the named lists of a group that let someone in: those that AWS does not say it is revoking. */
export function standingIn(group: unknown, resource: string, lists: readonly string[]): Standing[] {
  // CloudTrail has logged empty lists as {}, and EC2's lists under `items`.
  const entries = lists.flatMap((key) =>
    valuesOf(group, key).flatMap((list) => (Array.isArray(list) ? list : Object.values(Object(list)).flat())),
  );
  return entries.flatMap((entry): Standing[] => {
    if (nameOf(entry, "Status")?.startsWith("revok")) return [];
    const { sources, complete } = sourcesIn(entry);
    return complete ? sources.map((source) => ({ resource, source })) : [{ resource, unreadable: JSON.stringify(entry) }];
  });
}

/** True when a bag holds only keys that the event is known to have: another one may hide a grant. */
export function holdsOnly(bag: unknown, keys: readonly string[]): boolean {
  const known = new Set(keys.map((key) => key.toLowerCase()));
  return typeof bag === "object" && bag !== null && Object.keys(bag).every((key) => known.has(key.toLowerCase()));
}
