import type { SQSBatchResponse } from "aws-lambda";
import { type Deadline, shareFor, timeLeft } from "#aws/deadline.ts";
import { ownReads, type ReadsFor } from "#aws/reads.ts";
import type { Send } from "#aws/send.ts";
import { sharedReads } from "#aws/shared-reads.ts";
import type { Message } from "#cloudtrail/messages.ts";
import type { Place } from "#domain/place.ts";

/** How many messages are handled side by side: they share lists, and the requests for rules. */
const atOnce = 20;
/** The least time in milliseconds in which a message is begun. */
const leastTime = 2_000;

/** Handles one event until a deadline, with reads that other events may share. */
type Handle = (event: unknown, deadline: Deadline, readsFor: ReadsFor) => Promise<unknown>;

/**
 * Handles the messages of a batch until the deadline, each with its share of the time. Returns those that failed or were not begun,
 * which SQS delivers again. Never throws.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function handleBatch(
  messages: readonly Message[],
  deadline: Deadline,
  senderAt: (place: Place) => Send,
  handle: Handle,
): Promise<SQSBatchResponse> {
  const readsFor = messages.length > 1 ? sharedReads(senderAt, deadline) : ownReads(senderAt);
  const failed = new Set<Message>();
  const waiting = messages.entries();
  const worker = async () => {
    for (const [n, message] of waiting) {
      const rounds = Math.ceil((messages.length - n) / atOnce);
      const work = () => handle(parsed(message.body), shareFor(rounds, deadline), readsFor);
      const isDone = timeLeft(deadline) >= leastTime && (await succeeds(work));
      if (!isDone) failed.add(message);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, messages.length) }, worker));
  return { batchItemFailures: messages.filter((each) => failed.has(each)).map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false; // The handler has logged why.
  }
}

/** Returns the JSON of a body, or the body itself, which then is no event. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
