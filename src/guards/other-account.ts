import { notHomeReason } from "#domain/place.ts";
import type { Guard } from "./guard.ts";

/** A grant outside the function's account and partition is never revoked: the event was delivered to the wrong function. */
export const otherAccount: Guard = ({ place }, { home }) => {
  const reason = notHomeReason(place, home);
  if (reason === undefined) return undefined;
  return { result: "failed", error: { name: "NotHome", message: `Not revoked: ${reason}`, attempts: 0, retryable: false } };
};
