import { member } from "./fields.ts";

/** A message of an SQS queue. Its body is an EventBridge event as JSON. */
export interface Message {
  readonly messageId: string;
  readonly body: string;
}

/**
 * Returns the messages of an SQS batch; undefined for any other event.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function messagesIn(event: unknown): readonly Message[] | undefined {
  const records = member(event, "Records");
  if (!Array.isArray(records) || records.length === 0) return undefined;
  const isMessage = (record: unknown): record is Message =>
    member(record, "eventSource") === "aws:sqs" &&
    typeof member(record, "messageId") === "string" &&
    typeof member(record, "body") === "string";
  return records.every(isMessage) ? records : undefined;
}
