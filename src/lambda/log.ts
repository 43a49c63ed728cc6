import type { Logger } from "@aws-lambda-powertools/logger";
import type { Log, Setup } from "#handler.ts";

/**
 * Adds the invocation and the correlation id, which is the record's eventID, to every log line of an event. The id is added to each line,
 * because a logger has one correlation id at a time, and the events of a batch are handled side by side.
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export function logEach(log: Logger): Setup["logFor"] {
  return (eventId, context) => {
    if (context) log.addContext(context);
    const at =
      (level: keyof Log): Log["info"] =>
      (text, extra) =>
        log[level](text, { correlation_id: eventId, ...(extra instanceof Error ? { error: extra } : extra) });
    return { info: at("info"), warn: at("warn"), error: at("error") };
  };
}
