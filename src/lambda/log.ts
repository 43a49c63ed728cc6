import type { Logger } from "@aws-lambda-powertools/logger";
import type { Setup } from "#handler.ts";

/**
 * Makes every line of an event name its invocation and, as correlation id, its record. The correlation id belongs to the
 * whole logger, so events that are handled at the same time would need a logger each; a function handles one at a time.
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export function logEach(log: Logger): Setup["logFor"] {
  return (eventId, context) => {
    if (context) log.addContext(context);
    log.setCorrelationId(eventId);
    return log;
  };
}
