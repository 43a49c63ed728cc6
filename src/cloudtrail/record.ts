import { accountId } from "#domain/account.ts";
import type { Place } from "#domain/grant.ts";
import { isPrintable, printable, shown } from "#domain/text.ts";

/** An event that cannot be read, or is not ours to judge. Nothing was called; Lambda retries and keeps it. */
export class EventError extends Error {
  override readonly name = "EventError";
}

/** What the pipeline uses of a CloudTrail record. Texts about the caller are made printable; the two bodies are as they came. */
export interface CloudTrailRecord {
  readonly eventSource: string;
  readonly eventName: string;
  readonly place: Place;
  /** The call was refused, so it granted nothing. */
  readonly failed: boolean;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
  readonly event: EventSummary;
}

/** Who made the call, when and from where, as outcomes report it. */
export interface EventSummary {
  readonly id: string;
  readonly time: string;
  readonly name: string;
  readonly actor: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly requestId: string;
}

/**
 * Reads the CloudTrail record in an EventBridge event ("AWS API Call via CloudTrail").
 * Throws an EventError when it holds none, or one that names no place.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function readRecord(event: unknown): CloudTrailRecord {
  const detail = member(event, "detail");
  const eventSource = member(detail, "eventSource");
  const eventName = member(detail, "eventName");
  if (typeof eventSource !== "string" || typeof eventName !== "string")
    throw new EventError("Not a CloudTrail record in an EventBridge event: detail.eventSource or detail.eventName is missing");
  const said = (key: string) => printable(String(textOr(member(detail, key), "unknown")), 512);
  const identity = member(detail, "userIdentity");
  const actor = ["arn", "invokedBy", "principalId"].map((key) => member(identity, key)).find((text) => textOr(text, "") !== "");
  return {
    eventSource,
    eventName,
    place: readPlace(event, detail),
    failed: textOr(member(detail, "errorCode"), "") !== "" || textOr(member(detail, "errorMessage"), "") !== "",
    requestParameters: member(detail, "requestParameters"),
    responseElements: member(detail, "responseElements"),
    event: {
      id: eventIdOf(event),
      time: said("eventTime"),
      name: printable(eventName, 128),
      actor: printable(textOr(actor, "unknown"), 512),
      sourceIp: said("sourceIPAddress"),
      userAgent: said("userAgent"),
      requestId: said("requestID"),
    },
  };
}

/** The record's own id, printable, even where nothing else can be read. */
export function eventIdOf(event: unknown): string {
  return printable(textOr(member(member(event, "detail"), "eventID"), "unknown"), 512);
}

/**
 * True when the call is so many milliseconds ago that what AWS lists is all that counts: before, either the list or the
 * record may be ahead, as EC2's reads lag behind its writes by seconds, at times by minutes.
 */
export function isSettled({ event }: CloudTrailRecord, after: number = 300_000): boolean {
  return Date.now() - Date.parse(event.time) > after;
}

/** The account is that of the resource (the recipient), never that of whoever called. */
function readPlace(event: unknown, detail: unknown): Place {
  const region = member(detail, "awsRegion");
  if (!isRegion(region)) throw new EventError(`The record names no Region: awsRegion is ${shown(region)}`);
  const named = [member(detail, "recipientAccountId"), member(event, "account")].filter((id) => id !== undefined && id !== null);
  const [account, ...others] = new Set(named.map((id) => (typeof id === "string" ? accountId(id) : undefined)));
  if (!account || others.length > 0)
    throw new EventError(
      `The record names no account, or two: recipientAccountId and account are ${named.map((id) => shown(id)).join(" and ") || "missing"}`,
    );
  return { partition: partitionOf(region), account, region };
}

/** True for a text that has the form of a Region's name. */
export function isRegion(text: unknown): text is string {
  return typeof text === "string" && /^[a-z]{2,4}(-[a-z]{2,10}){1,3}-[0-9]{1,2}$/.test(text);
}

/** True for the id of a VPC security group, as far as its form tells. */
export function isGroupId(text: unknown): text is string {
  return typeof text === "string" && /^sg-[0-9a-f]+$/.test(text);
}

/** The partition that a Region belongs to, by the beginning of its name. */
export function partitionOf(region: string): string {
  const prefixes = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "us-iso-": "aws-iso",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
  };
  return Object.entries(prefixes).find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === "string" ? value : other;
}

/** An own member of an object; undefined for everything else. */
export function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** Of each bag that was read, what stands under each key in lower case: one with a megabyte of members is gone through once. */
const members = new WeakMap<object, ReadonlyMap<string, readonly unknown[]>>();

function membersOf(bag: object): ReadonlyMap<string, readonly unknown[]> {
  const known = new Map<string, unknown[]>();
  for (const name of Object.keys(bag)) {
    const value = (bag as Record<string, unknown>)[name];
    if (value === null || value === "") continue;
    const key = name.toLowerCase();
    const values = known.get(key);
    if (values) values.push(value);
    else known.set(key, [value]);
  }
  members.set(bag, known);
  return known;
}

/**
 * Every value that stands under a key in whatever case, as CloudTrail's casing of Query parameters is a rule with
 * exceptions. Null and the empty text count as absent.
 */
export function valuesOf(bag: unknown, key: string): readonly unknown[] {
  if (typeof bag !== "object" || bag === null) return [];
  const known = members.get(bag) ?? membersOf(bag);
  return known.get(key.toLowerCase()) ?? [];
}

/** The items of each list under a key. CloudTrail has logged lists as they are and under `items`, and empty ones as {}. */
export function itemsOf(bag: unknown, key: string): readonly unknown[] {
  return valuesOf(bag, key).flatMap((list) => (Array.isArray(list) ? list : Object.values(Object(list)).flat()));
}

/** What a call answered: CloudTrail drops the level around the answer's members, and a record that kept it is read too. */
export function answerIn(responseElements: unknown, level: string): unknown {
  return valuesOf(responseElements, level)[0] ?? responseElements;
}

/** The one name that stands under a key: a text that AWS could have taken as a name, at most `limit` long; else undefined. */
export function nameOf(bag: unknown, key: string, limit = 255): string | undefined {
  const [name, ...others] = new Set(valuesOf(bag, key));
  return typeof name === "string" && others.length === 0 && name.length <= limit && isPrintable(name) ? name : undefined;
}

/** The name under a key as services store it that keep names in lower case: ASCII only, or the Kelvin sign would become another group's k. */
export function storedNameOf(bag: unknown, key: string): string | undefined {
  const name = nameOf(bag, key);
  return name === undefined ? undefined : asStored(name);
}

/** A name as such services store it. */
export function asStored(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** A service's ARN taken apart; undefined for what is none, or names a Region of another partition. */
export function readArn(arn: string, service: string): { readonly place: Place; readonly resource: string } | undefined {
  const [prefix, partition, named, region, id = "", ...resource] = arn.split(":");
  const account = /^[0-9]{12}$/.test(id) ? accountId(id) : undefined;
  if (prefix !== "arn" || named !== service || !account || !isRegion(region) || partition !== partitionOf(region)) return undefined;
  return { place: { partition, account, region }, resource: resource.join(":") };
}
