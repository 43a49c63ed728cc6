import type { Found, Send } from "../authorization.ts";
import { AwsFailure } from "../aws.ts";
import { EventError } from "../cloudtrail.ts";
import type { Grant, Place, Store } from "../domain/grant.ts";
import { complete, type IngressRule, reaches } from "./rules.ts";
import type { GuardedStore } from "./stores.ts";

/** The call that gives a rule, whichever event showed it: so the same rule is judged alike however it came to stand there. */
export const authorizeIngress = "AuthorizeSecurityGroupIngress";

/** Each rule as a grant on the stores that it reaches; what cannot be read is the problem. */
export async function grantsOf(rules: readonly IngressRule[], stores: readonly GuardedStore[], place: Place, send: Send): Promise<Found> {
  const grants: Grant[] = [];
  const unreadable: string[] = [];
  for (const { group, rule, source } of rules) {
    const reached = storesReached(group, rule, stores);
    if (source) {
      try {
        const whole = reached.length > 0 ? await complete(source, send) : source;
        grants.push({ place, service: "ec2", authorization: authorizeIngress, resource: group, source: whole, rule, stores: reached });
      } catch (failure) {
        if (!(failure instanceof AwsFailure)) throw failure;
        unreadable.push(`${rule.id} (${failure.message})`);
      }
    } else if (reached.length > 0) unreadable.push(rule.id);
  }
  if (unreadable.length === 0) return { grants };
  return { grants, problem: new EventError(`These rules cannot be read, so nothing judged them: ${unreadable.join(" ")}`) };
}

/** Each store once that the rule lets someone reach through its group. */
function storesReached(group: string, rule: IngressRule["rule"], stores: readonly GuardedStore[]): Store[] {
  const reached = stores.filter(({ groups, ports }) => groups.includes(group) && ports.some((port) => reaches(rule, port)));
  const named = new Map(reached.map(({ service, resource }) => [`${service} ${resource}`, { service, resource }]));
  return [...named.values()];
}
