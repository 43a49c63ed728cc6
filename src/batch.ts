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

/** What one message is handled with: reads that other events may share, and its share of the time, from when it is asked for. */
interface MessageContext {
  readonly messageId: string;
  readonly readsFor: ReadsFor;
  readonly share: () => Deadline;
}

/** Handles one event. Throws if it has to be delivered again. */
type Handle = (event: unknown, context: MessageContext) => Promise<unknown>;

/**
 * Handles the messages of a batch until the deadline. Each has its share of the time, which counts from when its lists are read, because
 * the messages wait for those together. Returns those that failed or were not begun, which SQS delivers again, and how many were not begun.
 * Never throws.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function handleBatch(
  messages: readonly Message[],
  deadline: Deadline,
  senderAt: (place: Place) => Send,
  handle: Handle,
): Promise<{ readonly response: SQSBatchResponse; readonly untried: number }> {
  const readsFor = messages.length > 1 ? sharedReads(senderAt, deadline) : ownReads(senderAt);
  const failed = new Set<Message>();
  let untried = 0;
  const waiting = messages.entries();
  const worker = async () => {
    for (const [n, message] of waiting) {
      const share = () => shareFor(Math.ceil((messages.length - n) / atOnce), deadline);
      const isBegun = timeLeft(deadline) >= leastTime;
      if (!isBegun) untried++;
      const { messageId, body } = message;
      if (!isBegun || !(await succeeds(() => handle(parsed(body), { messageId, readsFor, share })))) failed.add(message);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, messages.length) }, worker));
  const failures = messages.filter((each) => failed.has(each));
  return { response: { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) }, untried };
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
