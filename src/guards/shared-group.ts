import type { Guard } from "./guard.ts";

/** A group that also protects what is not a store is only reported: a revoke would cut that off too. */
export const sharedGroup: Guard = async (grant, { sharedGroups, sharedWith }) => {
  if (sharedGroups === "revoke") return undefined;
  const others = await sharedWith(grant);
  if (others.length === 0) return undefined;
  const named = others.length > 3 ? `${others.slice(0, 3).join(", ")} and ${others.length - 3} more` : others.join(", ");
  const note = `not revoked: ${grant.resource} is also attached to ${named}; "sharedGroups": "revoke" in the policy would revoke it`;
  return { result: "reported", note };
};
