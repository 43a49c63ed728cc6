import { decide } from "./decide.ts";
import type { Grant } from "./grant.ts";
import type { Policy } from "./policy.ts";

/**
 * Keeps one grant for each VPC rule at a time in milliseconds since 1970. When a rule was found both as it was and as it was
 * changed, the form that violates the policy is kept: either may be the one in force.
 */
export function oncePerRule(grants: readonly Grant[], policy: Policy, at: number): Grant[] {
  const isViolation = (grant: Grant) => decide(grant, policy, at).verdict === "violation";
  const chosen = new Map<unknown, Grant>();
  for (const grant of grants) {
    const key = grant.rule?.id ?? grant;
    const other = chosen.get(key);
    if (!other || (!isViolation(other) && isViolation(grant))) chosen.set(key, grant);
  }
  return [...chosen.values()];
}
