import { AwsFailure, catchUp } from "#aws/connect.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { Grant, Place, Source, Store } from "#domain/grant.ts";
import type { Found, Send } from "../authorization.ts";
import { complete, type IngressRule, reaches } from "./rules.ts";
import type { GuardedStore, Stores } from "./stores.ts";

/** The call that gives a rule, whichever event showed it: so the same rule is judged alike however it came to stand there. */
export const authorizeIngress = "AuthorizeSecurityGroupIngress";

/**
 * Each rule as a grant on the stores that it reaches; what cannot be read is the problem. Where not every store could be
 * listed, a rule that reaches none of the others is left to the next try.
 */
export async function grantsOf(rules: readonly IngressRule[], { stores, problem }: Stores, place: Place, send: Send): Promise<Found> {
  const judged = rules.map((each) => ({ ...each, reached: storesReached(each.group, each.rule, stores) }));
  const wholes = await completed(
    judged.flatMap(({ source, reached }) => (source && reached.length > 0 ? source : [])),
    send,
  );
  const grants: Grant[] = [];
  const unreadable: string[] = [];
  for (const { group, rule, source, reached } of judged) {
    const whole = source && (wholes.get(source) ?? source);
    if (whole instanceof AwsFailure) unreadable.push(`${rule.id} (${whole.message})`);
    else if (whole && (!problem || reached.length > 0))
      grants.push({ place, service: "ec2", authorization: authorizeIngress, resource: group, source: whole, rule, stores: reached });
    else if (reached.length > 0) unreadable.push(rule.id);
  }
  if (unreadable.length === 0) return { grants, ...(problem && { problem }) };
  return { grants, problem: new EventError(`These rules cannot be read, so nothing judged them: ${unreadable.join(" ")}`) };
}

const rereads = 3;

/**
 * Each source with what its rule does not say of it, or why that could not be read. What AWS does not find may have been
 * made a moment ago, so it is asked for again, all of it after the same pauses; what it never finds stays as the rule has it.
 */
async function completed(sources: readonly Source[], send: Send): Promise<ReadonlyMap<Source, Source | AwsFailure>> {
  const known = new Map<Source, Source | AwsFailure>();
  let open = sources;
  for (let attempt = 1; ; attempt++) {
    const absent = new Map<Source, AwsFailure>();
    for (const source of open) {
      const whole = await complete(source, send).catch((failure: unknown) => failure as Error);
      if (whole instanceof Error && !(whole instanceof AwsFailure)) throw whole;
      if (whole instanceof AwsFailure && whole.meaning === "notFound") absent.set(source, whole);
      else known.set(source, whole);
    }
    if (attempt === rereads || absent.size === 0) return known;
    if (!(await catchUp(attempt, send))) return new Map([...known, ...absent]);
    open = [...absent.keys()];
  }
}

/** Each store once that the rule lets someone reach through its group. */
function storesReached(group: string, rule: IngressRule["rule"], stores: readonly GuardedStore[]): Store[] {
  const reached = stores.filter(({ groups, ports }) => groups.includes(group) && ports.some((port) => reaches(rule, port)));
  const named = new Map(reached.map(({ service, resource }) => [`${service} ${resource}`, { service, resource }]));
  return [...named.values()];
}
