import { elsewhere } from "#domain/place.ts";
import type { Guard } from "./guard.ts";

/** A grant in another account or partition than the function's is never revoked: the event was delivered to the wrong place. */
export const otherAccount: Guard = ({ place }, { home }) => {
  const why = elsewhere(place, home);
  if (why === undefined) return undefined;
  return { result: "failed", error: { name: "NotHome", message: `Nothing was called: ${why}`, attempts: 0, retryable: false } };
};
