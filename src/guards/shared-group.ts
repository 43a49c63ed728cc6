import type { Guard } from "./guard.ts";

/** A rule of a group that also protects something other than a store is only reported, because a revoke would affect that too. */
export const sharedGroup: Guard = async (grant, { sharedGroups, sharedWith }) => {
  if (sharedGroups === "revoke") return undefined;
  const others = await sharedWith(grant);
  if (others.length === 0) return undefined;
  const list = others.length > 3 ? `${others.slice(0, 3).join(", ")} and ${others.length - 3} more` : others.join(", ");
  const note = `not revoked: ${grant.resource} is also attached to ${list}; to revoke the rule anyway, set "sharedGroups": "revoke" in the policy`;
  return { result: "reported", note };
};
