import { storeNames } from "#domain/grant.ts";
import type { Guard } from "./guard.ts";

/**
 * A rule that violates only for stores whose port AWS does not show yet is neither revoked nor out of scope: it may not reach them. The
 * event fails, and is tried again.
 */
export const unknownPort: Guard = (grant, { violates }) => {
  const known = grant.stores?.filter(({ portUnknown }) => !portUnknown) ?? [];
  if (!grant.stores || known.length === grant.stores.length || violates({ ...grant, stores: known })) return undefined;
  const names = storeNames(grant.stores.filter(({ portUnknown }) => portUnknown));
  const message = `Not revoked: AWS does not show the port of ${names} yet, and whether the rule violates the policy depends on it`;
  return { result: "failed", error: { name: "PortUnknown", message, attempts: 0, retryable: true } };
};
