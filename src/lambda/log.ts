import type { Logger } from "@aws-lambda-powertools/logger";
import type { Setup } from "#handler.ts";

/**
 * Adds the invocation and the correlation id, which is the record's eventID, to every log line of an event. One logger serves all
 * events, because a Lambda function handles one event at a time.
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export function logEach(log: Logger): Setup["logFor"] {
  return (eventId, context) => {
    if (context) log.addContext(context);
    log.setCorrelationId(eventId);
    return log;
  };
}
