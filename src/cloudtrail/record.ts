import { accountId } from "#domain/account.ts";
import { isRegion, type Place, partitionOf } from "#domain/place.ts";
import { printable, shown } from "#domain/text.ts";
import { member } from "./fields.ts";

/** The event, or something that it refers to, cannot be read or must not be handled here. Lambda retries the event and then queues it. */
export class EventError extends Error {
  override readonly name = "EventError";
}

/** What the pipeline uses of a CloudTrail record. Texts about the caller are printable; request and response are unchecked. */
export interface CloudTrailRecord {
  readonly eventSource: string;
  readonly eventName: string;
  readonly place: Place;
  /** The call failed, so it granted nothing. */
  readonly failed: boolean;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
  readonly event: EventSummary;
}

/** Who made the call, when and from where, as printable texts that outcomes report. Missing values are `unknown`. */
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
 * Throws an EventError when the event contains no record, or when the record names no Region, or not exactly one account.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function readRecord(event: unknown): CloudTrailRecord {
  const detail = member(event, "detail");
  const eventSource = member(detail, "eventSource");
  const eventName = member(detail, "eventName");
  if (typeof eventSource !== "string" || typeof eventName !== "string")
    throw new EventError("Not a CloudTrail record in an EventBridge event: detail.eventSource or detail.eventName is missing");
  const textAt = (key: string) => printable(String(textOr(member(detail, key), "unknown")), 512);
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
      time: textAt("eventTime"),
      name: printable(eventName, 128),
      actor: printable(textOr(actor, "unknown"), 512),
      sourceIp: textAt("sourceIPAddress"),
      userAgent: textAt("userAgent"),
      requestId: textAt("requestID"),
    },
  };
}

/** Returns the record's eventID, or another text if it has none, printable. Never throws. */
export function eventIdOf(event: unknown, otherwise = "unknown"): string {
  return printable(textOr(member(member(event, "detail"), "eventID"), otherwise), 512);
}

/** Reads the place of the resource: the account is the recipient's, never the caller's. */
function readPlace(event: unknown, detail: unknown): Place {
  const region = member(detail, "awsRegion");
  if (!isRegion(region)) throw new EventError(`The record names no Region: awsRegion is ${shown(region)}`);
  const accountIds = [member(detail, "recipientAccountId"), member(event, "account")].filter((id) => id !== undefined && id !== null);
  const [account, ...others] = new Set(accountIds.map((id) => (typeof id === "string" ? accountId(id) : undefined)));
  if (!account || others.length > 0)
    throw new EventError(
      `The record names no account, or two accounts: recipientAccountId and account are ${accountIds.map((id) => shown(id)).join(" and ") || "missing"}`,
    );
  return { partition: partitionOf(region), account, region };
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === "string" ? value : other;
}
