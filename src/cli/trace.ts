import { printable } from "#domain/text.ts";

/** Returns an unexpected error as printable text: its stack, and the message of its cause. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  const cause = error.cause instanceof Error ? [`caused by ${error.cause.name}: ${error.cause.message}`] : [];
  return [...(error.stack ?? error.message).split("\n"), ...cause].map((line) => printable(line)).join("\n");
}
