import { decide } from "./decide.ts";
import type { Grant } from "./grant.ts";
import type { Policy } from "./policy.ts";

/** Of a VPC rule that was found in two forms, the form that is a violation: a violation by either form is one. */
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
